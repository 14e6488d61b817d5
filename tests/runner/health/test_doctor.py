"""The doctor finds what is wrong, says how to put it right, and stays silent about nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from house.warehouse import REFERENCE
from runner.config import Settings
from runner.db import Database
from runner.db.driver import APPLICATION_NAME, Listener
from runner.health.doctor import examine
from runner.health.finding import FAILED, OK, WARNING, Finding
from tests.conftest import Login
from tests.seeds import Shelf

MAP = str(REFERENCE / "warehouse.toml")
PENDING = "insert into sync.pending (shop_id, kind, key, lane, urgency, since) "
PENDING += "select 1, 'inventory', 'x', 2, 1, now() - interval"
CHECKS = [
    "postgres", "clock", "rights", "schema", "capture", "mapping", "notify", "waking", "runner", "queue", "pending",
    "lanes", "vacuum", "budget", "refusals", "catalog", "shops", "locations", "writers", "flow", "partitions",
    "schedules", "alerts", "deliveries",
]  # fmt: skip


@pytest.fixture
def patient(shelf: Shelf, warehouse: str) -> Iterator[Shelf]:
    """A warehouse and a shop in order, and what looks like a runner that listens."""
    shelf.stocked(3)
    shelf.connection.execute("update sync.shops set verified_at = now()")
    with psycopg.connect(warehouse, application_name=APPLICATION_NAME):
        yield shelf


def look(dsn: str, warehouse_map: str = MAP) -> list[Finding]:
    """Every finding; one that is not ok has a remedy."""
    found = asyncio.run(examine(Settings(database_url=dsn, warehouse_map=warehouse_map)))
    assert [f for f in found if f.state != OK and not f.remedy] == []
    return found


def states(found: list[Finding]) -> dict[str, str]:
    """The state of each check that has one finding."""
    return {f.check: f.state for f in found}


def test_everything_in_order_is_said_as_well(patient: Shelf, warehouse: str) -> None:
    found = look(warehouse)
    assert [f.check for f in found] == CHECKS
    assert {f.state for f in found} == {OK}, found


@pytest.mark.parametrize(
    ("harm", "check", "state", "words"),
    [
        ("alter table warehouse.shipment_items disable trigger user", "capture", FAILED, "is disabled"),
        (
            "alter table warehouse.products enable replica trigger sync_capture_1_update",
            "capture", FAILED, "the trigger for update of warehouse.products is disabled",
        ),
        (
            "drop trigger sync_capture_2_update on warehouse.shipment_items",
            "capture", FAILED, "update of warehouse.shipment_items fires no trigger",
        ),
        ("alter table warehouse.products rename name to label", "mapping", FAILED, "no column 'name'"),
        ("drop function sync.prune_logs(interval, interval)", "schema", FAILED, "prune_logs"),
        ("update sync.alembic_version set version_num = '0001'", "schema", FAILED, "revision 0001"),
        (f"{PENDING} '2 minutes'", "pending", WARNING, "the oldest for 2 minutes"),
        (f"{PENDING} '2 hours'", "pending", FAILED, "the oldest for 2 hours"),
        (f"{PENDING} '2 minutes'", "lanes", WARNING, "Lane 2"),
        (
            "insert into sync.change_queue_1 (watch, op, key, changed_at) "
            "values (2, 'update', '1', now() - interval '11 minutes')",
            "queue", FAILED, "the oldest for 11 minutes",
        ),
        ("update sync.budgets set level = -100000", "budget", WARNING, "points left"),
        (
            "insert into sync.calls (shop_id, document, milliseconds, error_class) values (1, 'X', 1, 'THROTTLED')",
            "budget", WARNING, "throttled 1 call ",
        ),
        ("update sync.variants set tracked = false", "refusals", WARNING, "1 UNTRACKED"),
        ("update sync.shops set linked_at = null", "shops", FAILED, "never linked"),
        ("update sync.shops set verified_at = now() - interval '40 days'", "shops", WARNING, "40 days ago"),
        ("update sync.shops set verified_at = null", "shops", WARNING, "never verified"),
        ("delete from sync.shops", "shops", WARNING, "no shop"),
        (
            "insert into warehouse.locations (id, name) overriding system value values (3, 'Defects')",
            "locations", WARNING, "where one.myshopify.com shows the stock of the warehouse's Defects (3)",
        ),
        (
            "insert into warehouse.locations (id, name) overriding system value "
            "select n, 'Bin ' || n from generate_series(101, 130) as n",
            "locations", WARNING, "20 more locations of the warehouse",
        ),
        (
            "update sync.locations set is_active = false where location_id = 12",
            "locations", WARNING, "Back (2) at Shop 12, which is not active",
        ),
        ("update sync.schedules set last_error = 'no luck' where name = 'keep_logs'", "schedules", WARNING, "no luck"),
        (
            "update sync.schedules set expression = '0 0 31 2 *' where name = 'keep_logs'",
            "schedules", FAILED, "keep_logs never runs: '0 0 31 2 *' never comes",
        ),
        (
            "do $$ begin execute 'drop table sync.change_log_' || "
            "to_char(now() at time zone 'UTC' + interval '1 day', 'YYYYMMDD'); end $$",
            "partitions", WARNING, "no partition for tomorrow",
        ),
        ("select sync.raise_alert('api_version', 1, '', 'Old.')", "alerts", FAILED, "api_version, open"),
        ("select sync.hold_kind(1, 'inventory', 'Too much.')", "flow", FAILED, "is held: Too much."),
        ("select sync.note_failure(1, 1, 'HTTP_403', 'No.', true)", "flow", FAILED, "fails every call"),
        ("select sync.raise_alert('run_failed', null, 'x', 'No.')", "alerts", WARNING, "No."),
        (
            "update sync.alert_rules set email = 'a@b'; "
            "select sync.raise_alert('run_failed', null, 'x', 'No.'); "
            "update sync.deliveries set state = 'failed', error = 'Away.'",
            "deliveries", WARNING, "1 message of run_failed did not arrive by email: Away.",
        ),
        ("select sync.note_sleep(1)", "runner", FAILED, "silent for"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(patient: Shelf, warehouse: str, harm: str, check: str, state: str, words: str) -> None:
    patient.connection.execute(harm.encode())
    found = look(warehouse)
    assert any(f.check == check and f.state == state and words in f.message for f in found), found


def test_a_warehouse_that_is_not_attached(database: str) -> None:
    found = look(database)
    (capture,) = (f for f in found if f.check == "capture")
    assert capture.state == FAILED and "attach" in str(capture.remedy)
    (runner,) = (f for f in found if f.check == "runner")
    assert runner.state == FAILED and "No runner listens" in runner.message


def test_a_schema_that_is_not_there_ends_the_examination(empty: str) -> None:
    assert states(look(empty)) == {"postgres": OK, "clock": OK, "schema": FAILED}


def test_a_server_out_of_reach_is_a_finding() -> None:
    assert states(look("host=127.0.0.1 port=1")) == {"postgres": FAILED}


def test_a_server_that_takes_no_writes(patient: Shelf, warehouse: str) -> None:
    found = look(make_conninfo(warehouse, options="-c default_transaction_read_only=on"))
    assert states(found)["postgres"] == FAILED


def test_another_mapping_than_the_attached_one(
    patient: Shelf, warehouse: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("maps") / "warehouse.toml"
    other.write_text((REFERENCE / "warehouse.toml").read_text().replace('sku = "sku"', 'sku = "name"'))
    assert states(look(warehouse, str(other)))["mapping"] == WARNING
    missing = look(warehouse, str(other.with_name("nowhere.toml")))
    assert any(f.check == "mapping" and "not at hand" in f.message for f in missing)


def test_the_runners_role_can_be_examined(patient: Shelf, login: Login) -> None:
    found = look(login("sync_runner"))
    assert [f.check for f in found] == CHECKS
    assert {f.state for f in found} == {OK}, found


@pytest.mark.parametrize("group", ["", "sync_reporting"])
def test_a_role_without_rights_is_told_so(patient: Shelf, login: Login, group: str) -> None:
    found = look(login(group))
    (rights,) = (f for f in found if f.state == FAILED)
    assert rights.check == "rights" and "grant sync_runner" in str(rights.remedy)


def test_a_forgotten_transaction_is_found(patient: Shelf, warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.health.vitals.SNAPSHOT_SECONDS", 0)
    with psycopg.connect(warehouse, application_name="long report") as report:
        report.execute("set transaction isolation level repeatable read")
        report.execute("select 1")
        found = look(warehouse)
    assert any(f.check == "vacuum" and f.state == WARNING and "long report" in f.message for f in found), found


def test_a_listener_names_itself_once_it_listens(patient: Shelf, warehouse: str) -> None:
    async def named() -> int:
        async with Database.open(warehouse) as database:
            listener = Listener(warehouse, database, ["some_channel"])
            listening = asyncio.create_task(listener.run())
            await listener.connected.wait()
            count = patient.connection.execute(
                "select count(*) as n from pg_stat_activity "
                "where application_name = %s and datname = current_database()",
                (APPLICATION_NAME,),
            ).fetchone()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            assert count is not None
            return int(count["n"])

    assert asyncio.run(named()) == 2
