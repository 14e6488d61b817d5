"""Bulk operations that go wrong on purpose."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from house.process import HouseError
from house.sandbox import Sandbox
from tests.sandbox.bulk.conftest import PRODUCTS
from tests.sandbox.bulk.operations import (
    RUN_QUERY,
    cancel,
    ended,
    poll,
    rows_of,
    run_mutation,
    run_query,
    text_of,
    until,
    upload,
    write,
)

QUERY = "{ products { edges { node { id } } } }"
CREATE = """mutation ($product: ProductCreateInput!) { productCreate(product: $product) {
  product { id } userErrors { message } } }"""
ALL = str(PRODUCTS)


def test_slow(shop: Sandbox) -> None:
    shop.fault("bulk_slow", seconds=0.6, times=1)
    started = time.monotonic()
    assert ended(shop, run_query(shop, QUERY))["objectCount"] == ALL
    assert time.monotonic() - started > 0.6
    started = time.monotonic()
    ended(shop, run_query(shop, QUERY))
    assert time.monotonic() - started < 0.6


def test_slow_over_all_its_length(start: Callable[..., Sandbox]) -> None:
    """It counts on while it takes its time."""
    sandbox = start("--products", "2000", "--unlimited")
    sandbox.fault("bulk_slow", seconds=1.0)
    id = run_query(sandbox, "{ products { edges { node { id description variants { edges { node { id } } } } } } }")[
        "bulkOperation"
    ]["id"]
    seen = set()
    while (shown := poll(sandbox, id))["status"] in ("CREATED", "RUNNING"):
        seen.add(int(shown["objectCount"]))
    assert shown["objectCount"] == "4000"
    assert len(seen - {0, 4000}) > 3


@pytest.mark.parametrize("lines", [0, 30])
def test_stuck(shop: Sandbox, lines: int) -> None:
    shop.fault("bulk_stuck", lines=lines)
    id = run_query(shop, QUERY)["bulkOperation"]["id"]
    until(shop, id, "RUNNING")
    time.sleep(0.3)
    shown = poll(shop, id)
    assert (shown["status"], shown["objectCount"]) == ("RUNNING", str(lines))
    cancel(shop, id)
    until(shop, id, "CANCELED")


@pytest.mark.parametrize("code", ["INTERNAL_SERVER_ERROR", "TIMEOUT", "ACCESS_DENIED"])
def test_failed_in_the_middle(shop: Sandbox, code: str) -> None:
    shop.fault("bulk_failed", lines=40, code=code)
    operation = ended(shop, run_query(shop, QUERY))
    wanted = {"status": "FAILED", "errorCode": code, "url": None, "fileSize": None, "completedAt": None}
    assert {name: operation[name] for name in wanted} == wanted
    assert len(rows_of(text_of(shop, operation["partialDataUrl"]))) == 40 == int(operation["objectCount"])


def test_failed_at_once(shop: Sandbox) -> None:
    shop.fault("bulk_failed", lines=0)
    operation = ended(shop, run_query(shop, QUERY))
    assert (operation["status"], operation["partialDataUrl"]) == ("FAILED", None)
    assert operation["errorCode"] == "INTERNAL_SERVER_ERROR"


def count_of_products(sandbox: Sandbox) -> int:
    return int(sandbox.data("{ productsCount { count } }")["productsCount"]["count"])


def test_a_mutation_that_fails_leaves_the_other_lines_undone(writable: Sandbox) -> None:
    writable.fault("bulk_failed", lines=3)
    before = count_of_products(writable)
    lines = [{"product": {"title": f"Some {n}"}} for n in range(9)]
    operation = ended(writable, run_mutation(writable, CREATE, upload(writable, lines)))
    outcomes = rows_of(text_of(writable, operation["partialDataUrl"]))
    assert count_of_products(writable) == before + 3 == before + len(outcomes)


@pytest.mark.parametrize("counted", [False, True])
def test_empty_by_mistake(shop: Sandbox, counted: bool) -> None:
    shop.fault("bulk_empty", counted=counted)
    operation = ended(shop, run_query(shop, QUERY))
    assert (operation["status"], operation["url"], operation["fileSize"]) == ("COMPLETED", None, None)
    assert operation["objectCount"] == operation["rootObjectCount"] == (ALL if counted else "0")


def test_some_lines_of_a_mutation_fail(writable: Sandbox) -> None:
    writable.fault("bulk_line", after=2, times=3)
    before = count_of_products(writable)
    operation, outcomes = write(writable, CREATE, [{"product": {"title": f"Line {n}"}} for n in range(10)])
    failed = [one for one in outcomes if "errors" in one]
    assert operation["status"] == "COMPLETED"
    assert [one["errors"][0]["extensions"]["code"] for one in failed] == ["INTERNAL_SERVER_ERROR"] * 3
    assert outcomes.index(failed[0]) == 2
    assert count_of_products(writable) == before + 7


@pytest.mark.parametrize("lines", [0, 17, None])
@pytest.mark.parametrize("middle", [False, True])
@pytest.mark.parametrize("short", [False, True])
def test_a_download_is_cut_off(shop: Sandbox, lines: int | None, middle: bool, short: bool) -> None:
    operation = ended(shop, run_query(shop, QUERY))
    whole = text_of(shop, operation["url"])
    shop.fault("bulk_cut", lines=lines, middle=middle, short=short, times=1)
    got = b""
    try:
        with shop.http.stream("GET", operation["url"]) as answer:
            for piece in answer.iter_bytes():
                got += piece
    except httpx.RemoteProtocolError:
        assert not short
    else:
        assert short
        assert answer.headers["content-length"] == str(len(got))
    passed = PRODUCTS // 2 if lines is None else lines
    text = got.decode()
    assert whole.startswith(text)
    assert text.count("\n") == passed
    assert text.endswith("\n") is (not middle) or not text
    assert text_of(shop, operation["url"]) == whole


def test_an_address_expires_while_it_is_used(shop: Sandbox) -> None:
    operation = ended(shop, run_query(shop, QUERY))
    shop.fault("bulk_expired", times=1)
    assert shop.http.get(operation["url"]).status_code == 403
    assert poll(shop, operation["id"])["status"] == "EXPIRED"
    assert shop.http.get(operation["url"]).status_code == 403


def test_the_storage_is_away(shop: Sandbox) -> None:
    operation = ended(shop, run_query(shop, QUERY))
    shop.fault("http_5xx", operation="download", status=502, times=1)
    assert shop.http.get(operation["url"]).status_code == 502
    assert shop.http.get(operation["url"]).status_code == 200


@pytest.mark.parametrize("seconds", [None, 0.3])
def test_somebody_else_takes_a_slot(shop: Sandbox, seconds: float | None) -> None:
    foreign = [shop.occupy("QUERY", seconds) for _ in range(5)]
    refusal = run_query(shop, QUERY)["userErrors"][0]
    assert refusal["code"] == "OPERATION_IN_PROGRESS"
    assert all(f"gid://shopify/BulkOperation/{one}" in refusal["message"] for one in foreign)
    if seconds is None:
        shop.end_operation(foreign[0])
    else:
        until(shop, f"gid://shopify/BulkOperation/{foreign[0]}", "COMPLETED")
    assert ended(shop, run_query(shop, QUERY))["status"] == "COMPLETED"


@pytest.mark.parametrize("fault", ["drop_after", "internal_error_after"])
def test_an_answer_is_lost_after_the_start(shop: Sandbox, fault: str) -> None:
    text = f"#lost {fault}\n{QUERY}"
    shop.fault(fault, operation="bulkOperationRunQuery", times=1)
    given = {"query": text, "grouped": False}
    if fault == "drop_after":
        with pytest.raises(httpx.RemoteProtocolError):
            shop.query(RUN_QUERY, given)
    else:
        assert shop.query(RUN_QUERY, given)["data"] is None
    started = shop.operations()[0]
    assert started["query"] == text
    operation = until(shop, f"gid://shopify/BulkOperation/{started['id']}", "COMPLETED")
    assert operation["objectCount"] == ALL


def test_a_fault_may_be_for_queries_or_for_mutations(writable: Sandbox) -> None:
    writable.fault("bulk_failed", operation="bulkOperationRunMutation")
    assert ended(writable, run_query(writable, "{ locations { edges { node { id } } } }"))["status"] == "COMPLETED"
    assert ended(writable, run_mutation(writable, CREATE, upload(writable, b"\n")))["status"] == "FAILED"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"fault": "bulk_failed", "code": "LATE"}, "code: 'LATE' is none of ACCESS_DENIED"),
        ({"fault": "bulk_cut", "lines": -1}, "lines: -1 is not a whole number"),
        ({"fault": "bulk_cut", "middle": 1}, "middle: 1 is not of type bool"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(shop: Sandbox, body: dict[str, Any], words: str) -> None:
    with pytest.raises(HouseError, match=words):
        shop.control("POST", "/faults", body)


def test_what_cannot_be_done_with_an_operation_is_said(shop: Sandbox) -> None:
    with pytest.raises(HouseError, match="type: missing; MUTATION or QUERY"):
        shop.control("POST", "/bulk", {})
    with pytest.raises(HouseError, match="type: 'READ' is neither MUTATION nor QUERY"):
        shop.occupy("READ")
    with pytest.raises(HouseError, match="no such operation at work"):
        shop.end_operation(1)
    with pytest.raises(HouseError, match="no such operation with a result"):
        shop.expire_operation(1)


def test_the_page_of_what_is_going_on_shows_operations(shop: Sandbox) -> None:
    shop.fault("bulk_failed")
    operation = ended(shop, run_query(shop, QUERY))
    page = shop.http.get("/_sandbox/activity").text
    row = page[page.index(operation["id"].rpartition("/")[2]) :].partition("</tr>")[0]
    assert "FAILED, INTERNAL_SERVER_ERROR" in row
