"""The relay: what was committed is in the log exactly once, and becomes pending and jobs (I2, I3)."""

from __future__ import annotations

import json

import psycopg

from tests.seeds import Shelf, rows, value


def logged(shelf: Shelf) -> list[tuple[str, str | None]]:
    return [(r["op"], r["key"]) for r in rows(shelf.connection, "select op, key from sync.change_log order by id")]


def jobs(shelf: Shelf) -> list[dict[str, object]]:
    found = rows(shelf.connection, "select id, payload, priority from pgqueuer.pgqueuer order by priority desc, id")
    return [json.loads(bytes(r["payload"])) | {"id": r["id"], "priority": r["priority"]} for r in found]


def test_a_change_is_logged_becomes_pending_and_is_packed(shelf: Shelf) -> None:
    key, other = shelf.stocked(3, 3)
    shelf.sell(key)
    transaction = value(shelf.connection, "select xid::text from sync.change_queue_0")
    assert dict(shelf.relay()) == {"relayed": 1, "packed": 1, "waiting": [], "notified": False, "unfinished": False}
    assert logged(shelf) == [("update", key)]
    assert value(shelf.connection, "select xid::text from sync.change_log") == transaction
    assert shelf.queue() == []
    pending = shelf.pending()
    assert pending.keys() == {key}
    assert value(shelf.connection, "select id from pgqueuer.pgqueuer") == pending[key]["job_id"]
    assert dict(shelf.relay()) == {"relayed": 0, "packed": 0, "waiting": [], "notified": False, "unfinished": False}
    assert other not in shelf.pending()


def test_a_job_carries_neither_keys_nor_numbers(shelf: Shelf) -> None:
    """I3."""
    key = shelf.stocked(3)[0]
    shelf.sell(key)
    shelf.relay()
    lane = value(shelf.connection, "select sync.lane_of(%s, 4)", key)
    (job,) = jobs(shelf)
    assert (job.pop("id"), job) == (
        shelf.pending()[key]["job_id"],
        {"shop_id": shelf.shop, "kind": "inventory", "lane": lane, "priority": 50},
    )


def test_a_moved_unit_makes_both_products_pending(shelf: Shelf) -> None:
    keys = shelf.stocked(3, 3)
    shelf.connection.execute("update warehouse.shipment_items set product_id = 2 where id = 1")
    shelf.relay()
    assert shelf.pending().keys() == set(keys)


def test_a_change_that_leaves_the_level_as_seen_is_only_logged(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.receive(key, 1, status="expected")
    assert dict(shelf.relay()) == {"relayed": 1, "packed": 0, "waiting": [], "notified": False, "unfinished": False}
    assert shelf.pending() == {}
    assert logged(shelf) == [("insert", key)]


def test_a_bulk_entry_or_a_truncate_looks_at_every_product(shelf: Shelf) -> None:
    keys = shelf.stocked(3, 2, 0)
    shelf.connection.execute("truncate warehouse.shipment_items cascade")
    shelf.relay()
    assert shelf.pending().keys() == set(keys[:2])
    assert shelf.pending()[keys[0]]["since"] == value(shelf.connection, "select changed_at from sync.change_log")


def test_an_item_of_no_product_does_not_make_everything_pending(shelf: Shelf) -> None:
    key, other = shelf.stocked(3, 3)
    shelf.connection.execute("alter table warehouse.shipment_items alter product_id drop not null")
    shelf.connection.execute("delete from sync.levels")
    shelf.connection.execute("insert into warehouse.shipment_items (shipment_id, location_id) values (1, 1)")
    shelf.relay()
    assert shelf.pending() == {}
    assert logged(shelf) == []
    shelf.connection.execute("update warehouse.shipment_items set product_id = null where product_id = %s", (key,))
    shelf.relay()
    assert shelf.pending().keys() == {key}
    assert other not in shelf.pending()


def test_a_shop_that_was_never_linked_is_left_alone(shelf: Shelf) -> None:
    shelf.receive(shelf.product("A"), 1)
    assert shelf.relay()["relayed"] == 2
    assert shelf.pending() == {}


def test_every_shop_has_its_own_pending_row(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    other = shelf.add_shop("two.myshopify.com")
    shelf.variants(["SKU-0"], shop=other)
    shelf.link(shop=other)
    shelf.settle()
    shelf.sell(key)
    shelf.relay()
    assert rows(shelf.connection, "select shop_id, key from sync.pending order by 1") == [
        {"shop_id": shelf.shop, "key": key},
        {"shop_id": other, "key": key},
    ]
    assert value(shelf.connection, "select count(distinct entrypoint) from pgqueuer.pgqueuer") == 2


def test_a_relay_rolled_back_midway_loses_and_doubles_nothing(shelf: Shelf) -> None:
    key = shelf.stocked(3)[0]
    shelf.sell(key)
    with shelf.connection.transaction(force_rollback=True):
        assert shelf.relay()["relayed"] == 1
    assert logged(shelf) == []
    assert len(shelf.queue()) == 1
    assert shelf.relay()["relayed"] == 1
    assert logged(shelf) == [("update", key)]


def test_a_second_relay_goes_on_without_waiting(shelf: Shelf, warehouse: str) -> None:
    key = shelf.stocked(3)[0]
    shelf.sell(key)
    with psycopg.connect(warehouse) as other:
        assert value(other, "select relayed from sync.relay_changes()") == 1
        assert rows(shelf.connection, "select * from sync.relay_changes()") == []
        other.commit()
    assert shelf.relay()["relayed"] == 0
    assert logged(shelf) == [("update", key)]


def test_a_transaction_that_commits_late_is_not_lost(shelf: Shelf, warehouse: str) -> None:
    early, late = shelf.stocked(3, 3)
    with psycopg.connect(warehouse) as slow:
        slow.execute("update warehouse.shipment_items set status = 'sold' where product_id = %s", (late,))
        shelf.sell(early)
        assert shelf.relay()["relayed"] == 1
        assert shelf.relay()["relayed"] == 0
        slow.commit()
    assert shelf.relay()["relayed"] == 3
    assert {key for _, key in logged(shelf)} == {early, late}


def test_the_relay_takes_no_more_than_asked_and_leaves_the_rest(shelf: Shelf) -> None:
    shelf.stocked(10)
    shelf.connection.execute("update warehouse.shipment_items set status = 'sold'")
    taken = [value(shelf.connection, "select relayed from sync.relay_changes(0, 4)") for _ in range(4)]
    assert taken == [4, 4, 2, 0]
    assert len(logged(shelf)) == 10
