"""`shelfwire sync products`: what is asked for is read, compared and sent, and nothing else."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.house.catalog.shop import add, change, price_of, products, waits_for
from tests.house.house import House

UPDATE = "mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }"


@pytest.fixture(autouse=True)
def alone(shop: House) -> None:
    """Nobody looks by schedule at what was changed."""
    shop.do("update sync.schedules set is_enabled = false")


def made(shop: House, *titles: str) -> None:
    for title in titles:
        add(shop, title.upper().replace(" ", "-"), title, product_type="Thing")
        waits_for(shop, title)
    shop.wait_quiet()


def retype(shop: House, title: str) -> None:
    """Somebody changes a product in the admin, in another second than that of our last write."""
    updated = datetime.fromisoformat(products(shop)[title]["updatedAt"])
    shop.wait_until(lambda: datetime.now(UTC) >= updated + timedelta(seconds=1), "another second")
    shop.sandbox.data(UPDATE, {"product": {"id": products(shop)[title]["id"], "productType": "Strange"}})


def types(shop: House, *titles: str) -> list[str]:
    shown = products(shop)
    return [shown[title]["productType"] for title in titles]


def silently(shop: House, sku: str, **columns: Any) -> None:
    """The warehouse changes a product while nobody captures it."""
    shop.do("alter table warehouse.products disable trigger user")
    change(shop, sku, **columns)
    shop.do("alter table warehouse.products enable trigger user")


def sync(shop: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = shop.shelfwire("sync", "products", *arguments)
    assert done.returncode == 0, done
    return done


def last(shop: House) -> dict[str, Any]:
    run = shop.value("select max(id) from sync.runs where kind = 'sync_products'")
    found: dict[str, Any] = json.loads(shop.shelfwire("runs", "show", str(run), "--json").stdout)
    return found


def test_a_full_pass_sends_what_differs_and_the_next_finds_nothing(shop: House) -> None:
    made(shop, "Full one", "Full two")
    retype(shop, "Full one")
    silently(shop, "FULL-TWO", price="77")
    sync(shop, "--full")
    assert (types(shop, "Full one"), price_of(shop, "FULL-TWO")) == (["Thing"], "77.00")
    found = last(shop)
    assert (found["result"]["acknowledged"], found["failed"]) == (found["total"], 0)
    sent = shop.value("select count(*) from sync.requests")
    assert "nothing was to be sent" in sync(shop, "--full").stdout
    assert last(shop)["result"]["found"] == 0 and shop.value("select count(*) from sync.requests") == sent


def test_named_products_are_sent_though_both_sides_had_agreed_and_no_others(shop: House) -> None:
    made(shop, "Named one", "Named two")
    retype(shop, "Named one")
    retype(shop, "Named two")
    assert "1 of 1." in sync(shop, "NAMED-ONE").stdout
    assert types(shop, "Named one", "Named two") == ["Thing", "Strange"]
    done = shop.shelfwire("sync", "products", "NAMED-NONE")
    assert done.returncode == 2 and "no product with SKU or key 'NAMED-NONE'" in done.stderr


def test_what_has_changed_since_a_moment_is_sent_from_either_side(shop: House) -> None:
    made(shop, "Since one", "Since two")
    sync(shop)
    retype(shop, "Since one")
    sync(shop, "--since", "1h")
    assert types(shop, "Since one") == ["Thing"]
    moment = shop.value("select clock_timestamp()")
    retype(shop, "Since two")
    sync(shop, "--since", moment.isoformat())
    assert types(shop, "Since two") == ["Thing"]
    for wrong in ("yesterday", "2999-01-01"):
        assert shop.shelfwire("sync", "products", "--since", wrong).returncode == 2


def test_without_a_word_it_is_what_has_changed_since_the_last_look(shop: House) -> None:
    made(shop, "Last one", "Last two")
    retype(shop, "Last one")
    silently(shop, "LAST-TWO", price="78")
    sync(shop)
    assert (types(shop, "Last one"), price_of(shop, "LAST-TWO")) == (["Thing"], "78.00")


def test_only_one_way_at_a_time(shop: House) -> None:
    done = shop.shelfwire("sync", "products", "--full", "--images")
    assert done.returncode == 2 and "Say one" in done.stderr


def test_a_pass_by_schedule_does_as_it_was_decided_for_the_shop(shop: House) -> None:
    made(shop, "Auto")
    retype(shop, "Auto")
    ran = "select count(*) from sync.runs where requested_by = 'schedule sync_products' and state = 'succeeded'"
    shop.do("update sync.schedules set expression = '* * * * * */1' where name = 'sync_products'")
    for number, (mode, expected) in enumerate((("off", ["Strange"]), ("flag", ["Strange"]), ("fix", ["Thing"])), 1):
        shop.do("select sync.set_correction(id, 'catalog', %s) from sync.shops", mode)
        done = shop.value(ran)
        shop.do("update sync.schedules set is_enabled = true where name = 'sync_products'")
        shop.wait_until(lambda done=done: shop.value(ran) > done + 1, f"passes in mode {mode}", 30)  # type: ignore[misc]
        shop.do("update sync.schedules set is_enabled = false where name = 'sync_products'")
        shop.wait_quiet()
        assert types(shop, "Auto") == expected, (number, mode)
