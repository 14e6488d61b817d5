"""A server that takes webhooks, and a shop that sends them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from runner.db import Database
from runner.db.session import RUNNER
from runner.shopify.vault import Vault
from runner.webhooks.server import Server
from tests.seeds import DOMAIN, Shelf

SECRET = "shpss_one"


def signature(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


@dataclass
class Shop:
    """Sends webhooks to a server."""

    url: str
    vault: Vault
    shelf: Shelf

    def headers(self, body: bytes, *, family: str = "X-Shopify-", secret: str = SECRET, **more: str) -> dict[str, str]:
        told = {
            "Topic": "orders/create",
            "Shop-Domain": DOMAIN,
            "Webhook-Id": str(uuid.uuid4()),
            "Hmac-Sha256": signature(body, secret),
            **{name.replace("_", "-").title(): value for name, value in more.items()},
        }
        return {f"{family}{name}": value for name, value in told.items() if value}

    def send(self, body: bytes = b'{"id": 1}', **headers: str) -> int:
        """Send one; returns the status."""
        return httpx.post(f"{self.url}/webhooks", content=body, headers=self.headers(body, **headers)).status_code

    def set_secret(self, secret: str) -> None:
        sealed = self.vault.seal(secret, DOMAIN, "https://x")
        self.shelf.connection.execute("select sync.set_webhook_secret(%s, %s)", (self.shelf.shop, sealed))

    def inbox(self) -> list[dict[str, Any]]:
        return list(self.shelf.connection.execute("select * from sync.webhooks order by id").fetchall())


@pytest.fixture
def sender(shelf: Shelf, warehouse: str) -> Iterator[Shop]:
    """A shop whose webhooks are signed with `SECRET`, and a server."""
    vault = Vault(SecretStr(Fernet.generate_key().decode()))
    started = threading.Event()
    told: dict[str, Any] = {}

    async def work() -> None:
        stopping = asyncio.Event()
        async with Database.open(warehouse, size=4, session=RUNNER) as database:
            server = Server(database, vault, "127.0.0.1", 0)
            loop = asyncio.get_running_loop()
            told.update(port=server.port, stop=lambda: loop.call_soon_threadsafe(stopping.set))
            started.set()
            await server.run(stopping)

    thread = threading.Thread(target=asyncio.run, args=(work(),))
    thread.start()
    started.wait(10)
    shop = Shop(f"http://127.0.0.1:{told['port']}", vault, shelf)
    shop.set_secret(SECRET)
    yield shop
    told["stop"]()
    thread.join(10)
