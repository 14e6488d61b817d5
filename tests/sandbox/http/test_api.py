"""Versions, addresses and the HTTP around a request."""

from __future__ import annotations

import re

import pytest

from house.sandbox import Sandbox

SHOP = "{ shop { name } }"
PATH = "/admin/api/2026-10/graphql.json"


@pytest.mark.parametrize(
    ("asked", "served"),
    [("2026-07", "2026-07"), ("2026-10", "2026-10"), ("2027-01", "2027-01"), ("2025-07", "2026-07")],
)
def test_the_answer_names_the_version_that_served_it(shared: Sandbox, asked: str, served: str) -> None:
    answer = shared.post(SHOP, version=asked)
    assert answer.status_code == 200
    assert answer.headers["X-Shopify-API-Version"] == served
    assert re.match(r"[0-9a-f-]{36}-\d{10}\Z", answer.headers["X-Request-Id"])


@pytest.mark.parametrize("version", ["2031-01", "2026-08", "unstable!", "v1"])
def test_no_version_is_404(shared: Sandbox, version: str) -> None:
    answer = shared.post(SHOP, version=version)
    assert (answer.status_code, answer.json()) == (404, {"errors": "Not Found"})


def test_other_addresses_and_methods_are_refused(shared: Sandbox) -> None:
    assert shared.http.get("/nowhere").status_code == 404
    assert shared.http.get(PATH).status_code == 405


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
def test_a_body_that_is_no_request_is_refused(shared: Sandbox, content: bytes, kind: str, status: int) -> None:
    headers = {"X-Shopify-Access-Token": shared.token, "Content-Type": kind}
    answer = shared.http.post(PATH, content=content, headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.json()["errors"]
