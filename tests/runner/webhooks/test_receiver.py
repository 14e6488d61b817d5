"""A webhook is answered once it is stored, once; whatever else is sent is told what is wrong with it."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.runner.webhooks.conftest import Shop
from tests.seeds import DOMAIN


@pytest.mark.parametrize("family", ["X-Shopify-", "shopify-"])
def test_what_was_signed_is_stored_as_it_came(sender: Shop, family: str) -> None:
    body = b'{"id": 1,  "note": "\xc3\xa9"}'
    headers = sender.headers(
        body, family=family, event_id="e", api_version="2026-10", triggered_at="2026-11-01T12:00:00Z"
    )
    assert httpx.post(f"{sender.url}/webhooks", content=body, headers=headers).status_code == 200
    (row,) = sender.inbox()
    assert bytes(row["body"]) == body
    assert (row["topic"], row["event_id"], row["api_version"]) == ("orders/create", "e", "2026-10")
    assert row["triggered_at"].isoformat() == "2026-11-01T12:00:00+00:00" and row["state"] == "waiting"


def test_one_delivery_fifty_times_at_once_is_one(sender: Shop) -> None:
    body = b'{"id": 1}'
    headers = sender.headers(body)
    with ThreadPoolExecutor(20) as pool, httpx.Client() as client:
        posts = [pool.submit(client.post, f"{sender.url}/webhooks", content=body, headers=headers) for _ in range(50)]
        assert {post.result().status_code for post in posts} == {200}
    assert len(sender.inbox()) == 1


def test_the_secret_before_is_accepted_and_the_one_before_that_is_not(sender: Shop) -> None:
    assert sender.send() == 200
    sender.set_secret("shpss_two")
    time.sleep(1.1)
    assert [sender.send(secret=one) for one in ("shpss_two", "shpss_one", "shpss_three")] == [200, 200, 401]
    sender.set_secret("shpss_three")
    time.sleep(1.1)
    assert [sender.send(secret=one) for one in ("shpss_three", "shpss_two", "shpss_one")] == [200, 200, 401]


def test_a_wrong_signature_is_told_with_what_helps_and_without_the_body(
    sender: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    body = b'{"email": "ann@example.com"}'
    headers = {**sender.headers(body, secret="other"), "Via": "1.1 proxy"}
    assert httpx.post(f"{sender.url}/webhooks", content=body, headers=headers).status_code == 401
    assert sender.inbox() == []
    said = capsys.readouterr()
    text = said.out + said.err
    assert "webhook.unsigned" in text and "1.1 proxy" in text and "ann@example.com" not in text
    assert headers["X-Shopify-Hmac-Sha256"] not in text


@pytest.mark.parametrize("missing", ["topic", "shop_domain", "webhook_id", "hmac_sha256"])
def test_a_header_that_is_missing_is_named(sender: Shop, missing: str) -> None:
    body = b"{}"
    answer = httpx.post(f"{sender.url}/webhooks", content=body, headers=sender.headers(body, **{missing: ""}))
    assert answer.status_code == 400
    assert answer.json()["message"].lower() == f"a header is missing: x-shopify-{missing.replace('_', '-')}."


def test_what_does_not_belong_here_is_refused(sender: Shop) -> None:
    assert httpx.get(f"{sender.url}/webhooks").status_code == 405
    assert httpx.post(f"{sender.url}/elsewhere").status_code == 404
    assert sender.send(shop_domain="none.myshopify.com") == 404
    assert httpx.get(f"{sender.url}/healthz").status_code == httpx.get(f"{sender.url}/readyz").status_code == 200
    assert sender.inbox() == []


def raw(sender: Shop, head: str, body: bytes = b"") -> bytes:
    """What is answered to a request that no library would send."""
    host = urlsplit(sender.url)
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=15) as connection:
        connection.sendall(head.encode() + b"\r\n\r\n" + body)
        return connection.recv(4096)


def test_lengths_that_lie_are_refused(sender: Shop) -> None:
    body = b'{"id": 1}'
    told = "\r\n".join(f"{name}: {value}" for name, value in sender.headers(body).items())
    start = f"POST /webhooks HTTP/1.1\r\nHost: x\r\n{told}"
    assert b" 411 " in raw(sender, start)
    assert b" 413 " in raw(sender, f"{start}\r\nContent-Length: 99000000")
    assert b" 200 " in raw(sender, f"{start}\r\nContent-Length: {len(body)}", body)
    # Cut short: whoever sent it has left.
    host = urlsplit(sender.url)
    with socket.create_connection((host.hostname or "", host.port or 0)) as connection:
        cut = sender.headers(body)
        lines = "\r\n".join(f"{name}: {value}" for name, value in cut.items())
        connection.sendall(f"POST /webhooks HTTP/1.1\r\nHost: x\r\n{lines}\r\nContent-Length: 9\r\n\r\n{{".encode())
    time.sleep(0.2)
    assert len(sender.inbox()) == 1


def test_a_body_that_trickles_is_given_up(sender: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.webhooks.receiver.BODY_SECONDS", 0.3)
    told = "\r\n".join(f"{name}: {value}" for name, value in sender.headers(b"{}").items())
    assert b" 408 " in raw(sender, f"POST /webhooks HTTP/1.1\r\nHost: x\r\n{told}\r\nContent-Length: 2", b"{")


NAMES = ("topic", "shop_domain", "webhook_id", "hmac_sha256", "triggered_at", "event_id", "api_version")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200),
    changed=st.dictionaries(
        st.sampled_from(NAMES),
        st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=40),
    ),
)
def test_whatever_is_sent_is_no_fault_of_ours(sender: Shop, body: bytes, changed: dict[str, str]) -> None:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in sender.headers(body, **changed).items()]
    answer = httpx.post(f"{sender.url}/webhooks", content=body, headers=headers)
    wrong = {name for name, value in changed.items() if name in NAMES[:4] or not value.isprintable()}
    assert answer.status_code in ((200,) if not wrong else (200, 400, 401, 404)), answer.text


def test_a_body_that_is_no_json_is_kept_and_refused_by_itself(sender: Shop) -> None:
    assert sender.send(b"no json") == sender.send(json.dumps({"id": 5}).encode()) == 200
    assert sender.send(b"{}", topic="products/update") == 200
    sender.shelf.connection.execute("select sync.route_webhooks()")
    assert [row["state"] for row in sender.inbox()] == ["refused", "done", "kept"]
    assert DOMAIN not in str(sender.inbox()[0]["message"])
