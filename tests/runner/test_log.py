"""Secrets never reach a log."""

from __future__ import annotations

import pytest

from runner.log import MASK, mask


@pytest.mark.parametrize("name", ["token", "access_token", "client_secret", "password", "Authorization", "dsn"])
def test_values_with_a_secret_name_are_masked(name: str) -> None:
    assert mask(None, "info", {name: "x"})[name] == MASK


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sent shpat_0123abcd to the shop", "sent *** to the shop"),
        ("shpss_deadbeef", "***"),
        ("postgresql://owner:pw@host/db", "postgresql://***@host/db"),
        ("host=h password=pw dbname=d", "host=h password=*** dbname=d"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_values_that_look_like_secrets_are_masked(text: str, shown: str) -> None:
    assert mask(None, "info", {"error": text})["error"] == shown


def test_traces_are_masked_as_well() -> None:
    assert "shpat_" not in str(mask(None, "error", {"exception": "Traceback ...\n  shpat_0123abcd\n"}))
