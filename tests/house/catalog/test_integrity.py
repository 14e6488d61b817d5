"""What is wrong in a shop is found by reading it, put right by the engine where that is safe, and else a task."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.catalog.shop import add, products, waits_for
from tests.house.catalog.test_conflicts import MAPPING, edit
from tests.house.catalog.test_parts import CHANNELS
from tests.house.house import House
from tests.sandbox.images import Images, serving

UNPUBLISH = """
mutation($id: ID!, $input: [PublicationInput!]!) {
  publishableUnpublish(id: $id, input: $input) { userErrors { message } }
}
"""
PRICE = """
mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $id, variants: $variants) { userErrors { message } }
}
"""
OURS = """
insert into sync.integrity_checks (name, severity, description, remedy, sql) values (
  'vendor_blank', 'warning', 'products without a vendor', 'Name the vendor.',
  $$
  select
    'product' as subject, p.product_id as key, p.fields ->> 'title' as name,
    format('%s has no vendor.', p.fields ->> 'title') as message, null as target
  from sync.products as p
  where p.shop_id = $1 and p.fields ->> 'title' = 'Nameless vendor'
  $$
)
"""


@pytest.fixture(scope="module")
def images() -> Iterator[Images]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def unwatched(shop: House) -> House:
    """Nobody looks each minute at what people have changed in the shop."""
    shop.do("update sync.schedules set expression = '0 0 1 1 *' where name = 'look_at_products'")
    query = "select count(*) from pgqueuer.pgqueuer_schedules where expression = '0 0 1 1 *'"
    shop.wait_until(lambda: shop.value(query) == 1, "the runner to follow", 20)
    return shop


def integrity(house: House, *options: str, code: int | None = None) -> list[dict[str, Any]]:
    """The issues of a check that is run now."""
    done = house.shelfwire("integrity", "--json", *options)
    assert "shelfwire: " not in done.stderr and done.returncode in ((0, 1) if code is None else (code,)), done
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def named(found: list[dict[str, Any]], name: str) -> set[str]:
    """Which checks have found something of a product, beside that it has no barcode."""
    return {i["check_name"] for i in found if name in i["message"]} - {"barcode_blank"}


def tasks(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(house.shelfwire("tasks", "list", "--json").stdout)
    return found


def test_a_product_that_somebody_has_archived_is_active_again(unwatched: House, tmp_path: Path) -> None:
    shop, path = unwatched, tmp_path / "warehouse.toml"
    path.write_text(MAPPING.read_text().replace('handle = "handle"', 'status = "handle"'))
    assert shop.shelfwire("attach", "--map", str(path)).returncode == 0
    try:
        add(shop, "ARCHIVED", "Archived", handle="ACTIVE")
        waits_for(shop, "Archived", status="ACTIVE")
        shop.wait_quiet()
        # Shopify publishes nothing by itself that an app makes.
        assert named(integrity(shop), "Archived") == {"product_unpublished"}
        edit(shop, "Archived", status="ARCHIVED")
        assert named(integrity(shop), "Archived") == {"product_not_active"}
        assert shop.rows("select from sync.pending") == []
        # In mode monitor all of it happens but the writing.
        domain = shop.sandbox.shop
        assert shop.shelfwire("shop", "mode", domain, "monitor").returncode == 0
        integrity(shop, "--fix")
        shop.wait_quiet()
        assert products(shop)["Archived"]["status"] == "ARCHIVED"
        shop.do("update sync.shops set mode = 'live'")
        integrity(shop, "--fix")
        waits_for(shop, "Archived", status="ACTIVE")
        shop.wait_quiet()
        assert named(integrity(shop), "Archived") == {"product_unpublished"}
        assert [t for t in tasks(shop) if t["kind"] == "product_not_active"] == []
    finally:
        assert shop.shelfwire("attach", "--map", str(MAPPING)).returncode == 0


def test_a_product_that_somebody_has_taken_off_its_channel_is_published_again(unwatched: House) -> None:
    shop = unwatched
    (first, *_) = sorted(p["catalog"]["title"] for p in shop.sandbox.data(CHANNELS)["publications"]["nodes"])
    assert shop.shelfwire("catalog", "follow", shop.sandbox.shop, "--publish", first).returncode == 0
    add(shop, "HIDDEN", "Hidden")
    waits_for(shop, "Hidden", resourcePublicationsCount={"count": 1})
    shop.wait_quiet()
    channels = shop.sandbox.data(CHANNELS)["publications"]["nodes"]
    number = products(shop)["Hidden"]["id"]
    for channel in channels:
        shop.sandbox.data(UNPUBLISH, {"id": number, "input": [{"publicationId": channel["id"]}]})
    assert products(shop)["Hidden"]["resourcePublicationsCount"]["count"] == 0
    assert named(integrity(shop, "--fix"), "Hidden") == {"product_unpublished"}
    waits_for(shop, "Hidden", resourcePublicationsCount={"count": 1})
    shop.wait_quiet()
    assert named(integrity(shop), "Hidden") == set()


def test_an_image_that_failed_is_fetched_once_more_and_then_it_is_a_task(unwatched: House, images: Images) -> None:
    shop = unwatched
    key = add(shop, "PICTURE", "Picture")
    shop.do(
        "insert into warehouse.product_images (product, position, url) values (%s, 1, %s)", key, f"{images.url}/404.png"
    )
    shop.wait_until(
        lambda: [m.get("status") for m in waits_for(shop, "Picture")["media"]] == ["FAILED"], "an image that failed"
    )
    shop.wait_quiet()
    assert named(integrity(shop), "Picture") >= {"image_failed"}
    asked = images.asked["/404.png"]
    integrity(shop, "--fix")
    assert "image_failed" not in [t["kind"] for t in tasks(shop)]
    shop.wait_until(lambda: images.asked["/404.png"] > asked, "another try")
    shop.wait_quiet()
    shop.wait_until(lambda: [m.get("status") for m in products(shop)["Picture"]["media"]] == ["FAILED"], "the failure")
    # The engine has done what it could.
    assert named(integrity(shop, "--fix"), "Picture") >= {"image_failed"}
    assert [t["message"] for t in tasks(shop) if t["kind"] == "image_failed" and "Picture" in t["message"]]


def test_a_price_of_nothing_is_a_task_and_nobody_invents_one(shop: House) -> None:
    shop.add_in_shop("Free of charge", {"sku": "FREE-OF-CHARGE"})
    found = integrity(shop, "--fix", code=1)
    (issue,) = (i for i in found if i["name"] == "FREE-OF-CHARGE" and i["severity"] == "error")
    assert issue["check_name"] == "price_zero" and issue["task"] is not None and not issue["is_repairable"]
    said = shop.shelfwire("integrity")
    assert said.returncode == 1 and "Errors" in said.stdout and "costs nothing" in said.stdout
    (task,) = (t for t in tasks(shop) if t["kind"] == "price_zero")
    assert task["id"] == issue["task"]
    alerts = json.loads(shop.shelfwire("alerts", "list", "--json").stdout)
    assert [a["rule"] for a in alerts if a["detail"].get("task") == task["id"]] == ["task_open"]
    integrity(shop, "--fix", code=1)
    assert len([t for t in tasks(shop) if t["kind"] == "price_zero"]) == 1
    assert [v["price"] for v in products(shop)["Free of charge"]["variants"]] == ["0.00"]
    # The owner gives it a price, and nobody has to say so.
    product, variant = products(shop)["Free of charge"]["id"], products(shop)["Free of charge"]["variants"][0]["id"]
    shop.sandbox.data(PRICE, {"id": product, "variants": [{"id": variant, "price": "5.00"}]})
    assert [i for i in integrity(shop) if i["name"] == "FREE-OF-CHARGE" and i["severity"] == "error"] == []
    assert [t for t in tasks(shop) if t["kind"] == "price_zero"] == []
    (done,) = shop.rows("select note, done_by from sync.tasks where id = %s", task["id"])
    assert done == {"note": "The reason is gone: closed by itself.", "done_by": "integrity"}


def test_a_check_that_somebody_adds_is_run_and_its_task_is_done_by_hand(shop: House) -> None:
    shop.add_in_shop("Nameless vendor", {"sku": "VENDOR"})
    shop.do(OURS)
    assert named(integrity(shop, "--fix", "--shop", shop.sandbox.shop), "Nameless vendor") >= {"vendor_blank"}
    (task,) = (t for t in tasks(shop) if t["kind"] == "vendor_blank")
    assert task["remedy"] == "Name the vendor."
    done = shop.shelfwire("tasks", "done", str(task["id"]), "--by", "Ann")
    assert (done.returncode, done.stdout) == (0, "1 task is done.\n")
    again = shop.shelfwire("tasks", "done", str(task["id"]))
    assert again.returncode == 2 and f"No open task has this number: {task['id']}." in again.stderr
    assert [t for t in tasks(shop) if t["kind"] == "vendor_blank"] == []
    shop.do("delete from sync.integrity_checks where name = 'vendor_blank'")


def test_the_run_is_noted_and_one_that_cannot_read_the_shop_says_why(shop: House) -> None:
    shop.do("update sync.shops set linked_at = null")
    done = shop.shelfwire("integrity")
    assert done.returncode == 2 and "is not linked yet. Run: shelfwire link" in done.stderr
    assert shop.shelfwire("link").returncode == 0
    integrity(shop)
    (run,) = shop.rows("select state, result from sync.runs where kind = 'integrity' order by id desc limit 1")
    assert run["state"] == "succeeded" and run["result"]["fix"] is False and run["result"]["failed"] == 0


def test_a_run_that_stopped_while_it_read_products_goes_on(shop: House) -> None:
    shop.do(
        "insert into sync.runs (kind, shop_id, state, is_exclusive, reached, done, finished_at) "
        "select 'integrity', id, 'failed', true, 'products', 2, now() from sync.shops"
    )
    number = shop.value("select max(id) from sync.runs")
    integrity(shop)
    (run,) = shop.rows("select id, state, attempt from sync.runs where kind = 'integrity' order by id desc limit 1")
    assert run == {"id": number, "state": "succeeded", "attempt": 2}


def test_the_schedule_asks_for_it_in_every_linked_shop(shop: House) -> None:
    before = shop.value("select count(*) from sync.runs where kind = 'integrity'")
    assert shop.value("select sync.queue_scheduled('integrity', null, '0 s')") == 1
    query = "select state from sync.runs where requested_by = 'schedule integrity'"
    shop.wait_until(lambda: shop.value(query) == "succeeded", "the run", 30)
    assert shop.value("select count(*) from sync.runs where kind = 'integrity'") == before + 1
