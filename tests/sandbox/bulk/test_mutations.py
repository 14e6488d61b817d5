"""A mutation run once for each line of a file: as single calls would be, and with an outcome for each line."""

from __future__ import annotations

import json
import uuid
from itertools import count

from house.sandbox import SET, Sandbox, set_variables
from tests.sandbox.bulk.operations import (
    Json,
    ended,
    fields_of,
    rows_of,
    run_mutation,
    stage,
    text_of,
    upload,
    write,
)
from tests.sandbox.conftest import Shelf

CREATE = """mutation ($product: ProductCreateInput!) { productCreate(product: $product) {
  product { id title } userErrors { field message } } }"""
PRODUCT_SET = """mutation ($input: ProductSetInput!, $synchronous: Boolean) {
  productSet(input: $input, synchronous: $synchronous) {
    product { title } productSetOperation { id } userErrors { field message code } } }"""
NUMBERS = count(1)


def titled(prefix: str, many: int) -> list[Json]:
    return [{"product": {"title": f"{prefix} {n}"}} for n in range(many)]


def test_every_line_has_an_outcome_in_whatever_order(writable: Sandbox) -> None:
    prefix = f"Line {uuid.uuid4()}"
    operation, outcomes = write(writable, CREATE, titled(prefix, 120))
    numbers = [one["__lineNumber"] for one in outcomes]
    assert sorted(numbers) == list(range(120))
    assert numbers != sorted(numbers)
    for one in outcomes:
        assert one["data"]["productCreate"]["product"]["title"] == f"{prefix} {one['__lineNumber']}"
    assert (operation["objectCount"], operation["rootObjectCount"]) == ("120", "120")
    assert operation["fileSize"] == str(len(text_of(writable, operation["url"])))


def test_lines_that_fail_do_not_fail_the_operation(writable: Sandbox) -> None:
    lines = [
        b'{"product": {"title": "Right"}}',
        b'{"product": {"title": ""}}',
        b'{"product": {"colour": "red"}}',
        b"{not json",
        b"[1, 2]",
        b"",
        b'{"product": {"title": "Without an end"}}',
    ]
    operation, outcomes = write(writable, CREATE, b"\n".join(lines))
    found = {one["__lineNumber"]: one for one in outcomes}
    assert (operation["status"], operation["objectCount"]) == ("COMPLETED", "6")
    assert sorted(found) == [0, 1, 2, 3, 4, 6]
    assert found[0]["data"]["productCreate"]["userErrors"] == []
    assert found[1]["data"]["productCreate"]["userErrors"][0]["field"] == ["title"]
    assert found[2]["errors"][0]["extensions"]["code"] == "INVALID_VARIABLE"
    assert found[3].keys() == found[4].keys() == {"errors", "__lineNumber"}
    assert found[6]["data"]["productCreate"]["product"]["title"] == "Without an end"


def test_an_error_of_the_whole_line_has_no_data(writable: Sandbox) -> None:
    text = "mutation ($id: ID!) { productDelete(input: {id: $id}) { deletedProductId userErrors { message } } }"
    _, outcomes = write(writable, text, [{"id": "gid://shopify/Location/1"}])
    assert outcomes[0].keys() == {"errors", "__lineNumber"}
    assert outcomes[0]["errors"][0]["extensions"]["code"] == "RESOURCE_NOT_FOUND"


def test_keys_hold_for_lines_as_for_single_calls(shelf: Shelf) -> None:
    sandbox = shelf.sandbox
    lines = [set_variables((shelf.item, shelf.location, n, 10), key=f"line-{shelf.sku}-{n}") for n in (7, 8)]
    _, outcomes = write(sandbox, SET, [lines[0], lines[0]])
    answered = [one["data"]["inventorySetQuantities"]["inventoryAdjustmentGroup"]["id"] for one in outcomes]
    assert answered[0] == answered[1]
    assert shelf.available == 7
    single = sandbox.query(SET, lines[0])["data"]["inventorySetQuantities"]
    assert single["inventoryAdjustmentGroup"]["id"] == answered[0]
    _, outcomes = write(sandbox, SET, [lines[1]])
    errors = outcomes[0]["data"]["inventorySetQuantities"]["userErrors"]
    assert [one["code"] for one in errors] == ["CHANGE_FROM_QUANTITY_STALE"]
    assert sandbox.stats()["double_applied"] == 0


def test_product_set_does_not_work_in_the_background(writable: Sandbox) -> None:
    title = f"Set {uuid.uuid4()}"
    _, outcomes = write(writable, PRODUCT_SET, [{"input": {"title": title}, "synchronous": False}])
    payload = outcomes[0]["data"]["productSet"]
    assert payload == {"product": {"title": title}, "productSetOperation": None, "userErrors": []}


def test_lines_cost_no_points_of_the_bucket(writable: Sandbox) -> None:
    """A thousand calls would cost five times what a full bucket holds."""
    path = upload(writable, titled("Free", 1000))
    writable.bucket(2000, 1)
    try:
        before = writable.query("{ shop { id } }")["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
        operation = ended(writable, run_mutation(writable, CREATE, path))
        after = writable.query("{ shop { id } }")["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
    finally:
        writable.bucket()
    assert operation["objectCount"] == "1000"
    assert before - after < 100


def test_a_long_list_in_a_line_is_refused(writable: Sandbox) -> None:
    text = """mutation ($entries: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $entries) {
      userErrors { message } } }"""
    entry = {"ownerId": "gid://shopify/Product/1", "namespace": "a", "key": "key", "type": "boolean", "value": "true"}
    _, outcomes = write(writable, text, [{"entries": [entry] * 251}])
    assert outcomes[0]["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_one_file_may_be_run_several_times_at_once(writable: Sandbox) -> None:
    path = upload(writable, titled(f"Twice {next(NUMBERS)}", 60))
    payloads = [run_mutation(writable, CREATE, path) for _ in range(3)]
    for one in payloads:
        outcomes = rows_of(text_of(writable, ended(writable, one)["url"]))
        assert sorted(row["__lineNumber"] for row in outcomes) == list(range(60))


def test_without_a_file_there_is_nothing_to_run(writable: Sandbox) -> None:
    missing = {
        "field": None,
        "message": "The JSONL file could not be found. Try uploading the file again, and check that you've entered "
        "the URL correctly for the stagedUploadPath mutation argument.",
        "code": "NO_SUCH_FILE",
    }
    for path in ("nowhere", fields_of(stage(writable))["key"]):
        payload = run_mutation(writable, CREATE, path)
        assert payload == {"bulkOperation": None, "userErrors": [missing]}


def test_an_empty_file_is_refused(writable: Sandbox) -> None:
    target = stage(writable, "PUT")
    assert writable.http.put(target["url"], content=b"").status_code == 200
    path = target["url"].partition("?")[0].partition("shopify-staged-uploads/")[2]
    empty = {"field": None, "message": "The input file is empty.", "code": "INVALID_STAGED_UPLOAD_FILE"}
    assert run_mutation(writable, CREATE, path)["userErrors"] == [empty]


def test_outcomes_are_printed_as_recorded(writable: Sandbox) -> None:
    operation, _ = write(writable, CREATE, [{"product": {"title": "Printed"}}])
    text = text_of(writable, operation["url"])
    id = json.loads(text)["data"]["productCreate"]["product"]["id"].replace("/", r"\/")
    created = f'{{"product":{{"id":"{id}","title":"Printed"}},"userErrors":[]}}'
    assert text == f'{{"data":{{"productCreate":{created}}},"__lineNumber":0}}\n'
