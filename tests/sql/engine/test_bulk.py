"""The lane of bulk operations: what is worth one moves there, and no key is ever at work in two lanes."""

from __future__ import annotations

import threading

import psycopg
import pytest

from tests.seeds import Shelf, rows, value

LANES, BULK = 4, 4


@pytest.fixture
def busy(shelf: Shelf) -> Shelf:
    """A shop of 40 groups that a full pass has made pending, where more than 10 are worth a bulk operation."""
    c = shelf.connection
    c.execute("insert into sync.catalogs (shop_id) values (%s)", (shelf.shop,))
    c.execute("select sync.furnish_shops()")
    c.execute("update sync.kinds set bulk_above = 1, bulk_size = 25 where kind = 'catalog'")
    c.execute("update sync.budgets set restore_rate = 100")
    mark(shelf, [f"g{n}" for n in range(40)], 4)
    return shelf


def mark(shelf: Shelf, keys: list[str], priority: int) -> None:
    shelf.connection.execute(
        "select sync.mark_keys(%s, 'catalog', %s, array_fill(now(), array[%s]), array_fill(%s, array[%s]), "
        "array_fill(1, array[%s]), array_fill(0, array[%s]), null, true)",
        (shelf.shop, keys, len(keys), priority * 1_000_000, len(keys), len(keys), len(keys)),
    )


def turn(shelf: Shelf, lane: int, job: int) -> tuple[str, list[str]]:
    """Take a lane for a job; its turn as text, and its keys."""
    (found,) = rows(
        shelf.connection,
        "select (o.turn)::text as turn, o.keys from sync.open_lane(%s, 'catalog', %s, %s) as o",
        shelf.shop, lane, job,
    )  # fmt: skip
    return found["turn"], found["keys"]


def lanes(shelf: Shelf) -> dict[str, int]:
    return {r["key"]: r["lane"] for r in rows(shelf.connection, "select key, lane from sync.pending")}


def test_a_job_takes_a_batch_out_of_all_lanes(busy: Shelf) -> None:
    _, keys = turn(busy, BULK, 1)
    assert len(keys) == 25
    assert {key for key, lane in lanes(busy).items() if lane == BULK} == set(keys)


def test_few_keys_stay_in_their_lanes(busy: Shelf) -> None:
    busy.connection.execute("update sync.kinds set bulk_above = 10 where kind = 'catalog'")
    assert turn(busy, BULK, 1)[1] == []
    assert not value(busy.connection, "select sync.bulk_pays(%s, 'catalog')", busy.shop)


def test_what_changes_by_itself_is_left_to_the_lanes(busy: Shelf) -> None:
    mark(busy, [f"g{n}" for n in range(35)], 1)
    assert not value(busy.connection, "select sync.bulk_pays(%s, 'catalog')", busy.shop)
    assert turn(busy, BULK, 1)[1] == []


def test_what_another_job_has_is_not_taken(busy: Shelf) -> None:
    others = {lane: turn(busy, lane, lane + 10)[1] for lane in range(LANES)}
    assert sum(map(len, others.values())) == 40
    assert turn(busy, BULK, 1)[1] == []


def test_a_key_that_another_lane_has_sent_stays_there_until_it_is_answered(busy: Shelf) -> None:
    key, lane = next(iter(lanes(busy).items()))
    busy.connection.execute(
        "insert into sync.requests (shop_id, kind, lane, document, variables, entries, keys) "
        "values (%s, 'catalog', %s, 'ProductUpdate', '{}', 1, %s)",
        (busy.shop, lane, [key]),
    )
    busy.connection.execute("update sync.kinds set bulk_size = 100 where kind = 'catalog'")
    assert len(turn(busy, BULK, 1)[1]) == 39
    assert lanes(busy)[key] == lane


def test_a_change_leaves_a_key_in_the_lane_that_has_it_at_work(busy: Shelf) -> None:
    mine, keys = turn(busy, BULK, 1)
    mark(busy, keys[:3], 1)
    assert {lanes(busy)[key] for key in keys[:3]} == {BULK}
    # Another lane that had one of them in memory prepares nothing for it.
    other, _ = turn(busy, 0, 2)
    held = value(busy.connection, "select sync.keys_in_lane(%s::sync.turn, %s)", other, keys)
    assert held == []
    # Once they are pushed, what changed again goes back to its own lane.
    settled = value(busy.connection, "select settled from sync.settle_push(%s::sync.turn, %s)", mine, keys)
    assert settled == 22
    left = {key: lane for key, lane in lanes(busy).items() if key in keys}
    assert left == {key: value(busy.connection, "select sync.lane_of(%s, 4)", key) for key in keys[:3]}


def test_a_changed_key_stays_while_its_request_is_open(busy: Shelf) -> None:
    mine, keys = turn(busy, BULK, 1)
    busy.connection.execute(
        "insert into sync.requests (shop_id, kind, lane, job_id, document, variables, entries, keys) "
        "values (%s, 'catalog', 4, 1, 'ProductUpdate', '{}', 1, %s)",
        (busy.shop, keys[:1]),
    )
    mark(busy, keys[:2], 1)
    busy.connection.execute("select sync.settle_push(%s::sync.turn, %s)", (mine, keys[2:]))
    assert lanes(busy)[keys[0]] == BULK
    assert lanes(busy)[keys[1]] != BULK


def test_what_a_job_that_is_no_more_has_left_goes_first(busy: Shelf) -> None:
    _, keys = turn(busy, BULK, 1)
    _, again = turn(busy, BULK, 2)
    assert again == keys


def test_one_job_is_packed_for_it(busy: Shelf) -> None:
    c = busy.connection
    mark(busy, [f"more{n}" for n in range(200)], 4)
    c.execute("select sync.pack_jobs()")
    c.execute("select sync.pack_jobs()")
    jobs = rows(c, "select entrypoint, priority from pgqueuer.pgqueuer where entrypoint like 'catalog%4'")
    assert jobs == [{"entrypoint": f"catalog_{busy.shop}_4", "priority": 10}]


@pytest.mark.parametrize("mode", ["monitor", "off"])
def test_none_is_packed_where_nothing_is_written(busy: Shelf, mode: str) -> None:
    mark(busy, [f"more{n}" for n in range(200)], 4)
    busy.connection.execute("update sync.shops set mode = %s", (mode,))
    busy.connection.execute("select sync.pack_jobs()")
    assert rows(busy.connection, "select from pgqueuer.pgqueuer where entrypoint like 'catalog%4'") == []


def test_taking_waits_for_a_lane_that_stores_its_requests(busy: Shelf, warehouse: str) -> None:
    """Seen only once it is committed, its request would be of a key that has moved."""
    key, lane = next(iter(lanes(busy).items()))
    other, _ = turn(busy, lane, 7)
    busy.connection.execute("update sync.pending set job_id = null")
    busy.connection.execute("update sync.kinds set bulk_size = 100 where kind = 'catalog'")
    with psycopg.connect(warehouse) as storing:
        storing.execute("select sync.hold_lane(%s::sync.turn)", (other,))
        storing.execute(
            "insert into sync.requests (shop_id, kind, lane, document, variables, entries, keys) "
            "values (%s, 'catalog', %s, 'ProductUpdate', '{}', 1, %s)",
            (busy.shop, lane, [key]),
        )
        taken: list[str] = []
        taking = threading.Thread(target=lambda: taken.extend(turn(busy, BULK, 1)[1]))
        taking.start()
        waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        with psycopg.connect(warehouse, autocommit=True) as watching:
            while not value(watching, waits):
                pass
        storing.commit()
        taking.join()
    assert key not in taken
    assert len(taken) == 39
