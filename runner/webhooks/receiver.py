"""The ASGI application that takes webhooks: signature seen, body stored, then answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any

import structlog

from runner.db.webhooks import Delivery
from runner.errors import DatabaseError
from runner.webhooks.inbox import Full, Inbox
from runner.webhooks.secrets import Known, Secrets

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATH = "/webhooks"
# Shopify's longest payloads are some hundred kilobytes.
MOST_BYTES = 5 * 2**20
# Shopify gives a whole delivery five seconds.
BODY_SECONDS = 10.0
# Those of events, and those of webhooks.
FAMILIES = ("shopify-", "x-shopify-")
NEEDED = ("topic", "shop-domain", "webhook-id", "hmac-sha256")
# What a proxy may have done to a body.
TELLING = ("content-length", "content-encoding", "transfer-encoding", "via", "x-forwarded-for", "user-agent")


class Refused(Exception):
    """A delivery that is not taken: an HTTP status, and words for whoever sent it."""

    def __init__(self, status: int, words: str, **headers: str) -> None:
        super().__init__(words)
        self.status = status
        self.headers = headers


class Gone(Exception):
    """Whoever sent it has left before the end of the body."""


class Receiver:
    """Answers POST /webhooks, and /healthz and /readyz for a load balancer. ``ready`` says why it is not, or None."""

    def __init__(self, secrets: Secrets, inbox: Inbox, ready: Callable[[], Awaitable[str | None]]) -> None:
        self._secrets = secrets
        self._inbox = inbox
        self._ready = ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        headers: dict[str, str] = {}
        try:
            status, words = await self._answer(scope, receive)
        except Gone:
            return
        except Refused as refusal:
            status, words, headers = refusal.status, str(refusal), refusal.headers
        except (Full, DatabaseError) as error:
            log.warning("webhook.postponed", error=str(error) or "too many wait")
            status, words, headers = 503, "Try again.", {"retry-after": "5"}
        except Exception:
            log.exception("webhook.failed")
            status, words = 500, "Try again."
        body = json.dumps({"message": words}).encode()
        listed = {"content-type": "application/json", "content-length": str(len(body)), **headers}
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(name.encode(), value.encode()) for name, value in listed.items()],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, str]:
        path, method = scope["path"], scope["method"]
        if path in ("/healthz", "/readyz"):
            if method not in ("GET", "HEAD"):
                raise Refused(405, "Ask with GET.", allow="GET, HEAD")
            reason = await self._ready() if path == "/readyz" else None
            return (503, reason) if reason else (200, "ok")
        if path.rstrip("/") != PATH:
            raise Refused(404, f"Webhooks are taken at {PATH}.")
        if method != "POST":
            raise Refused(405, "Webhooks are sent with POST.", allow="POST")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        told = _told(headers)
        declared = _declared(headers)
        known = await self._secrets.of(told["shop-domain"])
        if known is None:
            raise Refused(404, "The shop is not known here.")
        body = await _body(receive, declared)
        if not await self._is_signed(told, known, body):
            log.warning(
                "webhook.unsigned",
                shop=told["shop-domain"],
                topic=told["topic"],
                secrets_tried=len(known.secrets),
                bytes=len(body),
                **{name.replace("-", "_"): headers[name] for name in TELLING if name in headers},
            )
            raise Refused(401, "The signature does not fit.")
        await self._inbox.store(_delivery(known.shop_id, told, body))
        return 200, "ok"

    async def _is_signed(self, told: Mapping[str, str], known: Known, body: bytes) -> bool:
        signature = told["hmac-sha256"].encode()
        if known.signed(body, signature):
            return True
        again = await self._secrets.anew(told["shop-domain"])
        return again is not None and again is not known and again.signed(body, signature)


def _told(headers: Mapping[str, str]) -> dict[str, str]:
    """What the headers of Shopify say, by their names without the family."""
    told: dict[str, str] = {}
    for family in FAMILIES:
        told |= {name.removeprefix(family): value for name, value in headers.items() if name.startswith(family)}
    if missing := [name for name in NEEDED if not told.get(name, "").strip()]:
        raise Refused(400, f"A header is missing: X-Shopify-{missing[0].title()}.")
    if any(len(value) > 1000 or not value.isprintable() for value in told.values()):
        raise Refused(400, "A header of Shopify cannot be read.")
    return told


def _declared(headers: Mapping[str, str]) -> int | None:
    length = headers.get("content-length")
    if length is None:
        if "chunked" not in headers.get("transfer-encoding", ""):
            raise Refused(411, "Content-Length is missing.")
        return None
    if not length.isascii() or not length.isdigit():
        raise Refused(400, "Content-Length is no number.")
    if int(length) > MOST_BYTES:
        raise Refused(413, f"A webhook has at most {MOST_BYTES:,} bytes.")
    return int(length)


async def _body(receive: Receive, declared: int | None) -> bytes:
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > MOST_BYTES:
                    raise Refused(413, f"A webhook has at most {MOST_BYTES:,} bytes.", connection="close")
                if not message.get("more_body"):
                    break
    except TimeoutError:
        raise Refused(408, "The body did not come in time.", connection="close") from None
    if declared is not None and size != declared:
        raise Refused(400, "The body is not as long as Content-Length says.")
    return b"".join(parts)


def _delivery(shop_id: int, told: Mapping[str, str], body: bytes) -> Delivery:
    triggered = None
    if at := told.get("triggered-at"):
        try:
            triggered = datetime.fromisoformat(at)
        except ValueError:
            log.warning("webhook.clockless", topic=told["topic"])
    if triggered is not None and triggered.tzinfo is None:
        triggered = None
    return Delivery(
        shop_id, told["topic"], told["webhook-id"], told.get("event-id"), told.get("api-version"), triggered, body
    )
