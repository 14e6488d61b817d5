"""Upkeep: the logs grow for a while and not for ever."""

from __future__ import annotations

import psycopg

from tests.seeds import FRONT, Connection, Shelf, rows, value


def partitions(connection: Connection) -> list[str]:
    found = rows(
        connection,
        "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'sync.change_log'::regclass "
        "order by 1",
    )
    return [r["name"].removeprefix("sync.change_log_") for r in found]


def keep(connection: Connection, ahead: int, days: str = "30 days") -> tuple[int, int]:
    (found,) = rows(connection, "select * from sync.keep_log_partitions(%s, %s::interval)", ahead, days)
    return found["made"], found["dropped"]


def test_partitions_of_the_coming_days_are_made_once(connection: Connection) -> None:
    before = partitions(connection)
    assert len(before) in (9, 10)  # eight days, the default, and a day more after midnight
    made, _ = keep(connection, 9)
    assert made >= 2 - (len(before) - 9)
    assert keep(connection, 9) == (0, 0)


def test_the_time_zone_of_who_calls_makes_no_difference(connection: Connection) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"):
        connection.execute(f"set timezone = '{zone}'")
        keep(connection, 9)
    assert keep(connection, 9) == (0, 0)


def test_old_partitions_are_dropped_with_what_is_in_them(connection: Connection) -> None:
    connection.execute("set timezone = 'UTC'")
    for days in (3, 40):
        day = f"to_char(current_date - {days}, 'YYYYMMDD')"
        connection.execute(
            f"do $$ begin execute format('create table sync.change_log_%s partition of sync.change_log "
            f"for values from (%L) to (%L)', {day}, current_date - {days}, current_date - {days - 1}); end $$".encode()
        )
    connection.execute(
        "insert into sync.change_log (watch, op, changed_at, xid, relayed_at) "
        "select 2, 'update', now(), '1', current_date - n from unnest(array[3, 40, 60]) as n"
    )
    _, dropped = keep(connection, 7)
    assert dropped == 1
    # What lay in the default partition is gone as well.
    assert rows(connection, "select (current_date - relayed_at::date) as days from sync.change_log") == [{"days": 3}]


def test_a_day_whose_rows_are_in_the_default_partition_stays_there(connection: Connection) -> None:
    connection.execute("set timezone = 'UTC'")
    connection.execute(
        "insert into sync.change_log (watch, op, changed_at, xid, relayed_at) "
        "values (2, 'update', now(), '1', current_date + 9 + interval '1 hour')"
    )
    before = len(partitions(connection))
    keep(connection, 10)
    assert len(partitions(connection)) - before == 2
    assert value(connection, "select count(*) from sync.change_log") == 1


def test_a_relay_at_work_is_not_waited_for_long(shelf: Shelf, warehouse: str) -> None:
    with psycopg.connect(warehouse) as other:
        other.execute("lock table sync.change_log in row exclusive mode")
        try:
            shelf.connection.execute("select * from sync.keep_log_partitions(20)")
        except psycopg.errors.LockNotAvailable:
            gave_up = True
        else:
            gave_up = False
    assert gave_up


def test_logs_past_their_time_are_pruned_and_what_is_needed_stays(shelf: Shelf) -> None:
    key = shelf.stocked(5)[0]
    c = shelf.connection
    requests = {}
    for name in ("needed", "old", "open", "new"):
        shelf.sell(key)
        (planned,) = shelf.prepared([key])
        requests[name] = planned["request_id"]
        shelf.answer(planned["request_id"], "applied" if name == "needed" else "abandoned")
    c.execute("update sync.requests set created_at = now() - interval '31 days' where id <> %s", (requests["new"],))
    c.execute("update sync.requests set state = 'open', answered_at = null where id = %s", (requests["open"],))
    for age in ("8 days", "1 day"):
        c.execute(
            "insert into sync.calls (shop_id, document, milliseconds, at) values (%s, 'X', 1, now() - %s::interval)",
            (shelf.shop, age),
        )
    for age in ("31 days", "29 days"):
        c.execute(
            "insert into sync.level_conflicts (shop_id, inventory_item_id, location_id, expected, found, "
            "committed_expected, committed_found, cause, found_at) "
            "values (%s, 2001, %s, 1, 2, 0, 0, 'foreign edit', now() - %s::interval)",
            (shelf.shop, FRONT, age),
        )
        c.execute(
            "insert into sync.runs (kind, state, started_at, finished_at) values "
            "('link', 'succeeded', now() - %s::interval, now()), ('link', 'running', now() - %s::interval, null)",
            (age, age),
        )
    c.execute(
        "insert into pgqueuer.pgqueuer_log (job_id, status, priority, entrypoint, created, aggregated) values "
        "(1, 'successful', 0, 'x', now() - interval '2 days', true), "
        "(2, 'successful', 0, 'x', now() - interval '2 days', false), (3, 'successful', 0, 'x', now(), true)"
    )
    (pruned,) = rows(c, "select * from sync.prune_logs()")
    assert dict(pruned) == {"requests": 1, "calls": 1, "subjects": 1, "runs": 1, "jobs": 1}
    left = [r["id"] for r in rows(c, "select id from sync.requests order by id")]
    assert left == [requests["needed"], requests["open"], requests["new"]]
    (pruned,) = rows(c, "select * from sync.prune_logs()")
    assert set(pruned.values()) == {0}


def test_the_sums_that_pgqueuer_makes_of_its_log_are_pruned_too(connection: Connection) -> None:
    connection.execute(
        "insert into pgqueuer.pgqueuer_statistics (created, count, priority, status, entrypoint) "
        "select now() - days * interval '25 hours', 1, 10, 'successful', 'lane' from generate_series(0, 2) as days"
    )
    connection.execute("select sync.prune_logs()")
    assert value(connection, "select count(*) from pgqueuer.pgqueuer_statistics") == 1


def test_plans_past_their_time_are_pruned_but_for_the_last_of_each_kind_and_shop(shelf: Shelf) -> None:
    c = shelf.connection
    other = shelf.add_shop("two.myshopify.com")
    c.execute(
        'insert into sync.kinds select (jsonb_populate_record(k, \'{"kind": "another"}\')).* '
        "from sync.kinds as k where k.kind = 'inventory'"
    )
    kept = []
    for shop, kind, days, is_kept in (
        (shelf.shop, "inventory", 40, False), (shelf.shop, "inventory", 29, True), (shelf.shop, "inventory", 0, True),
        (shelf.shop, "another", 50, False), (shelf.shop, "another", 40, True), (other, "inventory", 90, True),
    ):  # fmt: skip
        number = value(
            c,
            "insert into sync.plans (shop_id, kind, fingerprint, basis, parts, moves, losses, created_at) "
            "values (%s, %s, 'f', 'b', 1, 1, 0, now() - %s * interval '1 day') returning id",
            shop, kind, days,
        )  # fmt: skip
        kept += [number] * is_kept
    for _ in range(2):
        c.execute("select sync.prune_logs()")
        assert [r["id"] for r in rows(c, "select id from sync.plans order by id")] == kept
