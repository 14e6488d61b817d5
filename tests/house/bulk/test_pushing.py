"""Full passes are pushed by bulk operations: line by line known, none lost, one bad one never in the others' way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.house.catalog.shop import products, refusals
from tests.house.house import House

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
    full.do("update warehouse.products set inventory_policy = null")
    full.do("update warehouse.products set category = 'aa-9999-9' where sku = 'NEW-3'")
    follow(full)
    with full.runner():
        full.wait_until(lambda: len(shown(full)) == MANY - 1, "all but one", 60)
        full.wait_quiet()
    assert refusals(full, "NEW-3")
    assert "New 3" not in shown(full)
