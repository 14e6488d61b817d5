"""How a check runs: bound late, alone, without writing; what it finds is kept as long as it finds it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import dict_row

from tests.conftest import Login
from tests.seeds import Connection, Shelf, rows, value
from tests.sql.integrity.conftest import node, show

FINE = "select 'variant' as subject, variant_id as key, title as name, 'It is.' as message, null as target "
FINE += "from sync.variants where shop_id = $1"


def add(shelf: Shelf, name: str, text: str, **more: Any) -> None:
    """Somebody adds a check of their own."""
    given = {"severity": "warning", "is_safe": False, "repair": None} | more
    shelf.connection.execute(
        "insert into sync.integrity_checks (name, severity, description, sql, remedy, is_safe, repair) "
        "values (%s, %s, 'what is ours', %s, 'Do it.', %s, %s)",
        (name, given["severity"], text, given["is_safe"], given["repair"]),
    )


def run(shelf: Shelf, name: str, connection: Connection | None = None) -> tuple[int, int, int, str | None]:
    (ran,) = rows(connection or shelf.connection, "select * from sync.run_check(%s, %s)", shelf.shop, name)
    return (ran["found"], ran["opened"], ran["ended"], ran["error"])


def issues(shelf: Shelf) -> list[Any]:
    return rows(shelf.connection, "select * from sync.integrity_issues order by check_name, subject, key")


def test_a_row_is_a_check_and_its_findings_are_kept_from_first_to_last(sound: Shelf) -> None:
    add(sound, "ours", FINE + " and title like '% 2';".removesuffix(";"))
    assert run(sound, "ours") == (1, 1, 0, None)
    (first,) = issues(sound)
    assert (first["check_name"], first["severity"], first["subject"], first["key"]) == (
        "ours", "warning", "variant", "1002",
    )  # fmt: skip
    assert (first["message"], first["remedy"], first["is_repairable"]) == ("It is.", "Do it.", False)
    assert run(sound, "ours") == (1, 0, 0, None)
    (again,) = issues(sound)
    assert again["first_seen_at"] == first["first_seen_at"] and again["last_seen_at"] > first["last_seen_at"]
    sound.connection.execute("update sync.variants set title = 'Product 3' where variant_id = 1002")
    assert run(sound, "ours") == (0, 0, 1, None)
    assert issues(sound) == []
    sound.connection.execute("update sync.variants set title = 'Product 2' where variant_id = 1002")
    assert run(sound, "ours") == (1, 1, 0, None)
    assert issues(sound)[0]["first_seen_at"] > again["last_seen_at"]
    assert value(sound.connection, "select count(*) from sync.integrity_findings") == 2


def test_each_shop_has_findings_of_its_own(sound: Shelf) -> None:
    other = sound.add_shop("two.myshopify.com")
    add(sound, "ours", FINE)
    assert run(sound, "ours")[0] == 3
    assert rows(sound.connection, "select found from sync.run_check(%s, 'ours')", other) == [{"found": 0}]
    assert len(issues(sound)) == 3


def test_what_is_told_twice_or_without_a_name_is_one_issue(sound: Shelf) -> None:
    add(sound, "ours", f"{FINE} union all {FINE} -- and a comment")
    assert run(sound, "ours") == (3, 3, 0, None)
    add(sound, "bare", "select null as subject, null as key, null as name, null as message, null as target")
    assert run(sound, "bare") == (1, 1, 0, None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{FINE} and 1 / (variant_id - variant_id) > 0", "division by zero"),
        ("select 'x' as subject", "column c.key does not exist"),
        ("this is no SQL", 'syntax error at or near "is"'),
        ("select * from sync.no_such_table", 'relation "sync.no_such_table" does not exist'),
    ],
)
def test_a_check_that_fails_is_an_issue_and_hides_no_other(sound: Shelf, text: str, why: str) -> None:
    add(sound, "ours", FINE, severity="info")
    add(sound, "other", FINE)
    assert (run(sound, "ours")[0], run(sound, "other")[0]) == (3, 3)
    sound.connection.execute("update sync.integrity_checks set sql = %s where name = 'ours'", (text,))
    assert run(sound, "ours") == (1, 1, 0, why)
    assert run(sound, "other") == (3, 0, 0, None)
    shown = [(i["check_name"], i["severity"], i["subject"]) for i in issues(sound)]
    # What it had found is neither right nor wrong by now.
    assert (
        shown
        == [("other", "warning", "variant")] * 3 + [("ours", "error", "check")] + [("ours", "info", "variant")] * 3
    )
    (failed,) = (i for i in issues(sound) if i["subject"] == "check")
    assert failed["message"] == f"The check failed: {why}" and "sync.integrity_checks" in failed["remedy"]
    sound.connection.execute("update sync.integrity_checks set sql = %s where name = 'ours'", (FINE,))
    assert run(sound, "ours") == (3, 0, 1, None)


@pytest.mark.parametrize(
    "text",
    [
        f"select sync.touch_products($1, array['1']) as touched, c.* from ({FINE}) as c",
        f"select nextval('sync.ticks') as tick, c.* from ({FINE}) as c",
        f"select set_config('transaction_read_only', 'off', true) as set, c.* from ({FINE}) as c",
        f"{FINE}) as c) as f; delete from sync.links; select 1 from (select 1 from (select 1",
    ],
    ids=["function", "sequence", "setting", "statement"],
)
def test_a_check_cannot_write(sound: Shelf, text: str) -> None:
    def kept() -> tuple[Any, ...]:
        return (
            value(sound.connection, "select count(*) from sync.links"),
            value(sound.connection, "select count(*) from sync.pending"),
            value(sound.connection, "select last_value from sync.ticks"),
        )

    before = kept()
    add(sound, "ours", text)
    found, _, _, why = run(sound, "ours")
    assert found == 1 and why is not None and ("read-only" in why or "read-write" in why), why
    assert kept() == before
    # The same text outside of a check: it is the transaction that stops it.
    wrapped = f"select c.subject from (select c.* from ({text}) as c) as c".replace("$1", str(sound.shop))
    sound.connection.execute(wrapped.replace("as f;", "as c;").encode())
    assert kept() != before or "set_config" in text


def test_who_runs_a_check_may_write_afterwards(sound: Shelf, warehouse: str) -> None:
    add(sound, "ours", FINE)
    add(sound, "failing", "select 1")
    with psycopg.connect(warehouse, row_factory=dict_row) as connection:
        for name in ("ours", "failing"):
            run(sound, name, connection)
            assert value(connection, "show transaction_read_only") == "off"
            connection.execute("update sync.variants set title = title")


def test_a_check_that_takes_too_long_is_broken_off(sound: Shelf) -> None:
    add(sound, "slow", f"select pg_sleep(60), c.* from ({FINE}) as c")
    sound.connection.execute("set statement_timeout = '200ms'")
    assert run(sound, "slow") == (1, 1, 0, "It was broken off, as it took too long.")


def test_a_check_that_is_switched_off_or_gone_has_found_nothing(sound: Shelf) -> None:
    add(sound, "ours", FINE)
    run(sound, "ours")
    sound.connection.execute("update sync.integrity_checks set is_enabled = false where name = 'ours'")
    assert issues(sound) == []
    assert run(sound, "ours") == (0, 0, 3, None)
    add(sound, "gone", FINE)
    run(sound, "gone")
    sound.connection.execute("delete from sync.integrity_checks where name = 'gone'")
    assert issues(sound) == []


def test_the_runner_runs_checks_and_only_their_owner_writes_them(sound: Shelf, login: Login) -> None:
    show(sound, node(2, variant={"price": "0.00", "compareAtPrice": None}))
    with psycopg.connect(login("sync_runner"), autocommit=True, row_factory=dict_row) as runner:
        for check in rows(runner, "select name from sync.integrity_checks"):
            assert run(sound, check["name"], runner)[3] is None, check
        assert [i["check_name"] for i in rows(runner, "table sync.integrity_issues")] == ["price_zero"]
        assert value(runner, "select sync.open_findings(%s, 'price_zero', true)", sound.shop) == 1
        assert value(runner, "select sync.repair_findings(%s, 'price_zero', null)", sound.shop) == 0
        for statement in (
            "insert into sync.integrity_checks (name) values ('x')",
            "update sync.integrity_checks set sql = 'select 1'",
            "delete from sync.integrity_checks",
            "truncate sync.integrity_checks",
        ):
            with pytest.raises(InsufficientPrivilege):
                runner.execute(statement.encode())


def test_a_check_reads_no_more_than_its_runner_may(sound: Shelf, login: Login) -> None:
    add(
        sound,
        "ours",
        "select 'x' as subject, id as key, '' as name, '' as message, null as target from warehouse.products",
    )
    with psycopg.connect(login("sync_runner"), autocommit=True, row_factory=dict_row) as runner:
        assert run(sound, "ours", runner)[3] == "permission denied for schema warehouse"


def test_ended_findings_are_kept_for_a_month(sound: Shelf) -> None:
    add(sound, "ours", FINE)
    run(sound, "ours")
    sound.connection.execute(
        "update sync.integrity_findings set ended_at = now() - interval '29 days' where key = '1001'"
    )
    sound.connection.execute(
        "update sync.integrity_findings set ended_at = now() - interval '31 days' where key = '1002'"
    )
    sound.connection.execute("select sync.prune_logs()")
    assert (
        value(sound.connection, "select string_agg(key, ' ' order by key) from sync.integrity_findings") == "1001 1003"
    )
