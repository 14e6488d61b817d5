"""The sandbox as a process of its own, for any test that wants a Shopify to talk to."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
READY = re.compile(r"sandbox: listening on (http://\S+) shop (\S+)\n\Z")

SET = """mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}"""


class Sandbox:
    """A running server: `Sandbox.start("--products", "3")`, and `stop()` at the end."""

    def __init__(self, process: subprocess.Popen[str], url: str, shop: str, token: str) -> None:
        self.process = process
        self.url = url
        self.shop = shop
        self.token = token
        self.words = ""
        """What the server had to say on stderr, once it has ended."""
        self.http = httpx.Client(base_url=url, timeout=30)

    @classmethod
    def start(cls, *options: str, token: str = "shpat_sandbox") -> Sandbox:
        """Returns when the server listens. Raises RuntimeError with its words if it does not start."""
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--token", token, *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        match = READY.match(line)
        if match is None:
            _, errors = process.communicate()
            raise RuntimeError(f"the sandbox did not start: {line}{errors}")
        return cls(process, match[1], match[2], token)

    def stop(self) -> int:
        """The exit code after SIGTERM."""
        self.http.close()
        self.process.terminate()
        _, self.words = self.process.communicate(timeout=10)
        return self.process.returncode

    @property
    def graphql_url(self) -> str:
        return f"{self.url}/admin/api/2026-10/graphql.json"

    def post(
        self, query: str, variables: dict[str, Any] | None = None, *, version: str = "2026-10", **headers: str
    ) -> httpx.Response:
        """A GraphQL request with the static token."""
        return self.http.post(
            f"/admin/api/{version}/graphql.json",
            json={"query": query, "variables": variables or {}},
            headers={"X-Shopify-Access-Token": self.token, **headers},
        )

    def query(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The body of the answer, errors included."""
        answer = self.post(query, variables)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def data(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """`data` of an answer that must have no errors."""
        body = self.query(query, variables)
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data

    def set(self, *entries: tuple[str, str, int, int | None], key: str | None = None, **more: Any) -> dict[str, Any]:
        """The payload of inventorySetQuantities; entries are item, location, quantity, quantity before."""
        return dict(self.query(SET, set_variables(*entries, key=key, **more))["data"]["inventorySetQuantities"])

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the control interface; the parsed answer, None where it is empty."""
        answer = self.http.request(method, f"/_sandbox{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def state(self) -> list[dict[str, Any]]:
        return list(self.control("GET", "/state")["levels"])

    def level(self, sku: str) -> dict[str, Any]:
        """The first level of the item with this SKU."""
        return next(level for level in self.state() if level["sku"] == sku)

    def available(self) -> dict[str, int]:
        """By SKU, over all locations."""
        sums: dict[str, int] = {}
        for level in self.state():
            sums[level["sku"]] = sums.get(level["sku"], 0) + level["available"]
        return sums

    def stats(self) -> dict[str, Any]:
        return dict(self.control("GET", "/stats"))

    def requests(self, limit: int = 100) -> list[dict[str, Any]]:
        """Newest first."""
        return list(self.control("GET", f"/requests?limit={limit}")["requests"])

    def fault(self, fault: str, **options: Any) -> int:
        return int(self.control("POST", "/faults", {"fault": fault, **options})["id"])

    def clear_faults(self) -> None:
        self.control("DELETE", "/faults")

    def order(self, *lines: tuple[str, int]) -> int:
        """Place an order of (SKU, quantity) lines; its number."""
        body = {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]}
        return int(self.control("POST", "/orders", body)["id"])

    def edit(self, sku: str, available: int) -> None:
        """Someone changes the number in Shopify's admin."""
        self.control("POST", "/levels", {"sku": sku, "available": available})


def set_variables(*entries: tuple[str, str, int, int | None], key: str | None = None, **more: Any) -> dict[str, Any]:
    quantities = [
        {"inventoryItemId": item, "locationId": location, "quantity": quantity, "changeFromQuantity": before}
        for item, location, quantity, before in entries
    ]
    given = {"name": "available", "reason": "correction", "quantities": quantities, **more}
    return {"input": given, "key": key or str(uuid.uuid4())}


@contextmanager
def running(*options: str, token: str = "shpat_sandbox") -> Iterator[Sandbox]:
    """A sandbox for the length of a block."""
    sandbox = Sandbox.start(*options, token=token)
    try:
        yield sandbox
    finally:
        sandbox.stop()
