"""Full passes are pushed by bulk operations: line by line known, none lost, one bad one never in the others' way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house.catalog.shop import products, refusals
from tests.house.house import NERVOUS, House

MANY = 70


@pytest.fixture
def full(house: House) -> House:
    """A shop to which the warehouse's many new products are about to be pushed."""
    # Single calls get through few of them before the operation takes the rest.
    house.do("update sync.kinds set bulk_above = 0.5, batch_size = 1")
    house.do("update sync.budgets set restore_rate = 100")
    house.do("update warehouse.products set price = 10")
    house.do(
        "insert into warehouse.products (sku, name, price) "
        "select 'NEW-' || n, 'New ' || n, 5 from generate_series(1, %s) as n",
        MANY,
    )
    return house


def follow(house: House) -> None:
    """Let the catalogue follow; so few products are no crowd to its guard."""
    house.do("select sync.relay_changes()")  # What changed before is part of the full pass.
    house.do("select sync.follow_catalog(id, p_price_factor => 1000) from sync.shops")
    house.do("update sync.guards set loss_share = 1, change_share = 1, held_at = null, held_reason = null")
    house.do("select sync.mark_shop(id) from sync.shops")


def operations(house: House) -> list[tuple[Any, ...]]:
    query = "select document, state, problem from sync.bulk_operations where type = 'MUTATION' order by id"
    return [tuple(r.values()) for r in house.rows(query)]


def shown(house: House) -> set[str]:
    return {title for title in products(house) if title.startswith("New ")}


def test_new_products_are_made_by_one_operation(full: House) -> None:
    follow(full)
    full.sandbox.reset_stats()
    with full.runner():
        full.wait_quiet()
    assert shown(full) == {f"New {n}" for n in range(1, MANY + 1)}
    assert ("ProductSet", "done", None) in operations(full)
    (run,) = full.rows("select * from sync.run_status where kind = 'push_catalog'")
    assert run["way"].startswith("bulk operation: ")
    assert (run["state"], run["done"]) == ("succeeded", run["total"])
    assert full.rows("select from sync.refusals") == []
    # Stock follows them at once, as after single calls.
    full.do("insert into warehouse.shipment_items (shipment_id, product_id, location_id, status) "
            "select 1, id, 1, 'received' from warehouse.products where sku = 'NEW-7'")  # fmt: skip
    with full.runner():
        full.wait_until(lambda: full.offered().get("NEW-7") == 1, "its stock")


def test_one_line_that_is_refused_spoils_no_other(full: House) -> None:
    (taken,) = full.rows("select handle from sync.variants where sku = 'SKU-000001'")
    full.do("update warehouse.products set handle = %s where sku = 'NEW-3'", taken["handle"])
    follow(full)
    with full.runner():
        full.wait_until(lambda: len(shown(full)) == MANY - 1, "all but one")
        full.wait_quiet()
    assert refusals(full, "NEW-3") == ["HANDLE_NOT_UNIQUE"]
    assert "New 3" not in shown(full)
    assert full.value("select count(*) from sync.refusals") == 1


def test_lines_that_shopify_failed_at_are_sent_again(full: House) -> None:
    full.sandbox.fault("bulk_line", after=5, times=7)
    follow(full)
    with full.runner():
        full.wait_quiet()
    everything_is_there(full)


def test_an_operation_that_fails_in_the_middle_loses_nothing(full: House) -> None:
    full.sandbox.fault("bulk_failed", operation="bulkOperationRunMutation", lines=20, times=1)
    follow(full)
    with full.runner():
        full.wait_quiet()
    everything_is_there(full)
    assert "Shopify ended it as FAILED." in {problem for _, _, problem in operations(full)}


