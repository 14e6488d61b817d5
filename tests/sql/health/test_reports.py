"""Reports: every number can be explained, and nothing that waits is out of sight (I2, I9)."""

from __future__ import annotations

from typing import Any

from tests.seeds import BACK, DOMAIN, FRONT, Shelf, rows, value


def explain(shelf: Shelf, name: str) -> list[dict[str, Any]]:
    found = value(shelf.connection, "select sync.explain_stock(%s)", name)
    assert isinstance(found, list)
    return found


def test_a_change_is_in_sight_from_commit_to_acknowledgement(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]

    def stages() -> list[tuple[str, str]]:
        return [(r["key"], r["stage"]) for r in rows(shelf.connection, "table sync.pending_changes")]

    assert stages() == []
    shelf.sell(key)
    assert stages() == [(key, "in the change queue")]
    shelf.relay()
    job = shelf.pending()[key]["job_id"]
    assert stages() == [(key, f"in job {job}")]
    (shown,) = rows(shelf.connection, "table sync.pending_changes")
    columns = ("shop", "sku", "priority", "job_status")
    assert [shown[column] for column in columns] == [DOMAIN, "SKU-0", "critical", "queued"]
    shelf.connection.execute("delete from pgqueuer.pgqueuer")
    assert stages() == [(key, "waits for its lane")]
    turn = shelf.turn(shelf.pending()[key]["lane"], job=5)
    (planned,) = shelf.prepare(turn, [key])
    shelf.answer(planned["request_id"])
    shelf.settle_push(turn, key)
    assert stages() == []


def test_a_change_of_everything_is_shown_as_such(shelf: Shelf) -> None:
    shelf.connection.execute("truncate warehouse.shipment_items cascade")
    found = rows(shelf.connection, "select key from sync.pending_changes order by since")
    assert [r["key"] for r in found] == ["(all)"]


def test_units_are_counted_by_state_and_location(shelf: Shelf) -> None:
    key = shelf.product("A", 3)
    for status, units in {"reserved": 2, "sold": 1, "shipped": 4, "lost": 8, "expected": 16}.items():
        shelf.receive(key, units, location=2, status=status)
    found = rows(
        shelf.connection,
        "select sku, location, available, detail from sync.available_inventory order by location desc",
    )
    assert [tuple(r.values()) for r in found] == [
        ("A", "Front", 3, {"reserved": 0, "committed": 0}),
        ("A", "Back", 0, {"reserved": 2, "committed": 5}),
    ]
    counted = rows(shelf.connection, "select location_key, available from sync.read_stock(%s) order by 1", [key])
    assert [tuple(r.values()) for r in counted] == [("1", 3), ("2", 0)]
    assert rows(shelf.connection, "select * from sync.read_stock('{}')") == []
    assert rows(shelf.connection, "select product_key from sync.read_stock(null)") == [{"product_key": key}] * 2


def test_a_discrepancy_says_what_is_being_done_about_it(shelf: Shelf) -> None:
    pending, refused, unexplained, _ = shelf.stocked(1, 2, 3, 4)
    for key in (pending, refused, unexplained):
        shelf.see(key, FRONT, 9)
    shelf.connection.execute("select sync.mark_inventory(%s, %s, '{now}')", (shelf.shop, [pending]))
    shelf.connection.execute(
        "select sync.refuse(%s, 'inventory', %s, %s::text, 'X', 'm', 1, null)", (shelf.shop, refused, FRONT)
    )
    found = rows(
        shelf.connection, "select desired, seen, difference, explanation from sync.inventory_discrepancies order by 1"
    )
    assert [tuple(r.values()) for r in found if r["seen"] is not None] == [
        (1, 9, -8, "pending"),
        (2, 9, -7, "refused: X"),
        (3, 9, -6, "unexplained"),
    ]


