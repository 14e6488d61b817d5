"""Pending rows and jobs: coalesced, falling stock first, packed late."""

from __future__ import annotations

import json

from tests.seeds import FRONT, Connection, Shelf, rows, value


def jobs(shelf: Shelf) -> list[dict[str, object]]:
    found = rows(shelf.connection, "select id, payload, priority from pgqueuer.pgqueuer order by priority desc, id")
    return [json.loads(bytes(r["payload"])) | {"id": r["id"], "priority": r["priority"]} for r in found]


def keys_of(shelf: Shelf, job: dict[str, object]) -> list[str]:
    found = rows(shelf.connection, "select key from sync.pending where job_id = %s order by urgency, since", job["id"])
    return [r["key"] for r in found]


def seed_pending(connection: Connection, shelf: Shelf, count: int, urgency: int, prefix: str) -> None:
    connection.execute(
        "insert into sync.pending (shop_id, kind, key, lane, urgency, since) "
        "select %s, 'inventory', %s || n, 2, %s, now() from generate_series(1, %s) as n",
        (shelf.shop, prefix, urgency, count),
    )


def test_a_pending_product_that_changes_again_leaves_its_job(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    shelf.relay()
    first = shelf.pending()[key]
    shelf.sell(key)
    shelf.relay()
    second = shelf.pending()[key]
    assert second["changes"] == 2
    assert second["since"] == first["since"]
    # Its job may be under way with the number of before. If it is not, it takes the product along after all.
    assert second["job_id"] is None
    (claimed,) = shelf.claim(second["lane"], job=first["job_id"])
    assert claimed["keys"] == [key]
    assert shelf.pending()[key]["job_id"] == first["job_id"]


def test_a_job_that_starts_is_filled_up_with_what_became_pending_since(shelf: Shelf) -> None:
    seed_pending(shelf.connection, shelf, 240, 1_000_000, "a")
    assert value(shelf.connection, "select sync.pack_jobs()") == 1
    seed_pending(shelf.connection, shelf, 30, 1_000_000, "b")
    seed_pending(shelf.connection, shelf, 5, 3, "f")
    job = value(shelf.connection, "select id from pgqueuer.pgqueuer")
    keys = shelf.claim(2, job=job)[0]["keys"]
    assert [sum(key.startswith(prefix) for key in keys) for prefix in "abf"] == [240, 5, 5]
    assert value(shelf.connection, "select count(*) from sync.pending where job_id is null") == 25


def test_a_level_back_at_what_shopify_shows_is_still_pushed_when_it_was_pending(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    shelf.sell(key)
    shelf.relay()
    # A push with the number of before may be under way.
    shelf.connection.execute("update warehouse.shipment_items set status = 'received'")
    shelf.relay()
    assert shelf.pending()[key]["changes"] == 2


def test_falling_stock_is_urgent_by_what_is_left_of_it(shelf: Shelf) -> None:
    few, many, rising, empty = shelf.stocked(2, 9, 1, 1)
    for key in (few, many, empty):
        shelf.sell(key)
    shelf.receive(rising, 1)
    shelf.relay()
    assert {key: row["urgency"] for key, row in shelf.pending().items()} == {
        few: 1,
        many: 8,
        empty: 0,
        rising: 1_000_000,
    }


def test_a_level_never_seen_counts_as_rising(shelf: Shelf) -> None:
    key = shelf.product("A", 1)
    shelf.variants(["A"])
    assert shelf.link()["marked"] == 1
    assert shelf.pending()[key]["urgency"] == 1_000_000


def test_a_job_holds_250_keys_and_no_other_of_its_lane_waits_behind_it(shelf: Shelf) -> None:
    seed_pending(shelf.connection, shelf, 1100, 1_000_000, "r")
    assert value(shelf.connection, "select sync.pack_jobs()") == 1
    assert [len(keys_of(shelf, job)) for job in jobs(shelf)] == [250]
    assert value(shelf.connection, "select sync.pack_jobs()") == 0
    assert value(shelf.connection, "select count(*) from sync.pending where job_id is null") == 850


def test_a_job_is_handed_to_pgqueuer_with_its_log(shelf: Shelf) -> None:
    job = value(shelf.connection, "select sync.enqueue_job(%s, 'inventory', 2, 7)", shelf.shop)
    (queued,) = rows(shelf.connection, "select * from pgqueuer.pgqueuer")
    assert (queued["id"], queued["entrypoint"], queued["status"], queued["priority"]) == (
        job, f"inventory_{shelf.shop}_2", "queued", 7
    )  # fmt: skip
    # Keys are in sync.pending alone (I3).
    assert json.loads(bytes(queued["payload"])) == {"shop_id": shelf.shop, "kind": "inventory", "lane": 2}
    (logged,) = rows(shelf.connection, "select * from pgqueuer.pgqueuer_log")
    assert (logged["job_id"], logged["status"]) == (job, "queued")


def test_falling_stock_goes_first_and_does_not_queue_behind_rising_stock(shelf: Shelf) -> None:
    seed_pending(shelf.connection, shelf, 350, 1_000_000, "r")
    shelf.connection.execute("select sync.pack_jobs()")
    seed_pending(shelf.connection, shelf, 3, 7, "m")
    seed_pending(shelf.connection, shelf, 2, 1, "f")
    assert value(shelf.connection, "select sync.pack_jobs()") == 1
    first = jobs(shelf)[0]
    keys = keys_of(shelf, first)
    assert first["priority"] == 50
    assert {key[0] for key in keys[:2]} == {"f"}
    assert {key[0] for key in keys[2:5]} == {"m"}
    # A full job leaves with what there is of rising stock.
    assert len(keys) == 105


def test_rows_of_jobs_that_are_no_more_are_packed_again(shelf: Shelf) -> None:
    queued, gone, failed = shelf.stocked(2, 2, 2)
    for key in (queued, gone, failed):
        shelf.sell(key)
        shelf.relay()
    job = {key: row["job_id"] for key, row in shelf.pending().items()}
    shelf.connection.execute("delete from pgqueuer.pgqueuer where id = %s", (job[gone],))
    shelf.connection.execute("update pgqueuer.pgqueuer set status = 'failed' where id = %s", (job[failed],))
    shelf.connection.execute("update pgqueuer.pgqueuer set status = 'picked' where id = %s", (job[queued],))
    stages = {r["key"]: r["stage"] for r in rows(shelf.connection, "select key, stage from sync.pending_changes")}
    assert stages == {queued: f"in job {job[queued]}", gone: "waits for its lane", failed: "waits for its lane"}
    packed = len({shelf.pending()[key]["lane"] for key in (gone, failed)})
    assert value(shelf.connection, "select sync.pack_jobs()") == packed
    after = {key: row["job_id"] for key, row in shelf.pending().items()}
    assert after[queued] == job[queued]
    assert {after[gone], after[failed]}.isdisjoint(job.values())
    assert value(shelf.connection, "select sync.pack_jobs()") == 0


def test_a_product_always_travels_in_the_same_lane(shelf: Shelf) -> None:
    found = rows(
        shelf.connection,
        "select sync.lane_of(n::text, 4) as lane, count(*) as n from generate_series(1, 400) as n group by 1 "
        "order by 1",
    )
    assert [r["lane"] for r in found] == [0, 1, 2, 3]
    assert min(r["n"] for r in found) > 50
    # Keys that are in lanes now must stay there: this number may not change.
    assert value(shelf.connection, "select sync.lane_of('4711', 4)") == value(
        shelf.connection, "select (hashtextextended('4711', 0) & 3)::smallint"
    )
    assert value(shelf.connection, "select sync.lane_of(null, 4)") is None


def test_marking_nothing_marks_nothing(shelf: Shelf) -> None:
    shelf.stocked(1)
    assert value(shelf.connection, "select sync.mark_inventory(%s, null, null)", shelf.shop) == 0
    assert value(shelf.connection, "select sync.mark_inventory(%s, '{unknown}', '{now}')", shelf.shop) == 0
    shelf.see("1", FRONT, 0)
    assert value(shelf.connection, "select sync.mark_inventory(%s, null, array[now()])", shelf.shop) == 1


def test_falling_stock_takes_along_what_waits_in_its_lane(shelf: Shelf) -> None:
    keys = shelf.stocked(*[5] * 12)
    lanes: dict[int, list[str]] = {}
    for key in keys:
        lanes.setdefault(value(shelf.connection, "select sync.lane_of(%s, 4)", key), []).append(key)
    lane, (rising, falling) = next((lane, found[:2]) for lane, found in lanes.items() if len(found) > 1)
    shelf.receive(rising, 1)
    assert shelf.relay()["packed"] == 1
    shelf.sell(falling)
    assert shelf.relay()["packed"] == 1
    waiting, job = (shelf.pending()[key]["job_id"] for key in (rising, falling))
    assert waiting != job
    assert shelf.claim(lane, job)[0]["keys"] == [falling, rising]
    assert sorted(shelf.claim(lane, waiting)[0]["keys"]) == sorted([rising, falling])


def test_no_class_of_urgency_starves(shelf: Shelf) -> None:
    seed_pending(shelf.connection, shelf, 1000, 0, "critical")
    for n, name in enumerate(("high", "normal", "low", "batch"), 1):
        seed_pending(shelf.connection, shelf, 40, n * 1_000_000, name)
    taken = value(shelf.connection, "select sync.take_keys(%s::sync.turn, 50)", shelf.turn_of(1, 2, 7))
    assert {key.rstrip("0123456789") for key in taken} == {"critical", "high", "normal", "low", "batch"}
    assert sum(key.startswith("critical") for key in taken) == 42
    assert len(taken) == 50
