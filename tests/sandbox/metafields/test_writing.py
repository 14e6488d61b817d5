"""metafieldsSet and metafieldsDelete: compare-and-set by digest, all or none."""

from __future__ import annotations

from typing import Any

import pytest

from house.sandbox import Sandbox

SET = """mutation ($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) {
  metafields { namespace key value compareDigest ownerType } userErrors { field code } } }"""
DELETE = """mutation ($metafields: [MetafieldIdentifierInput!]!) { metafieldsDelete(metafields: $metafields) {
  deletedMetafields { key } userErrors { message } } }"""
READ = '{ currentAppInstallation { id metafield(namespace: "$app:house", key: "writer") { value compareDigest } } }'


def one(sandbox: Sandbox, **given: Any) -> dict[str, Any]:
    owner = sandbox.data("{ currentAppInstallation { id } }")["currentAppInstallation"]["id"]
    return {"ownerId": owner, "namespace": "$app:house", "key": "writer", "type": "json", "value": '"a"', **given}


def write(sandbox: Sandbox, *metafields: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.data(SET, {"metafields": list(metafields)})["metafieldsSet"]
    return found


def read(sandbox: Sandbox) -> Any:
    return sandbox.data(READ)["currentAppInstallation"]["metafield"]


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


@pytest.fixture
def clean(shared: Sandbox) -> Sandbox:
    identifier = {name: one(shared)[name] for name in ("ownerId", "namespace", "key")}
    shared.data(DELETE, {"metafields": [identifier]})
    return shared


def test_null_creates_only_and_a_digest_writes_over_what_it_was_read_of(clean: Sandbox) -> None:
    (made,) = write(clean, one(clean, compareDigest=None))["metafields"]
    assert (made["namespace"], made["ownerType"]) == ("app--1--house", "API_PERMISSION")
    assert codes(write(clean, one(clean, value='"b"', compareDigest=None))) == ["STALE_OBJECT"]
    assert write(clean, one(clean, value='"b"', compareDigest=made["compareDigest"]))["userErrors"] == []
    assert codes(write(clean, one(clean, value='"c"', compareDigest=made["compareDigest"]))) == ["STALE_OBJECT"]
    # The same value is no change.
    assert write(clean, one(clean, value='"b"', compareDigest=made["compareDigest"]))["userErrors"] == []
    assert read(clean)["value"] == '"b"'
    assert write(clean, one(clean, value='"c"'))["userErrors"] == []


def test_a_digest_of_what_is_not_there_is_invalid_and_nothing_is_written(clean: Sandbox) -> None:
    payload = write(clean, one(clean, key="other"), one(clean, compareDigest="x"))
    assert payload["userErrors"] == [{"field": ["metafields", "1", "compareDigest"], "code": "INVALID_COMPARE_DIGEST"}]
    owner = clean.data("{ currentAppInstallation { metafields(first: 5) { nodes { key } } } }")[
        "currentAppInstallation"
    ]
    assert owner["metafields"]["nodes"] == []


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"ownerId": "gid://shopify/Product/1"}, "ownerId", "INVALID"),
        ({"key": "x"}, "key", "TOO_SHORT"),
        ({"key": "x" * 65}, "key", "TOO_LONG"),
        ({"type": None}, "type", "BLANK"),
        ({"value": "{"}, "value", "INVALID_VALUE"),
        ({"type": "number_integer", "value": "5.5"}, "value", "INVALID_VALUE"),
    ],
)
def test_what_does_not_fit_is_named(clean: Sandbox, given: dict[str, Any], field: str, code: str) -> None:
    assert write(clean, one(clean, **given))["userErrors"] == [{"field": ["metafields", "0", field], "code": code}]
    assert read(clean) is None


def test_more_than_25_are_too_many(clean: Sandbox) -> None:
    assert codes(write(clean, *[one(clean)] * 26)) == ["LESS_THAN_OR_EQUAL_TO"]