def test_health_counts_what_is_linked_pending_refused_and_open(shelf: Shelf) -> None:
    keys = shelf.stocked(5, 5)
    shelf.product(None)
    shelf.link()
    shelf.settle()
    shelf.sell(keys[0])
    shelf.relay()
    shelf.prepared([keys[0]])
    shelf.connection.execute("select sync.refuse(%s, 'inventory', %s, '', 'X', 'm', 1, null)", (shelf.shop, keys[1]))
    shelf.connection.execute("update sync.variants set tracked = false where sku = 'SKU-1'")
    (health,) = rows(shelf.connection, "table sync.sync_health")
    names = ("shop", "linked", "unlinked", "pending", "refused", "untracked", "open_requests", "budget_points")
    assert [health[name] for name in names] == [DOMAIN, 2, 1, 1, 1, 1, 1, 1000]
    assert health["oldest_pending_at"] == shelf.pending()[keys[0]]["since"]
    shelf.add_shop("two.myshopify.com")
    assert value(shelf.connection, "select count(*) from sync.sync_health where linked = 0") == 1


def test_a_number_is_explained_from_the_rows_to_the_answer(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.see(key, FRONT, 4, committed=1)
    shelf.sell(key, 2)
    shelf.relay()
    lane, job = shelf.pending()[key]["lane"], shelf.pending()[key]["job_id"]
    (planned,) = shelf.prepared([key], lane=lane, job=job)
    shelf.answer(planned["request_id"])
    shelf.connection.execute(
        "select sync.refuse(%s, 'inventory', %s, %s::text, 'X', 'm', 1, null)", (shelf.shop, key, FRONT)
    )
    (found,) = explain(shelf, "SKU-0")
    assert explain(shelf, key) == [found]
    assert found["units"] == [{"location": "Front", "available": 3, "detail": {"reserved": 0, "committed": 2}}]
    assert found["changes"][0]["op"] == "update"
    (shop,) = found["shops"]
    assert (shop["shop"], shop["link"]["state"], shop["link"]["variant_id"]) == (DOMAIN, "ok", 1001)
    level = next(one for one in shop["levels"] if one["location"] == f"Shop {FRONT}")
    assert [level[name] for name in ("counted", "uncounted", "desired", "seen", "acknowledged")] == [3, 1, 2, 2, 2]
    request = level["request"]
    assert [request[name] for name in ("id", "state", "quantity", "change_from")] == [
        planned["request_id"], "applied", 2, 4
    ]  # fmt: skip
    assert shop["pending"]["job_id"] == job
    assert [f["class"] for f in shop["refusals"]] == ["X"]
    assert shop["conflicts"] == []


def test_a_sku_of_two_products_is_explained_for_both_and_an_unknown_one_for_none(shelf: Shelf) -> None:
    shelf.product("A")
    shelf.product("A")
    shelf.variants(["A"])
    shelf.link()
    found = explain(shelf, "A")
    assert [product["shops"][0]["link"]["state"] for product in found] == ["ambiguous", "ambiguous"]
    assert explain(shelf, "unknown") == []
    assert value(shelf.connection, "select sync.explain_stock(null)") == []


def test_the_last_five_changes_of_a_product_are_explained_newest_first(shelf: Shelf) -> None:
    key = shelf.stocked(9)[0]
    for _ in range(7):
        shelf.sell(key)
        shelf.relay()
    shelf.see(key, BACK, 0)
    changes = explain(shelf, "SKU-0")[0]["changes"]
    assert len(changes) == 5
    assert [c["id"] for c in changes] == sorted((c["id"] for c in changes), reverse=True)


def test_a_product_is_not_shown_what_is_refused_of_a_location_with_the_same_key(shelf: Shelf) -> None:
    one, _, three = shelf.stocked(1, 1, 1)
    shelf.connection.execute(
        "insert into warehouse.locations (id, name) overriding system value values (%s, 'Unmapped')", (int(three),)
    )
    shelf.receive(one, 4, location=int(three))
    assert {r["key"] for r in rows(shelf.connection, "select key from sync.open_refusals")} == {three}
    (found,) = value(shelf.connection, "select sync.explain_stock('SKU-2')")
    assert found["product_key"] == three
    assert found["shops"][0]["refusals"] == []
