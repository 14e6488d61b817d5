"""What people are shown."""

from __future__ import annotations

import json

import psycopg
import pytest

from runner.db.driver import APPLICATION_NAME
from tests.house.house import House


@pytest.mark.parametrize(
    "command",
    [
        ("status",), ("pending",), ("discrepancies",), ("refusals", "list"),
        ("shop", "list"), ("schedules", "list"), ("why", "SKU-000001"), ("alerts", "list"), ("alerts", "rules"),
        ("events",),
    ],
)  # fmt: skip
def test_everything_that_lists_speaks_json(house: House, command: tuple[str, ...]) -> None:
    done = house.shelfwire(*command, "--json")
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), list)
    assert house.shelfwire(*command).returncode == 0


def test_why_prints_the_whole_chain(house: House) -> None:
    house.receive("SKU-000001", 10)
    with house.runner():
        house.wait_quiet()
    text = house.shelfwire("why", "SKU-000001").stdout
    for part in (
        "SKU-000001  product SKU-000001",
        "Hall A: 10 available, 0 reserved, 0 committed",
        "insert in transaction",
        f"3. The shop {house.sandbox.shop}",
        "linked by SKU to variant",
        "should hold 10: 10 counted",
        "last seen at Shopify 10",
        "last acknowledged by Shopify 10",
        "set 0 -> 10, applied, sent 1 time,",
        "in step",
        "nothing pending",
    ):
        assert part in text, text


def test_why_names_a_near_miss(house: House) -> None:
    done = house.shelfwire("why", "sku-000001")
    assert done.returncode == 2
    assert (
        "no product with SKU or key 'sku-000001'. 'SKU-000001' looks the same but for upper and lower case."
        in done.stderr
    )


def test_why_tells_what_is_pending_and_when_it_is_tried_again(house: House) -> None:
    house.sandbox.fault(fault="http_5xx", operation="inventorySetQuantities", status=503)
    house.receive("SKU-000001", 10)
    assert "the change queue" in house.shelfwire("pending").stdout
    with house.runner():
        house.wait_until(
            lambda: bool(house.rows("select from sync.pending_changes where job_attempts > 0")), "a second attempt"
        )
    text = house.shelfwire("why", "SKU-000001").stdout
    assert "NOT in step" in text and "PENDING since" in text and "tried" in text and "next try" in text


def test_status_counts(house: House) -> None:
    house.do("select sync.relay_changes()")
    house.receive("SKU-000001", 10)
    (row,) = json.loads(house.shelfwire("status", "--json").stdout)
    assert (row["shop"], row["linked"], row["unlinked"], row["refused"]) == (house.sandbox.shop, 20, 0, 0)
    assert "1 changes in the queue" in house.shelfwire("status").stdout


def test_status_says_who_runs_and_what_keeps_them_waiting_for_postgres(house: House) -> None:
    assert "No runner listens" in house.shelfwire("status").stdout
    with psycopg.connect(house.dsn, application_name=APPLICATION_NAME) as runner:
        assert "1 runner at work" in house.shelfwire("status").stdout
        (row,) = json.loads(house.shelfwire("status", "--json").stdout)
        assert row["runner_trouble"] is None
        trouble = f"{APPLICATION_NAME}: Postgres cannot write"
        runner.execute("select set_config('application_name', %s, false)", (trouble,))
        assert "A runner waits: Postgres cannot write." in house.shelfwire("status").stdout
        (row,) = json.loads(house.shelfwire("status", "--json").stdout)
        assert row["runner_trouble"] == "Postgres cannot write"


def test_help_names_every_command() -> None:
    from click.testing import CliRunner

    from cli import main

    text = CliRunner().invoke(main, ["--help"]).output
    for name in ("costs", "db", "attach", "detach", "shop", "link", "run", "status", "why", "pending", "discrepancies",
                 "reconcile", "doctor", "alerts", "events", "refusals", "schedules", "sandbox", "demo"):  # fmt: skip
        assert f"\n  {name} " in text
    assert "Exit codes" in text


def test_why_shows_the_answer_to_a_request_that_failed(house: House) -> None:
    house.sandbox.fault(
        fault="user_error", operation="inventorySetQuantities", items=["SKU-000001"], index=True, code="INVALID_REASON"
    )
    house.receive("SKU-000001", 10)
    with house.runner():
        house.wait_quiet()
    text = house.shelfwire("why", "SKU-000001").stdout
    assert "set 0 -> 10, rejected, sent 1 time" in text and "INVALID_REASON" in text
    assert "REFUSED INVALID_REASON" in text and "what to do:" in text
