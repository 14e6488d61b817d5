"""Tokens: the static one, and those that are granted and expire."""

from __future__ import annotations

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
