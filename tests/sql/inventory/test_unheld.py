"""Units on offer that are out of our hands are an alert, until they are not."""

from __future__ import annotations

from tests.seeds import DOMAIN, FRONT, Shelf, rows


def told(shelf: Shelf) -> dict[str, str]:
    """Message of each open alert, by subject, after the look of each minute."""
    shelf.connection.execute("select sync.watch_alerts()")
    found = rows(shelf.connection, "select subject, message from sync.open_alerts where rule = 'unheld_stock'")
    return {r["subject"]: r["message"] for r in found}


def refuse(shelf: Shelf, key: str) -> None:
    shelf.connection.execute(
        "select sync.refuse(%s, 'inventory', %s, %s::text, 'X', 'Not this one.', 1, null)", (shelf.shop, key, FRONT)
    )


def test_a_smaller_number_that_shopify_refuses_is_an_alert(shelf: Shelf) -> None:
    key, other = shelf.stocked(3, 3)
    shelf.sell(key, 3)
    refuse(shelf, key)
    shelf.receive(other, 1)
    refuse(shelf, other)  # More than is offered: nothing is oversold.
    assert told(shelf) == {
        "SKU-0 at Shop 11": f"{DOMAIN} offers 3 units of SKU-0 at Shop 11 from us that it cannot be told to take back: "
        "the warehouse has 0 to offer, and Shopify refuses it: Not this one."
    }
    shelf.receive(key, 3)
    assert told(shelf) == {}


def test_what_shopify_does_not_track_any_more_is_an_alert(shelf: Shelf) -> None:
    shelf.stocked(3)
    watch = b"select sync.watch_stock(%s)"
    # What was never tracked is somebody's choice.
    shelf.connection.execute("update sync.variants set tracked = false")
    shelf.connection.execute(watch, (shelf.shop,))
    assert told(shelf) == {}
    shelf.connection.execute("update sync.levels set acknowledged = 3")
    shelf.connection.execute(watch, (shelf.shop,))
    assert told(shelf) == {
        "SKU-0": f"{DOMAIN} offers 3 units of SKU-0 from us that it cannot be told to take back: "
        "Shopify does not track them any more, and sells them whatever there is."
    }
    shelf.variants(["SKU-0"])
    assert told(shelf) == {}


def test_what_no_product_is_linked_to_any_more_is_an_alert(shelf: Shelf) -> None:
    shelf.stocked(3)
    shelf.connection.execute("update sync.levels set acknowledged = 3; delete from sync.links")
    shelf.connection.execute("select sync.watch_stock(%s)", (shelf.shop,))
    assert list(told(shelf)) == ["SKU-0 at Shop 11"]
    shelf.link()
    assert told(shelf) == {}


def test_a_location_that_is_not_active_gets_nothing_and_is_told(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.sell(key)
    closed = f'[{{"location_id": {FRONT}, "name": "Shop 11", "is_active": false}}]'
    shelf.connection.execute("select sync.record_locations(%s, %s::json)", (shelf.shop, closed))
    shelf.relay()
    assert (shelf.pending(), shelf.prepared([key])) == ({}, [])
    found = rows(shelf.connection, "select key, class, part, remedy from sync.open_refusals order by key")
    assert [(r["key"], r["class"], r["part"]) for r in found] == [
        ("1", "CLOSED_LOCATION", "Shop 11"), ("2", "CLOSED_LOCATION", "Shop 12"),
    ]  # fmt: skip
    assert "Activate the location in the Shopify admin" in found[0]["remedy"]
    (explained,) = rows(shelf.connection, "select sync.explain_stock('SKU-0') as why")
    assert explained["why"][0]["shops"][0]["unmapped"] == [{"location": "Front", "available": 2, "closed": "Shop 11"}]
    shelf.connection.execute(
        "select sync.record_locations(%s, %s::json)", (shelf.shop, closed.replace("false", "true"))
    )
    shelf.connection.execute("select sync.mark_shop(%s)", (shelf.shop,))
    assert shelf.pending().keys() == {key}