def test_images_of_products_that_were_made_so_are_not_uploaded_again(full: House) -> None:
    full.do(
        "insert into warehouse.product_images (product, url, alt, position) "
        "select id, 'https://cdn.example.com/' || sku || '-' || n || '.jpg', 'Side ' || n, n "
        "from warehouse.products, generate_series(1, 2) as n where sku like 'NEW-%%'"
    )
    follow(full)
    with full.runner():
        full.wait_quiet()
    everything_is_there(full)
    made = products(full)["New 4"]["media"]
    assert [image["alt"] for image in made] == ["Side 1", "Side 2"]
    known = full.rows(
        "select url, media_id from sync.catalog_media as m join warehouse.products as p on p.id::text = m.group_key "
        "where p.sku = 'NEW-4' order by url"
    )
    assert [r["url"][-13:] for r in known] == ["m/NEW-4-1.jpg", "m/NEW-4-2.jpg"]
    assert [f"{r['media_id']}" for r in known] == [image["id"].rpartition("/")[2] for image in made]
    full.do("update warehouse.product_images set alt = 'Front' where position = 1 and url like '%%NEW-4-%%'")
    with full.runner():
        full.wait_until(lambda: products(full)["New 4"]["media"][0]["alt"] == "Front", "the text")
        full.wait_quiet()
    assert [image["id"] for image in products(full)["New 4"]["media"]] == [image["id"] for image in made]


def test_killed_while_shopify_works_its_products_are_made_once(full: House) -> None:
    full.sandbox.fault("bulk_slow", operation="bulkOperationRunMutation", seconds=3, times=1)
    follow(full)
    killed = full.start_runner(NERVOUS)
    full.wait_until(lambda: "running" in [state for _, state, _ in operations(full)], "the operation")
    killed.kill()
    killed.wait()
    with full.runner(NERVOUS):
        full.wait_quiet()
    everything_is_there(full)
    assert [state for name, state, _ in operations(full) if name == "ProductSet"] == ["done"]


@pytest.mark.long
def test_two_runners_push_each_product_once(full: House) -> None:
    follow(full)
    with full.runner(NERVOUS), full.runner(NERVOUS):
        full.wait_quiet()
    everything_is_there(full)


def test_what_changes_while_shopify_works_goes_out_afterwards(full: House) -> None:
    full.sandbox.fault("bulk_slow", operation="bulkOperationRunMutation", seconds=2, times=1)
    follow(full)
    with full.runner():
        full.wait_until(lambda: "running" in [state for _, state, _ in operations(full)], "the operation")
        full.do("update warehouse.products set price = 7 where sku in ('NEW-60', 'NEW-70')")
        full.wait_quiet()
    everything_is_there(full)
    assert [products(full)[f"New {n}"]["variants"][0]["price"] for n in (59, 60, 70)] == ["5.00", "7.00", "7.00"]


def test_the_brake_stops_what_shopify_works_on(full: House) -> None:
    full.sandbox.fault("bulk_slow", operation="bulkOperationRunMutation", seconds=20, times=1)
    follow(full)
    with full.runner():
        full.wait_until(lambda: any(objects(full)), "the first lines")
        assert full.shelfwire("guard", "hold", full.sandbox.shop).returncode == 0
        full.wait_until(lambda: "failed" in [state for _, state, _ in operations(full)], "its end", 15)
        there = shown(full)
        assert len(there) < MANY
        assert full.shelfwire("guard", "release", full.sandbox.shop).returncode == 0
        full.wait_quiet()
    everything_is_there(full)


def titles_of(house: House) -> list[str]:
    """Titles of all products of the shop, each as often as it is there."""
    query = "{ products(first: 250) { nodes { title } } }"
    return [node["title"] for node in house.sandbox.data(query)["products"]["nodes"]]


def objects(house: House) -> list[int]:
    """How many lines each operation that writes has done."""
    return [one["objects"] for one in house.sandbox.operations() if one["type"] == "MUTATION"]


def everything_is_there(house: House) -> None:
    """Each product once, with nothing refused or open."""
    titles = titles_of(house)
    assert sorted(t for t in titles if t.startswith("New ")) == sorted(f"New {n}" for n in range(1, MANY + 1))
    assert house.rows("select * from sync.refusals") == []
    assert house.rows("select * from sync.requests where state = 'open'") == []
