"""Alerts reach people: by webhook and by mail, at once, again when it fails."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from runner.alerts.courier import Courier
from runner.alerts.sinks import Sinks
from runner.config import Settings
from runner.db import Database
from tests.receivers import Hook, mail_server
from tests.seeds import Shelf, rows, value

RAISE = "select sync.raise_alert('guard_held', %s, 'inventory', 'Much would change.', '{\"levels\": 9}')"
REMEDY = "Run: shelfwire guard show, and if it is right: shelfwire guard release one.myshopify.com --kind inventory"
AN_HOUR_LATER = "update sync.deliveries set told_at = told_at - interval '1 hour'"


def deliver(dsn: str, until: Any, **settings: Any) -> None:
    """Run a courier until something is true."""

    async def work() -> None:
        given = Settings(database_url=dsn, **settings)
        async with Database.open(dsn) as database, Sinks.open(given) as sinks:
            courier, stopping = Courier(database, sinks), asyncio.Event()
            running = asyncio.create_task(courier.run(stopping))
            async with asyncio.timeout(20):
                while not until():
                    await asyncio.sleep(0.01)
                    courier.wake()
            stopping.set()
            courier.wake()
            await running

    asyncio.run(work())


def sink(shelf: Shelf, column: str, address: str) -> None:
    shelf.connection.execute(f"update sync.alert_rules set {column} = %s".encode(), (address,))


def states(shelf: Shelf) -> list[str]:
    return [r["state"] for r in rows(shelf.connection, "select state from sync.deliveries order by id")]


def test_a_webhook_gets_what_happened_signed(shelf: Shelf, warehouse: str, hook: Hook) -> None:
    sink(shelf, "webhook_url", hook.url)
    shelf.connection.execute(RAISE.encode(), (shelf.shop,))
    deliver(warehouse, lambda: states(shelf) == ["delivered"], alert_secret=SecretStr("s3cret"))
    shelf.connection.execute(AN_HOUR_LATER.encode())
    shelf.connection.execute("select sync.clear_alert('guard_held', %s, 'inventory')", (shelf.shop,))
    deliver(warehouse, lambda: states(shelf) == ["delivered"] * 2, alert_secret=SecretStr("s3cret"))
    headers, body = hook.got[0]
    told = json.loads(body)
    assert datetime.fromisoformat(told.pop("raised_at")).tzinfo is not None
    assert told == {
        "rule": "guard_held", "severity": "critical", "event": "raised", "shop": "one.myshopify.com",
        "subject": "inventory", "message": "Much would change.", "remedy": REMEDY, "detail": {"levels": 9},
        "openings": 1,
    }  # fmt: skip
    assert headers["x-shelfwire-signature"] == "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert json.loads(hook.got[1][1])["event"] == "cleared"
    assert len(hook.got) == 2


def test_a_webhook_that_fails_gets_it_when_it_has_recovered(shelf: Shelf, warehouse: str, hook: Hook) -> None:
    hook.status = 503
    sink(shelf, "webhook_url", hook.url)
    shelf.connection.execute(RAISE.encode(), (shelf.shop,))
    deliver(warehouse, lambda: value(shelf.connection, "select error is not null from sync.deliveries"))
    (kept,) = rows(shelf.connection, "select state, attempts, error from sync.deliveries")
    assert kept == {"state": "waiting", "attempts": 1, "error": "The webhook answered with HTTP 503."}
    hook.status = 204
    shelf.connection.execute("update sync.deliveries set next_try_at = clock_timestamp()")
    deliver(warehouse, lambda: states(shelf) == ["delivered"])
    assert "x-shelfwire-signature" not in hook.got[1][0]
    assert hook.got[0][1] == hook.got[1][1]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/hook-token", "https://[/", "nonsense://x"])
def test_an_address_that_cannot_be_reached_is_a_reason_without_the_address(
    shelf: Shelf, warehouse: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sink(shelf, "webhook_url", url)
    shelf.connection.execute(RAISE.encode(), (shelf.shop,))
    deliver(warehouse, lambda: value(shelf.connection, "select error is not null from sync.deliveries"))
    error = value(shelf.connection, "select error from sync.deliveries")
    assert error.startswith(("It could not be sent: ", "The webhook's host is not known."))
    said = error + capsys.readouterr().out
    assert "alert.undelivered" in said and url not in said and "hook-token" not in said


def test_a_webhook_that_does_not_answer_is_not_waited_for(
    shelf: Shelf, warehouse: str, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.alerts.sinks.WEBHOOK_SECONDS", 0.2)
    hook.answering.clear()
    sink(shelf, "webhook_url", hook.url)
    shelf.connection.execute(RAISE.encode(), (shelf.shop,))
    deliver(warehouse, lambda: value(shelf.connection, "select error is not null from sync.deliveries"))
    hook.answering.set()
    assert value(shelf.connection, "select error from sync.deliveries") == "It could not be sent: TimeoutError."


def certificate(folder: Path) -> ssl.SSLContext:
    """Of a server on this machine; cert.pem is what a client has to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, private)
    return context


def mailed(envelope: Envelope) -> str:
    assert isinstance(envelope.content, bytes)
    return envelope.content.decode()


def test_a_mail_goes_to_a_server_without_more_ado(shelf: Shelf, warehouse: str) -> None:
    sink(shelf, "email", "ops@example.com")
    shelf.connection.execute(RAISE.encode(), (shelf.shop,))
    with mail_server() as post:
        url = SecretStr(f"smtp://127.0.0.1:{post.port}")
        deliver(warehouse, lambda: states(shelf) == ["delivered"], smtp_url=url, alert_sender="sync@example.com")
    (envelope,) = post.got
    assert (envelope.mail_from, envelope.rcpt_tos) == ("sync@example.com", ["ops@example.com"])
    text = mailed(envelope)
    assert "Subject: [Shelfwire] critical raised: guard_held, one.myshopify.com" in text
    assert "Much would change." in text and "shelfwire guard show" in text


@pytest.mark.parametrize("encrypted", ["starttls", "smtps"])
def test_a_password_is_sent_only_over_tls(
    shelf: Shelf, warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encrypted: str
) -> None:
    logins = []

    def authenticator(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss")

    sink(shelf, "email", "ops@example.com")
    shelf.connection.execute(RAISE.encode(), (shelf.shop,))
    context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    # What aiosmtpd itself requires of a connection knows only STARTTLS.
    tls: dict[str, Any] = {"encrypted": context, "auth_require_tls": False}
    if encrypted == "starttls":
        tls = {"tls_context": context, "auth_required": True}
    with mail_server(authenticator=authenticator, **tls) as post:
        scheme = "smtp" if encrypted == "starttls" else "smtps"
        url = f"{scheme}://ops:p%40ss@localhost:{post.port}"
        deliver(warehouse, lambda: states(shelf) == ["delivered"], smtp_url=SecretStr(url))
    assert logins == [(b"ops", b"p@ss")] and len(post.got) == 1


def test_a_server_without_tls_is_not_told_the_password(shelf: Shelf, warehouse: str) -> None:
    sink(shelf, "email", "ops@example.com")
    shelf.connection.execute(RAISE.encode(), (shelf.shop,))
    with mail_server() as post:
        url = SecretStr(f"smtp://ops:secret@127.0.0.1:{post.port}")
        failed = "select error like '%%no TLS%%' from sync.deliveries".replace("%%", "%")
        deliver(warehouse, lambda: value(shelf.connection, failed), smtp_url=url)
    assert post.got == []
