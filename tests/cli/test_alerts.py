"""Alerts and events at the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.test_errors import expect, shelfwire
from tests.receivers import mail_server, webhook
from tests.seeds import Shelf, rows

RAISE = "select sync.raise_alert(%s, %s, '', 'It is so.')"


def told(dsn: str, *arguments: str) -> list[dict[str, Any]]:
    done = shelfwire(dsn, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert shelfwire(dsn, *arguments).returncode == 0
    return found


def test_alerts_are_listed_the_most_serious_first(shelf: Shelf, warehouse: str) -> None:
    for rule, shop in (("run_failed", None), ("guard_held", shelf.shop), ("circuit_open", shelf.shop)):
        shelf.connection.execute(RAISE.encode(), (rule, shop))
    shelf.connection.execute("select sync.clear_alert('circuit_open', %s)", (shelf.shop,))
    assert [a["rule"] for a in told(warehouse, "alerts", "list")] == ["guard_held", "run_failed"]
    assert "Run: shelfwire guard show" in shelfwire(warehouse, "alerts", "list").stdout
    of_shop = ("alerts", "list", "--shop", "one.myshopify.com")
    assert [a["rule"] for a in told(warehouse, *of_shop)] == ["guard_held"]
    assert [a["rule"] for a in told(warehouse, *of_shop, "--all")] == ["circuit_open", "guard_held"]


def test_events_are_found_by_shop_kind_and_age(shelf: Shelf, warehouse: str) -> None:
    shelf.connection.execute(RAISE.encode(), ("run_failed", None))
    shelf.connection.execute("update sync.events set at = at - interval '2 hours' where kind = 'shop_added'")
    assert [e["kind"] for e in told(warehouse, "events")] == ["alert_raised", "shop_added"]
    assert [e["kind"] for e in told(warehouse, "events", "--since", "1h")] == ["alert_raised"]
    assert [e["kind"] for e in told(warehouse, "events", "--kind", "shop_added")] == ["shop_added"]
    assert [e["kind"] for e in told(warehouse, "events", "--shop", "one.myshopify.com")] == ["shop_added"]
    assert len(told(warehouse, "events", "--limit", "1")) == 1


def test_a_rule_is_changed_and_shows_its_sinks_without_what_may_be_secret(shelf: Shelf, warehouse: str) -> None:
    change = ("alerts", "set", "oldest_pending")
    webhook_url = ("--webhook", "https://hooks.example.com/services/T0KEN")
    done = shelfwire(warehouse, *change, *webhook_url, "--email", "a@example.com", "--threshold", "30", "--disable")
    assert done.returncode == 0, done.stderr
    (rule,) = (r for r in told(warehouse, "alerts", "rules") if r["rule"] == "oldest_pending")
    assert (rule["threshold"], rule["is_enabled"], rule["email"]) == (30, False, "a@example.com")
    assert rule["webhook_url"] == "https://hooks.example.com/..." and "for 30 minutes" in rule["description"]
    shelf.connection.execute("update sync.alert_rules set is_enabled = true")
    shelf.connection.execute(RAISE.encode(), ("oldest_pending", shelf.shop))
    assert shelfwire(warehouse, *change, "--no-email").returncode == 0
    (stored,) = rows(shelf.connection, "select * from sync.alert_rules where rule = 'oldest_pending'")
    assert (stored["webhook_url"], stored["email"], stored["threshold"]) == (webhook_url[1], None, 30)
    # Nothing waits for a sink that is gone.
    assert rows(shelf.connection, "select sink from sync.deliveries") == [{"sink": "webhook"}]


def test_a_test_says_what_came_of_it(shelf: Shelf, warehouse: str) -> None:
    with webhook() as hook, mail_server() as post:
        shelfwire(warehouse, "alerts", "set", "guard_held", "--webhook", hook.url, "--email", "a@example.com")
        smtp = f"smtp://127.0.0.1:{post.port}"
        done = shelfwire(warehouse, "alerts", "test", "guard_held", SHELFWIRE_SMTP_URL=smtp)
        assert (done.returncode, done.stdout) == (0, "webhook: delivered.\nemail: delivered.\n")
        hook.status = 500
        done = shelfwire(warehouse, "alerts", "test", "guard_held", SHELFWIRE_SMTP_URL=smtp)
        assert done.returncode == 1 and "webhook: The webhook answered with HTTP 500." in done.stdout
    assert json.loads(hook.got[0][1])["event"] == "test"
    assert rows(shelf.connection, "table sync.deliveries") == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("alerts", "set", "nothing", "--enable"), ["nothing", "circuit_open"]),
        (("alerts", "test", "nothing"), ["nothing", "circuit_open"]),
        (("alerts", "test", "guard_held"), ["no sink", "alerts set guard_held"]),
        (("alerts", "set", "guard_held"), ["--webhook"]),
        (("alerts", "set", "guard_held", "--threshold", "3"), ["no threshold"]),
        (("alerts", "set", "guard_held", "--webhook", "ftp://x"), ["https://"]),
        (("alerts", "set", "guard_held", "--email", "nobody"), ["name@example.com"]),
        (("alerts", "set", "guard_held", "--email", "a@b", "--no-email"), ["either"]),
        (("events", "--since", "yesterday"), ["'yesterday'", "15m"]),
    ],
)
def test_what_cannot_be_done_is_said(warehouse: str, arguments: tuple[str, ...], words: list[str]) -> None:
    expect(shelfwire(warehouse, *arguments), 2, *words)


@pytest.mark.parametrize("url", ["mail.example.com", "smtp://", "smtp://host:port", "http://u:secret@host"])
def test_a_mail_server_that_cannot_be_read(warehouse: str, url: str) -> None:
    done = shelfwire(warehouse, "status", SHELFWIRE_SMTP_URL=url)
    expect(done, 2, "SHELFWIRE_SMTP_URL", "smtp://")
    assert "secret" not in done.stderr
