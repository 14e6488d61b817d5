"""Bulk operations as a client goes through them: started, waited for, fetched."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

from house.sandbox import Sandbox

SHOWN = (
    """id status type errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl query"""
)
RUN_QUERY = f"""mutation ($query: String!, $grouped: Boolean!) {{
  bulkOperationRunQuery(query: $query, groupObjects: $grouped) {{
    bulkOperation {{ {SHOWN} }} userErrors {{ field message code }} }} }}"""
RUN_MUTATION = f"""mutation ($mutation: String!, $path: String!, $client: String) {{
  bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path, clientIdentifier: $client) {{
    bulkOperation {{ {SHOWN} }} userErrors {{ field message code }} }} }}"""
POLL = f"query ($id: ID!) {{ bulkOperation(id: $id) {{ {SHOWN} }} }}"
LIST = f"""query ($first: Int!, $query: String, $reverse: Boolean, $key: BulkOperationsSortKeys) {{
  bulkOperations(first: $first, query: $query, reverse: $reverse, sortKey: $key) {{ nodes {{ {SHOWN} }} }} }}"""
CANCEL = f"""mutation ($id: ID!) {{ bulkOperationCancel(id: $id) {{
  bulkOperation {{ {SHOWN} }} userErrors {{ field message }} }} }}"""
STAGE = """mutation ($input: [StagedUploadInput!]!) { stagedUploadsCreate(input: $input) {
  stagedTargets { url resourceUrl parameters { name value } } userErrors { field message } } }"""

SECONDS = 20.0

Json = dict[str, Any]


def run_query(sandbox: Sandbox, query: str, grouped: bool = False) -> Json:
    """The payload of its start."""
    payload: Json = sandbox.data(RUN_QUERY, {"query": query, "grouped": grouped})["bulkOperationRunQuery"]
    return payload


def run_mutation(sandbox: Sandbox, mutation: str, path: str, client: str | None = None) -> Json:
    """The payload of its start."""
    given = {"mutation": mutation, "path": path, "client": client}
    payload: Json = sandbox.data(RUN_MUTATION, given)["bulkOperationRunMutation"]
    return payload


def poll(sandbox: Sandbox, id: str) -> Json:
    operation: Json = sandbox.data(POLL, {"id": id})["bulkOperation"]
    return operation


def until(sandbox: Sandbox, id: str, *statuses: str) -> Json:
    """The operation once it has one of these statuses."""
    deadline = time.monotonic() + SECONDS
    while (operation := poll(sandbox, id))["status"] not in statuses:
        assert time.monotonic() < deadline, operation
        time.sleep(0.02)
    return operation


def ended(sandbox: Sandbox, payload: Json) -> Json:
    """The started operation once it has ended."""
    assert payload["userErrors"] == []
    return until(sandbox, payload["bulkOperation"]["id"], "COMPLETED", "FAILED", "CANCELED", "EXPIRED")


def cancel(sandbox: Sandbox, id: str) -> Json:
    payload: Json = sandbox.data(CANCEL, {"id": id})["bulkOperationCancel"]
    return payload


def text_of(sandbox: Sandbox, url: str) -> str:
    answer = sandbox.http.get(url)
    assert answer.status_code == 200
    return answer.text


def rows_of(text: str) -> list[Json]:
    return [json.loads(line) for line in text.splitlines()]


def read(sandbox: Sandbox, query: str, grouped: bool = False) -> list[Json]:
    """The rows of a query's result, in their order."""
    operation = ended(sandbox, run_query(sandbox, query, grouped))
    assert operation["status"] == "COMPLETED", operation
    return rows_of(text_of(sandbox, operation["url"])) if operation["url"] else []


def stage(sandbox: Sandbox, method: str = "POST", **more: Any) -> Json:
    """A target for the file of a mutation."""
    given = {"resource": "BULK_MUTATION_VARIABLES", "filename": "lines.jsonl", "mimeType": "text/jsonl"}
    payload = sandbox.data(STAGE, {"input": [{**given, "httpMethod": method, **more}]})["stagedUploadsCreate"]
    assert payload["userErrors"] == []
    target: Json = payload["stagedTargets"][0]
    return target


def fields_of(target: Json) -> dict[str, str]:
    return {one["name"]: one["value"] for one in target["parameters"]}


def upload(sandbox: Sandbox, lines: Iterable[Json] | bytes) -> str:
    """The path of an uploaded file, as the mutation is given it."""
    content = lines if isinstance(lines, bytes) else "".join(json.dumps(one) + "\n" for one in lines).encode()
    target = stage(sandbox)
    fields = fields_of(target)
    answer = sandbox.http.post(target["url"], data=fields, files={"file": ("lines.jsonl", content)})
    assert answer.status_code == 201, answer.text
    return fields["key"]


def write(sandbox: Sandbox, mutation: str, lines: Iterable[Json] | bytes) -> tuple[Json, list[Json]]:
    """A mutation's operation at its end, and the outcomes in their order."""
    operation = ended(sandbox, run_mutation(sandbox, mutation, upload(sandbox, lines)))
    return operation, rows_of(text_of(sandbox, operation["url"])) if operation["url"] else []


def end_all(sandbox: Sandbox) -> None:
    """Nothing is at work any more."""
    for one in sandbox.operations():
        if one["status"] in ("CREATED", "RUNNING", "CANCELING"):
            sandbox.end_operation(one["id"])
