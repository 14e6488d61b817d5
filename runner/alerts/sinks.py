"""Where alerts go: a webhook by HTTP, people by mail. No address and no secret is logged or kept with an error."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import httpx

from runner.alerts.hooks import Unfit, place_of
from runner.config import Settings
from runner.db.alerts import Delivery
from runner.plain import cell

WEBHOOK_SECONDS = 5.0
SMTP_SECONDS = 10.0


class Sinks:
    """Sends one message at a time to one address. Several tasks may use it at once."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._http = http
        self._secret = settings.alert_secret.get_secret_value().encode() if settings.alert_secret else None
        self._smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else None
        self._sender = settings.alert_sender
        self._local = settings.alert_local_webhooks

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Sinks]:
        """Hold the HTTP connections open."""
        async with httpx.AsyncClient(timeout=WEBHOOK_SECONDS) as http:
            yield cls(settings, http)

    async def send(self, delivery: Delivery) -> str | None:
        """None if the sink has taken it, otherwise why not, in words that name no address."""
        delivery = _plain(delivery)
        try:
            if delivery.sink == "webhook":
                return await self._post(delivery)
            return await asyncio.to_thread(self._mail, delivery)
        except smtplib.SMTPResponseException as error:
            return f"The mail server refused it: {type(error).__name__}, code {error.smtp_code}."
        except Exception as error:  # Whatever it is, no other part of the runner is to suffer from it.
            return f"It could not be sent: {type(error).__name__}."

    async def _post(self, delivery: Delivery) -> str | None:
        body = json.dumps(
            {
                "rule": delivery.rule,
                "severity": delivery.severity,
                "event": delivery.event,
                "shop": delivery.shop,
                "subject": delivery.subject,
                "message": delivery.message,
                "remedy": delivery.remedy,
                "detail": delivery.detail,
                "raised_at": delivery.raised_at.isoformat(),
                "openings": delivery.openings,
            }
        ).encode()
        headers = {"Content-Type": "application/json", "X-Shelfwire-Delivery": str(delivery.id)}
        if self._secret:
            headers["X-Shelfwire-Signature"] = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        async with asyncio.timeout(WEBHOOK_SECONDS):
            try:
                place = await place_of(delivery.address, local=self._local)
            except Unfit as error:
                return str(error)
            answer = await self._http.post(
                place.url,
                content=body,
                headers={**headers, "Host": place.host},
                extensions={"sni_hostname": place.server},
            )
        return None if answer.is_success else f"The webhook answered with HTTP {answer.status_code}."

    def _mail(self, delivery: Delivery) -> str | None:
        if self._smtp is None:
            return "No mail server is known: set SHELFWIRE_SMTP_URL."
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = delivery.address
        where = delivery.shop or "all shops"
        message["Subject"] = f"[Shelfwire] {delivery.severity} {delivery.event}: {delivery.rule}, {where}"
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid("shelfwire")
        message.set_content(
            f"{delivery.message}\n\n{delivery.remedy}\n\n"
            f"Rule {delivery.rule}, raised at {delivery.raised_at:%Y-%m-%d %H:%M:%S %Z}.\n"
        )
        url = urlsplit(self._smtp)
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(url.hostname or "", url.port or 465, timeout=SMTP_SECONDS, context=context)
            if url.scheme == "smtps"
            else smtplib.SMTP(url.hostname or "", url.port or 25, timeout=SMTP_SECONDS)
        )
        with server:
            server.ehlo()
            if url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            elif url.scheme == "smtp" and url.username:
                return "The mail server offers no TLS: the password was not sent."
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)
        return None


def _plain(delivery: Delivery) -> Delivery:
    """With words that are only read, whoever shows them; ``detail`` stays as it is: programs go by that."""
    return dataclasses.replace(
        delivery, subject=cell(delivery.subject), message=cell(delivery.message), remedy=cell(delivery.remedy)
    )
