"""What has come is listed without what it says of people, and handed on once more when somebody asks."""

from __future__ import annotations

import json

import pytest

from tests.commands import run
from tests.seeds import Shelf, value


@pytest.fixture
def told(shelf: Shelf) -> Shelf:
    """Three webhooks: one nobody wants, one of an order, and one that cannot be read."""
    for number, (topic, body) in enumerate(
        [
            ("products/update", '{"id": 1}'),
            ("orders/create", '{"id": 7, "email": "ann@example.com"}'),
            ("orders/paid", "?"),
        ]
    ):
        shelf.connection.execute(
            "select sync.receive_webhooks(array[%s::bigint], array[%s], array[%s], '{null}', '{null}', '{null}', "
            "array[%s::bytea])",
            (shelf.shop, topic, f"w{number}", body.encode()),
        )
    shelf.connection.execute("select sync.route_webhooks()")
    return shelf


def test_the_inbox_tells_what_became_of_each(told: Shelf, warehouse: str) -> None:
    environment = {"SHELFWIRE_DATABASE_URL": warehouse}
    done = run(environment, "webhooks", "inbox", "--json")
    assert done.returncode == 0 and "ann@example.com" not in done.stdout
    rows = json.loads(done.stdout)
    assert [(row["topic"], row["state"]) for row in rows] == [
        ("orders/paid", "refused"), ("orders/create", "done"), ("products/update", "kept"),
    ]  # fmt: skip
    refused = run(environment, "webhooks", "inbox", "--state", "refused")
    assert "orders/paid" in refused.stdout and "orders/create" not in refused.stdout
    assert "No webhook has come." in run(environment, "webhooks", "inbox", "--topic", "none").stdout


@pytest.mark.parametrize(
    ("chosen", "waiting"),
    [
        (("--refused",), 1),
        (("--topic", "orders/create"), 1),
        (("--since", "2026-01-01"), 3),
        (("--since", "2999-01-01"), 0),
    ],
)
def test_what_is_chosen_is_handed_on_again(told: Shelf, warehouse: str, chosen: tuple[str, ...], waiting: int) -> None:
    done = run({"SHELFWIRE_DATABASE_URL": warehouse}, "webhooks", "replay", *chosen)
    assert done.returncode == 0, done
    assert value(told.connection, "select count(*) from sync.webhooks where state = 'waiting'") == waiting


def test_what_is_to_be_handed_on_must_be_said(told: Shelf, warehouse: str) -> None:
    done = run({"SHELFWIRE_DATABASE_URL": warehouse}, "webhooks", "replay")
    assert done.returncode == 2 and "--refused" in done.stderr
