"""What calls cost is learned from the shop's answers, and is known to whoever calls it next."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from graphql import OperationDefinitionNode, parse

from runner.catalog.products import read_products
from runner.db import Database
from runner.errors import TooCostly
from runner.shopify.client import Client
from runner.shopify.documents import Document, document
from runner.shopify.shape import shape_of
from runner.shopify.shops import Shops
from tests.house.house import House, Open

T = TypeVar("T")

CALLS = "select items, requested_cost, actual_cost from sync.calls where document = %s order by id"
LEARNED = "select predicted, requested, sizes, noted_at from sync.document_costs where document = %s order by predicted"


def as_new_process(house: House, work: Callable[[Database, Client], Awaitable[T]]) -> T:
    """Do something as a process that has not called the shop yet."""

    async def whole() -> T:
        async with Database.open(house.dsn) as database, Shops.open(database, house.settings) as shops:
            return await work(database, await shops.client(1))

    return asyncio.run(whole())


def costly() -> Document:
    """A query that is too large for Shopify with pages of 250."""
    text = """query Costly($first: Int!) {
      productVariants(first: $first) { nodes { product { variants(first: 250) { nodes {
        inventoryItem { inventoryLevels(first: 250) { nodes { id } } }
      } } } } }
    }"""
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return Document("Costly", text, operation, shape_of(operation))


def products_of(house: House) -> list[int]:
    found = house.rows("select distinct product_id from sync.variants order by 1")
    return [row["product_id"] for row in found]


def test_a_cost_other_than_predicted_changes_the_page_at_once_and_after_a_restart(open_house: Open) -> None:
    house = open_house("--products", "40", "--variants-per-product", "1")
    house.sandbox.bucket(600, 1_000)
    products = products_of(house)

    async def read(database: Database, client: Client) -> None:
        await client.execute(document("VariantsCount"), {})  # It learns how much the bucket holds.
        await read_products(database, client, 1, products)
        await read_products(database, client, 1, products)

    as_new_process(house, read)
    first, *_ = calls = house.rows(CALLS, "Products")
    # Money and weight, each an object by our rules, cost nothing in this shop.
    (learned, *_) = [row for row in house.rows(LEARNED, "Products") if row["sizes"]["ids"] == first["items"]]
    assert learned["requested"] == first["requested_cost"] < learned["predicted"]
    assert max(row["items"] for row in calls) > first["items"], "the second reading has larger pages"
    assert all(row["requested_cost"] <= 150 for row in calls)

    before = len(calls)
    as_new_process(house, lambda database, client: read_products(database, client, 1, products))
    again = house.rows(CALLS, "Products")[before:]
    assert again[0]["items"] > first["items"], "so has the first one of another process"


def test_the_first_page_of_a_new_process_is_as_small_as_was_learned(house: House) -> None:
    house.do("delete from sync.document_costs")
    house.do(
        "insert into sync.document_costs (shop_id, document, predicted, requested, version) "
        "values (1, 'Variants', 5, 1000, %s), (1, 'Locations', 5, 1000, 'another text')",
        document("Variants").version,
    )
    house.do("delete from sync.calls")
    assert house.shelfwire("link").returncode == 0
    # One variant is expected to cost all that a call may; its answer shows that it does not.
    assert [row["items"] for row in house.rows(CALLS, "Variants")] == [1, 19]
    (locations,) = house.rows(LEARNED, "Locations")
    assert locations["sizes"] == {"first": 250}, "what was learned of another text is not believed"


def test_what_is_too_costly_says_what_it_would_cost_and_that_is_learned(house: House) -> None:
    async def ask(_database: Database, client: Client) -> tuple[TooCostly, int]:
        with pytest.raises(TooCostly) as refused:
            await client.execute(costly(), {"first": 250})
        return refused.value, client.costs.best(costly()).items

    refused, best = as_new_process(house, ask)
    (learned,) = house.rows(LEARNED, "Costly")
    assert (learned["requested"], learned["sizes"]) == (refused.points, {"first": 250})
    assert refused.points > 1_000 and best < 250


def test_pushes_learn_once_and_say_what_they_carry(house: House) -> None:
    with house.runner():
        house.receive("SKU-000001", 3)
        house.wait_quiet()
        (learned,) = house.rows(LEARNED, "InventorySetQuantities")
        house.receive("SKU-000002", 3)
        house.wait_quiet()
    assert house.rows(LEARNED, "InventorySetQuantities") == [learned]
    carried = [row["items"] for row in house.rows(CALLS, "InventorySetQuantities")]
    entries = house.rows("select entries from sync.requests where document = 'InventorySetQuantities' order by id")
    assert carried == [row["entries"] for row in entries] and len(carried) >= 2


def test_costs_says_what_each_document_costs_and_how_large_its_pages_had_best_be(house: House) -> None:
    done = house.shelfwire("costs", "--json")
    found = {row["document"]: row for row in json.loads(done.stdout)}
    variants = found["Variants"]
    assert (variants["shop"], variants["calls"], variants["items"]) == (house.sandbox.shop, 1, 20)
    assert variants["points_per_item"] == variants["points"] / 20
    assert variants["best_size"] == 250
    assert found["Shop"]["items"] is None and found["Shop"]["best_size"] is None
    assert 0 < variants["budget_share"] < 0.01

    shown = house.shelfwire("costs", "--since", "1h").stdout
    assert "points per item" in shown and "Variants" in shown and "%" in shown
    assert house.shelfwire("costs", "--since", "2w").returncode == 2
    assert house.shelfwire("costs", "--shop", "nobody.myshopify.com").returncode == 2
    house.do("delete from sync.calls")
    assert house.shelfwire("costs").stdout == "Nothing was called.\n"
