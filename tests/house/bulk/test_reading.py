"""A shop is read by bulk operations, whole or not at all, and as well as page by page."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from house import process
from tests.house.house import House

ONE, TWO = "SKU-000001", "SKU-000002"
VARIANTS = 20


@pytest.fixture
def bulky(house: House) -> House:
    """A house where whatever is read is worth a bulk operation."""
    house.do("update sync.kinds set bulk_above = -1")
    return house


def reconcile(house: House) -> subprocess.CompletedProcess[str]:
    return house.shelfwire("reconcile", "inventory")


def operations(house: House) -> list[tuple[Any, ...]]:
    query = "select document, state, problem from sync.bulk_operations order by id"
    return [tuple(r.values()) for r in house.rows(query)]


def known(house: House) -> tuple[int, int]:
    """Variants, and lines of results, that are in the database."""
    counts = house.rows("select (select count(*) from sync.variants) as v, (select count(*) from sync.bulk_lines) as l")
    return counts[0]["v"], counts[0]["l"]


def fails(house: House, words: str) -> None:
    """A pass has no result, leaves everything as it was, and the next one has."""
    done = reconcile(house)
    assert done.returncode == 4, done
    assert words in done.stderr
    assert known(house) == (VARIANTS, 0)
    assert [state for _, state, _ in operations(house)] == ["failed"]
    (run,) = house.rows("select state, error from sync.runs where kind = 'reconcile_inventory'")
    assert run["state"] == "failed"
    assert words in run["error"]
    house.sandbox.clear_faults()
    assert reconcile(house).returncode == 0
    assert known(house) == (VARIANTS, 0)
    assert operations(house)[-1] == ("BulkVariants", "done", None)


def test_stock_is_reconciled_by_a_bulk_operation(bulky: House) -> None:
    bulky.receive(ONE, 10)
    bulky.receive(TWO, 10)
    with bulky.runner():
        bulky.wait_quiet()
    bulky.sandbox.edit(TWO, 17)
    assert reconcile(bulky).returncode == 0
    assert operations(bulky)[-1] == ("BulkVariants", "done", None)
    (way,) = bulky.rows("select way from sync.runs where kind = 'reconcile_inventory' order by id desc limit 1")
    assert way["way"].startswith("bulk operation: 1 pages of 250 variants would cost ")
    (wrong,) = bulky.rows("select sku, expected, found, cause from sync.open_discrepancies")
    assert tuple(wrong.values()) == (TWO, 10, 17, "foreign edit")
    with bulky.runner():
        bulky.wait_quiet()
    assert bulky.offered()[TWO] == 10
    assert reconcile(bulky).returncode == 0
    assert bulky.rows("select from sync.open_discrepancies") == []


def test_a_variant_that_is_gone_is_forgotten_and_a_new_one_is_linked(bulky: House) -> None:
    bulky.delete_in_shop(ONE)
    bulky.add_in_shop("New", {"sku": ONE})
    assert bulky.shelfwire("link").returncode == 0
    shown = bulky.rows("select sku, handle from sync.remote_variants where sku = %s", ONE)
    assert [r["handle"] for r in shown] == ["new"]
    (linked,) = bulky.rows("select state from sync.links where sku = %s", ONE)
    assert linked["state"] == "ok"


@pytest.mark.parametrize("middle", [True, False], ids=["in the middle of a line", "at the end of a line"])
@pytest.mark.parametrize("short", [True, False], ids=["said to be all", "broken off"])
def test_a_result_that_is_cut_off_is_fetched_again(bulky: House, middle: bool, short: bool) -> None:
    bulky.sandbox.fault("bulk_cut", lines=9, middle=middle, short=short, times=2)
    assert reconcile(bulky).returncode == 0
    assert known(bulky) == (VARIANTS, 0)
    assert operations(bulky) == [("BulkVariants", "done", None)]
    assert len(bulky.sandbox.operations()) == 1


def test_a_result_that_is_always_cut_off_is_none(bulky: House) -> None:
    bulky.sandbox.fault("bulk_cut", lines=9, short=True)
    fails(bulky, "is not whole: 9 lines and ")


def test_an_operation_that_fails_in_the_middle_has_no_result(bulky: House) -> None:
    bulky.sandbox.fault("bulk_failed", lines=9, code="INTERNAL_SERVER_ERROR")
    fails(bulky, "Shopify ended BulkVariants as FAILED (INTERNAL_SERVER_ERROR).")


@pytest.mark.parametrize(
    ("counted", "words"), [(False, f"BulkVariants shows 0 of {VARIANTS}"), (True, "is not whole: 0 lines")]
)
def test_a_result_that_is_empty_by_mistake_deletes_nothing(bulky: House, counted: bool, words: str) -> None:
    bulky.sandbox.fault("bulk_empty", counted=counted)
    fails(bulky, words)


def test_a_result_whose_address_has_expired_is_none(bulky: House) -> None:
    bulky.sandbox.fault("bulk_expired")
    fails(bulky, "is not whole")


def test_an_operation_that_is_stuck_is_cancelled(bulky: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFWIRE_BULK_PATIENCE", "1")
    bulky.sandbox.fault("bulk_stuck", lines=5)
    fails(bulky, "no progress with BulkVariants for 1 s: cancelled")
    statuses = [one["status"] for one in bulky.sandbox.operations()]
    bulky.wait_until(lambda: bulky.sandbox.operations()[-1]["status"] == "CANCELED", f"the end of {statuses}")


def test_a_start_whose_answer_is_lost_starts_one_operation(bulky: House) -> None:
    bulky.sandbox.fault("drop_after", operation="bulkOperationRunQuery", times=1)
    assert reconcile(bulky).returncode == 0
    assert len(bulky.sandbox.operations()) == 1
    assert operations(bulky) == [("BulkVariants", "done", None)]


def started(house: House) -> subprocess.Popen[bytes]:
    return process.start("cli", "reconcile", "inventory", environment=house.environment)


def test_foreign_operations_in_all_slots_are_waited_for_and_shown(bulky: House) -> None:
    foreign = [bulky.sandbox.occupy() for _ in range(5)]
    waiting = started(bulky)
    query = "select waits_for from sync.bulk_operations where state = 'waiting' and waits_for is not null"
    bulky.wait_until(lambda: bool(bulky.rows(query)), "what it waits for")
    assert str(foreign[0]) in bulky.value(query)
    bulky.sandbox.end_operation(foreign[2])
    assert waiting.wait(30) == 0
    assert operations(bulky) == [("BulkVariants", "done", None)]


def test_two_that_want_the_last_slot_have_it_one_after_the_other(bulky: House) -> None:
    for _ in range(4):
        bulky.sandbox.occupy()
    bulky.sandbox.fault("bulk_slow", seconds=0.5)
    both = [started(bulky), process.start("cli", "link", environment=bulky.environment)]
    busiest = 0
    while any(one.poll() is None for one in both):
        busiest = max(busiest, sum(one["status"] in ("CREATED", "RUNNING") for one in bulky.sandbox.operations()))
    assert [one.wait() for one in both] == [0, 0]
    assert busiest == 5
    assert operations(bulky) == [("BulkVariants", "done", None)] * 2


def test_killed_while_shopify_works_it_is_gone_on_with(bulky: House) -> None:
    bulky.sandbox.fault("bulk_slow", seconds=3, times=1)
    first = started(bulky)
    bulky.wait_until(lambda: [s for _, s, _ in operations(bulky)] == ["running"], "its start")
    first.kill()
    first.wait()
    silent(bulky)
    assert reconcile(bulky).returncode == 0
    assert len(bulky.sandbox.operations()) == 1
    assert operations(bulky) == [("BulkVariants", "done", None)]


def test_killed_while_it_fetches_the_result_it_is_fetched_again(bulky: House) -> None:
    bulky.sandbox.fault("delay", operation="download", seconds=3, times=1)
    first = started(bulky)
    bulky.wait_until(lambda: bool(bulky.rows("select from sync.bulk_operations where download > 0")), "its download")
    first.kill()
    first.wait()
    silent(bulky)
    assert reconcile(bulky).returncode == 0
    assert len(bulky.sandbox.operations()) == 1
    assert (operations(bulky), known(bulky)) == ([("BulkVariants", "done", None)], (VARIANTS, 0))


def silent(house: House) -> None:
    """Two minutes pass without a sign of life from whoever is at a run."""
    house.do("update sync.runs set advanced_at = now() - interval '3 minutes' where state = 'running'")
