"""Files for bulk mutations: their targets, as recorded, and what the storage takes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from house.sandbox import Sandbox
from tests.sandbox.bulk.operations import STAGE, Json, ended, fields_of, run_mutation, stage

LINE = b'{"product": {"title": "Uploaded"}}\n'
CREATE = "mutation ($product: ProductCreateInput!) { productCreate(product: $product) { userErrors { message } } }"


def post(sandbox: Sandbox, target: Json, content: bytes = LINE, changed: Mapping[str, str | None] = {}) -> Any:
    """The answer to a form; fields may be changed, or left out as None."""
    fields = {**fields_of(target), **changed}
    given = {name: value for name, value in fields.items() if value is not None}
    return sandbox.http.post(target["url"], data=given, files={"file": ("lines.jsonl", content)})


def test_a_form_has_the_recorded_fields_in_their_order(writable: Sandbox) -> None:
    target = stage(writable)
    fields = fields_of(target)
    assert list(fields) == [
        "Content-Type",
        "success_action_status",
        "acl",
        "key",
        "x-goog-date",
        "x-goog-credential",
        "x-goog-algorithm",
        "x-goog-signature",
        "policy",
    ]
    assert (fields["success_action_status"], fields["acl"]) == ("201", "private")
    assert re.match(r"tmp/\d+/bulk/[0-9a-f-]{36}/lines\.jsonl\Z", fields["key"])
    assert target["resourceUrl"] == target["url"] == f"{writable.url}/shopify-staged-uploads/"
    policy = json.loads(base64.b64decode(fields["policy"]))
    assert ["content-length-range", 1, 104_857_600] in policy["conditions"]
    assert {"key": fields["key"]} in policy["conditions"]


def test_a_file_is_taken_and_named(writable: Sandbox) -> None:
    target = stage(writable)
    key = fields_of(target)["key"]
    answer = post(writable, target)
    assert answer.status_code == 201
    assert answer.headers["content-type"].startswith("application/xml")
    place = f"https://storage.googleapis.com/shopify-staged-uploads/{key}"
    assert answer.text == (
        f"<?xml version='1.0' encoding='UTF-8'?><PostResponse><Location>{place}</Location>"
        f"<Bucket>shopify-staged-uploads</Bucket><Key>{key}</Key>"
        f'<ETag>"{hashlib.md5(LINE).hexdigest()}"</ETag></PostResponse>'
    )
    assert ended(writable, run_mutation(writable, CREATE, key))["objectCount"] == "1"


@pytest.mark.parametrize(
    "changed",
    [{"policy": None}, {"key": "tmp/1/bulk/elsewhere"}, {"acl": "public-read"}, {"x-goog-signature": "00"}],
    ids=["without policy", "another key", "another right", "another signature"],
)
def test_a_form_that_was_not_signed_is_refused(writable: Sandbox, changed: dict[str, str | None]) -> None:
    target = stage(writable)
    answer = post(writable, target, changed=changed)
    assert (answer.status_code, "<Code>AccessDenied</Code>" in answer.text) == (403, True)
    payload = run_mutation(writable, CREATE, fields_of(target)["key"])
    assert payload["userErrors"][0]["code"] == "NO_SUCH_FILE"


def test_what_comes_behind_the_file_is_not_looked_at(writable: Sandbox) -> None:
    target = stage(writable)
    *fields, policy = [(one["name"], (None, one["value"])) for one in target["parameters"]]
    answer = writable.http.post(target["url"], files=[*fields, ("file", ("lines.jsonl", LINE)), policy])
    assert answer.status_code == 403
    answer = writable.http.post(target["url"], files=[*fields, policy])
    assert answer.status_code == 400


def test_an_empty_file_does_not_pass_a_form(writable: Sandbox) -> None:
    answer = post(writable, stage(writable), b"")
    assert (answer.status_code, "EntityTooSmall" in answer.text) == (400, True)


def test_a_file_may_be_put_at_a_signed_address(writable: Sandbox) -> None:
    target = stage(writable, "PUT", fileSize=str(len(LINE)))
    assert target["parameters"] == [
        {"name": "content_type", "value": "text/jsonl"},
        {"name": "acl", "value": "private"},
    ]
    assert target["resourceUrl"] == target["url"]
    address, _, query = target["url"].partition("?")
    assert writable.http.put(f"{address}?{query[:-1]}", content=LINE).status_code == 403
    answer = writable.http.put(target["url"], content=LINE)
    assert (answer.status_code, answer.content) == (200, b"")
    path = address.partition("shopify-staged-uploads/")[2]
    assert ended(writable, run_mutation(writable, CREATE, path))["status"] == "COMPLETED"


def test_each_target_is_judged_by_itself(writable: Sandbox) -> None:
    given = [
        {"resource": "VIDEO", "filename": "a.mp4", "mimeType": "video/mp4"},
        {"resource": "BULK_MUTATION_VARIABLES", "filename": "b.jsonl", "mimeType": "text/jsonl", "httpMethod": "POST"},
        {"resource": "IMAGE", "filename": "c.exe", "mimeType": "application/x-msdownload"},
    ]
    payload = writable.data(STAGE, {"input": given})["stagedUploadsCreate"]
    nowhere: Json = {"url": None, "resourceUrl": None, "parameters": []}
    assert [target == nowhere for target in payload["stagedTargets"]] == [True, False, True]
    assert payload["userErrors"] == [
        {"field": ["input", "0", "fileSize"], "message": "file size is required for video resources"},
        {
            "field": ["input", "2", "mimeType"],
            "message": "c.exe: (application/x-msdownload) is not a recognized format",
        },
    ]
