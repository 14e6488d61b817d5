"""A server that takes webhooks, as a process of its own, and a shop that sends them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from house import process
from tests.house.house import House

SECRET = "shpss_house"
LISTENING = re.compile(r"listening on (http://\S+)")


@contextmanager
def serving(house: House, said: Path) -> Iterator[str]:
    """A server for the length of a block; yields where it listens. What it says goes to a file."""
    given = house.environment | {"SHELFWIRE_WEBHOOK_SECRET": SECRET}
    done = process.shelfwire(given, "shop", "secret", "set", house.sandbox.shop)
    assert SECRET not in done
    with said.open("wb") as file:
        server = process.start("cli", "serve", "--port", "0", environment=house.environment, stderr=file)
        try:
            house.wait_until(lambda: LISTENING.search(said.read_text()) is not None, "it to listen", 20)
            found = LISTENING.search(said.read_text())
            assert found is not None
            yield found[1]
        finally:
            assert process.stop(server) == 0


class Sender:
    """Sends webhooks from several threads until it is told to stop, each again until it is answered with 200."""

    def __init__(self, house: House, url: str) -> None:
        self.answered: set[str] = set()
        self.statuses: set[int] = set()
        self._shop, self._url = house.sandbox.shop, url
        self._over = threading.Event()

    @contextmanager
    def running(self, threads: int = 4) -> Iterator[None]:
        """Send for the length of a block."""
        workers = [threading.Thread(target=self._work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self._over.set()
            for worker in workers:
                worker.join()

    def _work(self) -> None:
        with httpx.Client(timeout=10) as client:
            while not self._over.is_set():
                number, body = str(uuid.uuid4()), json.dumps({"id": 1, "note": "x" * 200}).encode()
                for _ in range(100):
                    if (status := self.send(client, number, body)) == 200:
                        self.answered.add(number)
                        break
                    self.statuses.add(status)
                    self._over.wait(0.05)

    def send(self, client: httpx.Client, number: str, body: bytes, topic: str = "products/update") -> int:
        """One delivery; 0: no answer."""
        signed = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": self._shop,
            "X-Shopify-Webhook-Id": number,
            "X-Shopify-Hmac-Sha256": signed,
        }
        try:
            return client.post(f"{self._url}/webhooks", content=body, headers=headers).status_code
        except httpx.TransportError:
            return 0
