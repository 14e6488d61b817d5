"""What is safe goes to the engine, what is not becomes a task; nothing is done twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.seeds import Shelf, rows, value
from tests.sql.integrity.conftest import NOWHERE, node, show

ZERO = {"price": "0.00", "compareAtPrice": None}


def fix(shelf: Shelf, name: str, *, opens: bool = True) -> tuple[int, int]:
    """Check, open tasks, repair, as the command does; returns new tasks and repaired issues."""
    shelf.connection.execute("select sync.run_check(%s, %s)", (shelf.shop, name))
    tasks = value(shelf.connection, "select sync.open_findings(%s, %s, %s)", shelf.shop, name, opens)
    return tasks, value(shelf.connection, "select sync.repair_findings(%s, %s, null)", shelf.shop, name) if opens else 0


def pending(shelf: Shelf) -> list[tuple[str, str]]:
    return [(r["kind"], r["key"]) for r in rows(shelf.connection, "select kind, key from sync.pending order by 1, 2")]


def tasks(shelf: Shelf) -> list[Any]:
    return rows(shelf.connection, "select * from sync.open_tasks order by id")


def test_a_product_is_pushed_again_and_no_task_is_made_of_it(sound: Shelf) -> None:
    show(sound, node(2, status="ARCHIVED"))
    assert fix(sound, "product_not_active") == (0, 1)
    assert (pending(sound), tasks(sound)) == ([("catalog", "2")], [])
    (issue,) = rows(sound.connection, "table sync.integrity_issues")
    assert issue["is_repairable"] and issue["repaired_at"] is not None
    (event,) = rows(sound.connection, "select * from sync.recent_events where kind = 'issues_repaired'")
    assert event["message"] == "The repair of 1 issues was asked for: push_products."


def test_what_is_there_still_after_its_repair_becomes_a_task(sound: Shelf) -> None:
    show(sound, node(2, resourcePublicationsV2=NOWHERE))
    assert fix(sound, "product_unpublished") == (0, 1)
    # It is on its way.
    assert fix(sound, "product_unpublished") == (0, 1)
    sound.settle()
    # Nobody has written it in mode monitor.
    sound.connection.execute("update sync.shops set mode = 'monitor'")
    assert fix(sound, "product_unpublished") == (0, 1)
    sound.settle()
    sound.connection.execute("update sync.shops set mode = 'live'")
    assert fix(sound, "product_unpublished") == (1, 1)
    (task,) = tasks(sound)
    assert (task["kind"], task["subject"], task["source"]) == ("product_unpublished", "product 502", "integrity")
    show(sound, node(2))
    assert fix(sound, "product_unpublished") == (0, 0)
    assert tasks(sound) == []


def test_a_link_to_what_is_gone_is_judged_anew(sound: Shelf) -> None:
    sound.connection.execute(
        "delete from sync.variants where variant_id = 1002; delete from sync.catalog_variants where variant_id = 1002"
    )
    assert fix(sound, "link_gone") == (0, 1)
    (link,) = rows(sound.connection, "select state, reason from sync.links where product_key = '2'")
    assert link == {"state": "broken", "reason": "No variant of the shop has the SKU SKU-2."}
    assert fix(sound, "link_gone") == (0, 0)


def test_an_image_is_tried_again(sound: Shelf) -> None:
    sound.connection.execute(
        "insert into sync.catalog_media (shop_id, group_key, url, media_id) values (%s, '2', 'http://x/2.png', 2)",
        (sound.shop,),
    )
    failed = {"id": "gid://shopify/MediaImage/2", "status": "FAILED", "mediaErrors": [{"message": "No such image."}]}
    show(sound, node(2, media={"nodes": [failed]}))
    assert fix(sound, "image_failed") == (0, 1)
    assert pending(sound) == [("catalog", "2")]


def test_a_check_of_ones_own_may_push_stock(sound: Shelf) -> None:
    sound.see("2", 11, 7)
    sound.settle()
    sound.connection.execute(
        "insert into sync.integrity_checks (name, severity, description, sql, remedy, is_safe, repair) values "
        "('many', 'error', 'too many', $$select 'level' as subject, l.inventory_item_id as key, k.sku as name, "
        "'Too many.' as message, k.product_key as target from sync.levels as l join sync.links as k "
        "using (shop_id, inventory_item_id) where shop_id = $1 and available > 5$$, 'Count.', true, 'push_stock')"
    )
    assert fix(sound, "many") == (0, 1)
    assert pending(sound) == [("inventory", "2")]


def test_products_of_a_shop_whose_catalogue_is_its_own_are_not_pushed(sound: Shelf) -> None:
    show(sound, node(2, status="ARCHIVED"))
    sound.connection.execute("delete from sync.catalogs")
    fix(sound, "product_not_active")
    assert pending(sound) == []


def test_a_price_is_a_task_once_and_never_invented(sound: Shelf) -> None:
    show(sound, node(2, variant=ZERO))
    assert fix(sound, "price_zero", opens=False) == (0, 0)
    assert tasks(sound) == []
    assert fix(sound, "price_zero") == (1, 0)
    assert fix(sound, "price_zero") == (0, 0)
    assert pending(sound) == []
    (task,) = tasks(sound)
    assert (task["shop"], task["kind"], task["subject"]) == ("one.myshopify.com", "price_zero", "variant 1002")
    assert task["message"] == "Product 2 costs nothing." and task["remedy"].startswith("Give it a price")
    (issue,) = rows(sound.connection, "table sync.integrity_issues")
    assert issue["task"] == task["id"]
    # It is right by now: even a check that mends nothing closes the task, and says so.
    show(sound, node(2))
    assert fix(sound, "price_zero", opens=False) == (0, 0)
    (done,) = rows(sound.connection, "table sync.tasks")
    assert (done["done_by"], done["note"]) == ("integrity", "The reason is gone: closed by itself.")


def test_what_somebody_calls_done_and_is_not_is_a_new_task(sound: Shelf) -> None:
    show(sound, node(2, variant=ZERO))
    fix(sound, "price_zero")
    assert value(sound.connection, "select sync.finish_task(%s, 'Ann')", tasks(sound)[0]["id"])
    assert fix(sound, "price_zero") == (1, 0)


def test_what_is_only_told_is_nobodys_task_and_a_check_that_fails_is(sound: Shelf) -> None:
    show(sound, node(2, variant={"barcode": None}))
    assert fix(sound, "barcode_blank") == (0, 0)
    sound.connection.execute("update sync.integrity_checks set sql = 'select 1' where name = 'barcode_blank'")
    assert fix(sound, "barcode_blank") == (1, 0)
    assert tasks(sound)[0]["subject"] == "check barcode_blank"


@pytest.mark.parametrize("change", ["is_enabled = false", "severity = 'info'"])
def test_tasks_of_a_check_that_is_off_are_closed(sound: Shelf, change: str) -> None:
    show(sound, node(2, variant=ZERO))
    assert fix(sound, "price_zero") == (1, 0)
    sound.connection.execute(f"update sync.integrity_checks set {change}".encode())
    fix(sound, "price_zero")
    assert tasks(sound) == []


def test_a_hundred_of_very_many_are_tasks_and_the_next_follow(sound: Shelf) -> None:
    show(sound, *(node(n, variant=ZERO) for n in range(4, 254)))
    assert fix(sound, "price_zero") == (100, 0)
    assert fix(sound, "price_zero") == (0, 0)
    show(sound, *(node(int(t["subject"].split()[1]) - 1000) for t in tasks(sound)[:30]))
    assert fix(sound, "price_zero") == (30, 0)
    assert len(tasks(sound)) == 100
