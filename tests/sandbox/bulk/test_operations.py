"""From the start of an operation to its end: what it shows, what it costs, how many there can be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from house.sandbox import Sandbox
from tests.sandbox.bulk.operations import (
    CANCEL,
    LIST,
    POLL,
    RUN_QUERY,
    Json,
    cancel,
    ended,
    poll,
    rows_of,
    run_mutation,
    run_query,
    text_of,
    until,
    upload,
)

QUERY = "{ products { edges { node { id } } } }"
MUTATION = """mutation ($product: ProductCreateInput!) { productCreate(product: $product) {
  product { id } userErrors { message } } }"""
CURRENT = "query ($type: BulkOperationType!) { currentBulkOperation(type: $type) { id status } }"


def listed(shop: Sandbox, first: int = 50, **more: object) -> list[Json]:
    nodes: list[Json] = shop.data(LIST, {"first": first, **more})["bulkOperations"]["nodes"]
    return nodes


def test_a_new_operation_shows_nothing_yet(shop: Sandbox) -> None:
    operation = run_query(shop, QUERY)["bulkOperation"]
    assert operation["id"].startswith("gid://shopify/BulkOperation/")
    assert operation == {
        "id": operation["id"],
        "status": "CREATED",
        "type": "QUERY",
        "errorCode": None,
        "createdAt": operation["createdAt"],
        "completedAt": None,
        "objectCount": "0",
        "rootObjectCount": "0",
        "fileSize": None,
        "url": None,
        "partialDataUrl": None,
        "query": QUERY,
    }


def test_it_is_created_then_running_then_completed(shop: Sandbox) -> None:
    shop.fault("bulk_slow", seconds=0.3)
    payload = run_query(shop, QUERY)
    id = payload["bulkOperation"]["id"]
    assert poll(shop, id)["status"] == "CREATED"
    running = until(shop, id, "RUNNING")
    assert (running["url"], running["fileSize"], running["completedAt"]) == (None, None, None)
    assert until(shop, id, "COMPLETED")["url"].startswith(shop.url)


def test_starting_costs_10_points_polling_1_and_running_none(start: Callable[..., Sandbox]) -> None:
    sandbox = start("--products", "30", "--restore-rate", "1")
    started = sandbox.query(RUN_QUERY, {"query": QUERY, "grouped": False})
    operation = ended(sandbox, started["data"]["bulkOperationRunQuery"])
    before = sandbox.query(POLL, {"id": operation["id"]})["extensions"]["cost"]
    after = sandbox.query(POLL, {"id": operation["id"]})["extensions"]["cost"]
    costs = started["extensions"]["cost"]
    assert (costs["requestedQueryCost"], costs["actualQueryCost"]) == (10, 10)
    assert (after["requestedQueryCost"], after["actualQueryCost"]) == (1, 1)
    left = [one["throttleStatus"]["currentlyAvailable"] for one in (before, after)]
    assert left[0] - left[1] <= 1
    cancelled = sandbox.query(CANCEL, {"id": operation["id"]})["extensions"]["cost"]
    assert cancelled["requestedQueryCost"] == 10


def test_the_list_begins_with_the_newest(shop: Sandbox) -> None:
    older = ended(shop, run_query(shop, QUERY))
    newer = ended(shop, run_mutation(shop, MUTATION, upload(shop, b"\n")))
    assert [one["id"] for one in listed(shop, 2)] == [newer["id"], older["id"]]
    assert [one["id"] for one in listed(shop, reverse=True)][-2:] == [older["id"], newer["id"]]
    assert {one["id"] for one in listed(shop, 2, key="COMPLETED_AT")} == {newer["id"], older["id"]}


def test_the_list_is_searched_by_status_type_number_and_time(shop: Sandbox) -> None:
    done = ended(shop, run_query(shop, QUERY))
    shop.fault("bulk_stuck", times=1)
    stuck = run_query(shop, QUERY)["bulkOperation"]["id"]
    until(shop, stuck, "RUNNING")
    number = stuck.rpartition("/")[2]
    assert [one["id"] for one in listed(shop, query="status:running operation_type:query")] == [stuck]
    assert listed(shop, query="status:running operation_type:mutation") == []
    assert [one["id"] for one in listed(shop, query=f"id:{number}")] == [stuck]
    assert done["id"] in [one["id"] for one in listed(shop, query=f"created_at:>='{done['createdAt']}'")]
    assert listed(shop, query="created_at:>'2100-01-01T00:00:00Z'") == []


def test_the_current_operation_is_the_last_of_its_type(shop: Sandbox) -> None:
    query = ended(shop, run_query(shop, QUERY))["id"]
    mutation = ended(shop, run_mutation(shop, MUTATION, upload(shop, b"\n")))["id"]
    for type, id in (("QUERY", query), ("MUTATION", mutation)):
        assert shop.data(CURRENT, {"type": type})["currentBulkOperation"] == {"id": id, "status": "COMPLETED"}


def test_unknown_and_foreign_ids(shop: Sandbox) -> None:
    assert shop.data(POLL, {"id": "gid://shopify/BulkOperation/1"})["bulkOperation"] is None
    errors = shop.query(POLL, {"id": "gid://shopify/Product/1"})["errors"]
    assert errors[0]["extensions"]["code"] == "RESOURCE_NOT_FOUND"
    missing = {"field": ["id"], "message": "Bulk operation does not exist"}
    payload = cancel(shop, "gid://shopify/BulkOperation/1")
    assert payload == {"bulkOperation": None, "userErrors": [missing]}


def test_an_operation_is_a_node(shop: Sandbox) -> None:
    id = run_query(shop, QUERY)["bulkOperation"]["id"]
    found = shop.data("query ($id: ID!) { node(id: $id) { id ... on BulkOperation { type } } }", {"id": id})
    assert found["node"] == {"id": id, "type": "QUERY"}


def test_one_that_is_cancelled_keeps_what_it_has_counted(shop: Sandbox) -> None:
    shop.fault("bulk_stuck", lines=50)
    id = run_query(shop, QUERY)["bulkOperation"]["id"]
    while poll(shop, id)["objectCount"] != "50":
        pass
    payload = cancel(shop, id)
    assert payload["userErrors"] == []
    assert (payload["bulkOperation"]["status"], payload["bulkOperation"]["objectCount"]) == ("CANCELING", "50")
    assert cancel(shop, id)["userErrors"] == []
    gone = until(shop, id, "CANCELED")
    nothing = {"objectCount": "50", "url": None, "partialDataUrl": None, "completedAt": None, "errorCode": None}
    assert {name: gone[name] for name in nothing} == nothing


@pytest.mark.parametrize("fault", [None, "bulk_failed", "bulk_expired"])
def test_one_that_has_ended_cannot_be_cancelled(shop: Sandbox, fault: str | None) -> None:
    if fault:
        shop.fault(fault)
    operation = ended(shop, run_query(shop, QUERY))
    if fault == "bulk_expired":
        shop.http.get(operation["url"])
    payload = cancel(shop, operation["id"])
    status = {None: "completed", "bulk_failed": "failed", "bulk_expired": "expired"}[fault]
    message = f"A bulk operation cannot be canceled when it is {status}"
    assert payload["userErrors"] == [{"field": None, "message": message}]
    assert payload["bulkOperation"]["id"] == operation["id"]


def test_a_cancelled_mutation_stays_where_it_was(writable: Sandbox) -> None:
    writable.fault("bulk_stuck", lines=3)
    path = upload(writable, [{"product": {"title": f"Half done {n}"}} for n in range(10)])
    id = run_mutation(writable, MUTATION, path)["bulkOperation"]["id"]
    while poll(writable, id)["objectCount"] != "3":
        pass
    cancel(writable, id)
    until(writable, id, "CANCELED")
    found = writable.data("{ products(first: 50, query: \"title:'Half done'\") { nodes { id } } }")["products"]["nodes"]
    assert len(found) == 3


def test_the_sixth_query_is_refused_and_mutations_count_apart(shop: Sandbox) -> None:
    shop.fault("bulk_stuck", operation="bulkOperationRunQuery")
    busy = [run_query(shop, QUERY)["bulkOperation"]["id"] for _ in range(5)]
    message = f"A bulk query operation for this app and shop is already in progress: {', '.join(busy)}."
    refusal = {"field": None, "message": message, "code": "OPERATION_IN_PROGRESS"}
    assert run_query(shop, QUERY) == {"bulkOperation": None, "userErrors": [refusal]}
    assert ended(shop, run_mutation(shop, MUTATION, upload(shop, b"\n")))["status"] == "COMPLETED"
    cancel(shop, busy[2])
    assert run_query(shop, QUERY)["userErrors"], "one that is being cancelled still has its slot"
    until(shop, busy[2], "CANCELED")
    assert run_query(shop, QUERY)["userErrors"] == []


def test_texts_and_files_are_looked_at_before_slots(shop: Sandbox) -> None:
    for type in ("QUERY", "MUTATION"):
        for _ in range(5):
            shop.occupy(type)
    assert run_query(shop, "{ shop { id } }")["userErrors"][0]["code"] == "INVALID"
    assert run_mutation(shop, MUTATION, "nowhere")["userErrors"][0]["code"] == "NO_SUCH_FILE"
    assert run_mutation(shop, MUTATION, upload(shop, b"\n"))["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"


def test_apps_have_slots_and_operations_of_their_own(shop: Sandbox) -> None:
    grant = {"client_id": "sandbox-client", "client_secret": "sandbox-secret", "grant_type": "client_credentials"}
    token = shop.http.post("/admin/oauth/access_token", json=grant).json()["access_token"]
    headers = {"X-Shopify-Access-Token": token}
    for _ in range(5):
        shop.occupy()
    answer = shop.post(RUN_QUERY, {"query": QUERY, "grouped": False}, **headers).json()
    other = answer["data"]["bulkOperationRunQuery"]["bulkOperation"]["id"]
    assert other not in [one["id"] for one in listed(shop)]
    assert shop.data(POLL, {"id": other})["bulkOperation"] is None


def test_after_seven_days_it_is_expired(shop: Sandbox) -> None:
    operation = ended(shop, run_query(shop, QUERY))
    assert len(rows_of(text_of(shop, operation["url"]))) == int(operation["objectCount"])
    shop.expire_operation(int(operation["id"].rpartition("/")[2]))
    expired = poll(shop, operation["id"])
    assert (expired["status"], expired["url"]) == ("EXPIRED", None)
    answer = shop.http.get(operation["url"])
    assert (answer.status_code, "ExpiredToken" in answer.text) == (403, True)


def test_old_results_make_room_for_new_ones(start: Callable[..., Sandbox]) -> None:
    sandbox = start("--products", "1", "--unlimited")
    first = ended(sandbox, run_query(sandbox, QUERY))
    for _ in range(6):
        for payload in [run_query(sandbox, QUERY) for _ in range(5)]:
            last = ended(sandbox, payload)
    assert poll(sandbox, first["id"])["status"] == "EXPIRED"
    assert sandbox.http.get(first["url"]).status_code == 403
    assert rows_of(text_of(sandbox, last["url"]))


def test_an_address_that_is_not_signed_shows_nothing(shop: Sandbox) -> None:
    address, _, _ = ended(shop, run_query(shop, QUERY))["url"].partition("?")
    assert shop.http.get(address).status_code == 403
    assert shop.http.get(f"{address}?Signature=guessed").status_code == 403
    assert shop.http.get(f"{address}0?Signature=guessed").status_code == 404
