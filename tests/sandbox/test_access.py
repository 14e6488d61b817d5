"""Tokens, scopes, versions and the HTTP around a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from house.sandbox import Sandbox, running

Start = Callable[..., Sandbox]

SHOP = "{ shop { name } }"
PATH = "/admin/api/2026-10/graphql.json"
UNAUTHORIZED = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
LOGIN = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "secret"}


@pytest.fixture(scope="module")
def shop() -> Iterator[Sandbox]:
    options = ["--client-id", "me", "--client-secret", "secret", "--token-lifetime", "1"]
    with running(*options, "--scopes", "read_products,write_inventory", token="shpat_mine") as sandbox:
        yield sandbox


def ask(sandbox: Sandbox, token: str) -> httpx.Response:
    return sandbox.http.post(PATH, json={"query": SHOP}, headers={"X-Shopify-Access-Token": token})


@pytest.mark.parametrize("token", ["", "shpat_sandbox", "shpat_other"])
def test_a_wrong_token_is_401(shop: Sandbox, token: str) -> None:
    answer = ask(shop, token)
    assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED)


def test_the_static_token_lasts(shop: Sandbox) -> None:
    assert ask(shop, "shpat_mine").json()["data"] == {"shop": {"name": "demo"}}


@pytest.mark.parametrize("form", ["json", "data"])
def test_client_credentials_give_a_token_as_form_or_as_json(shop: Sandbox, form: str) -> None:
    path = "/admin/oauth/access_token"
    answer = shop.http.post(path, json=LOGIN) if form == "json" else shop.http.post(path, data=LOGIN)
    body = answer.json()
    assert answer.status_code == 200
    assert body["scope"] == "read_products,write_inventory"
    assert set(body) == {"access_token", "scope", "expires_in"}
    assert ask(shop, body["access_token"]).status_code == 200


def test_an_issued_token_expires(shop: Sandbox) -> None:
    token = shop.http.post("/admin/oauth/access_token", json=LOGIN).json()["access_token"]
    statuses: list[int] = []
    while not statuses or (statuses[-1] == 200 and len(statuses) < 100_000):
        statuses.append(ask(shop, token).status_code)
    assert statuses[0] == 200
    assert statuses[-1] == 401


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "you"}, 400, "application_cannot_be_found"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_refused_grant_says_why(shop: Sandbox, change: dict[str, str], status: int, error: str) -> None:
    answer = shop.http.post("/admin/oauth/access_token", json={**LOGIN, **change})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_missing_scope_is_named_and_the_rest_is_answered(shop: Sandbox) -> None:
    body = shop.query("{ shop { name } locations(first: 1) { nodes { id } } }")
    error = body["errors"][0]
    required = "`read_locations` access scope."
    assert error["message"] == f"Access denied for locations field. Required access: {required}"
    assert error["path"] == ["locations"]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert error["extensions"]["requiredAccess"] == required


def test_writing_implies_reading(shop: Sandbox) -> None:
    assert shop.data("{ inventoryItems(first: 1) { nodes { id } } }") == {"inventoryItems": {"nodes": []}}
    denied = shop.query('mutation { locationDelete(locationId: "gid://shopify/Location/1") { deletedLocationId } }')
    assert denied["errors"][0]["extensions"]["requiredAccess"] == "`write_locations` access scope."


@pytest.mark.parametrize(
    ("asked", "served"),
    [("2026-07", "2026-07"), ("2026-10", "2026-10"), ("2027-01", "2027-01"), ("2025-07", "2026-07")],
)
def test_the_answer_names_the_version_that_served_it(shop: Sandbox, asked: str, served: str) -> None:
    answer = shop.post(SHOP, version=asked)
    assert answer.status_code == 200
    assert answer.headers["X-Shopify-API-Version"] == served
    assert re.match(r"[0-9a-f-]{36}-\d{10}\Z", answer.headers["X-Request-Id"])


@pytest.mark.parametrize("version", ["2031-01", "2026-08", "unstable!", "v1"])
def test_no_version_is_404(shop: Sandbox, version: str) -> None:
    answer = shop.post(SHOP, version=version)
    assert (answer.status_code, answer.json()) == (404, {"errors": "Not Found"})


def test_other_addresses_and_methods_are_refused(shop: Sandbox) -> None:
    assert shop.http.get("/nowhere").status_code == 404
    assert shop.http.get(PATH).status_code == 405


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"query": "{ shop { id } }"}', "text/plain", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"query": "{ shop { id } }", "variables": "x"}', "application/json", 400),
        (b'{"query": "{ shop { id } }"}', "application/json; charset=utf-8", 200),
    ],
)
def test_a_body_that_is_no_request_is_refused(shop: Sandbox, content: bytes, kind: str, status: int) -> None:
    headers = {"X-Shopify-Access-Token": "shpat_mine", "Content-Type": kind}
    answer = shop.http.post(PATH, content=content, headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.json()["errors"]
