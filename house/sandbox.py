"""The sandbox as a process of its own: a Shopify to talk to, and what people do there."""

from __future__ import annotations

import re
import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

import httpx

from house import process
from house.process import HouseError

READY = re.compile(r"sandbox: listening on (http://\S+) shop (\S+)\n\Z")
VERSION = "2026-10"
SECONDS_TO_END = 10.0
# The one location of a shop that is given no others.
LOCATION = "Main warehouse"

SET = """mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}"""


class Sandbox:
    """A running server: `Sandbox.start("--products", "3")`, and `stop()` at the end; ``shop`` is its shop's domain."""

    def __init__(self, process: subprocess.Popen[bytes], errors: IO[bytes], url: str, shop: str, token: str) -> None:
        self.process = process
        self.url = url
        self.shop = shop
        self.token = token
        self.words = ""
        """What the server had to say on standard error, once it has ended."""
        self.http = httpx.Client(base_url=url, timeout=30)
        self._errors = errors

    @classmethod
    def start(cls, *options: str, token: str = "shpat_sandbox") -> Sandbox:
        """Returns when the server listens.

        Raises:
            HouseError: it did not start, with its words.
        """
        errors = TemporaryFile()  # noqa: SIM115 (stop() closes it)
        started = process.start("sandbox", "--token", token, *options, stdout=subprocess.PIPE, stderr=errors)
        assert started.stdout is not None
        line = started.stdout.readline().decode()
        match = READY.match(line)
        if match is None:
            process.stop(started, SECONDS_TO_END)
            raise HouseError(f"The sandbox did not start: {line}{_read(errors)}")
        return cls(started, errors, match[1], match[2], token)

    def stop(self) -> int:
        """The exit code after SIGTERM."""
        self.http.close()
        code = process.stop(self.process, SECONDS_TO_END)
        if not self._errors.closed:
            self.words = _read(self._errors)
        return code

    def post(
        self, query: str, variables: dict[str, Any] | None = None, *, version: str = VERSION, **headers: str
    ) -> httpx.Response:
        """A GraphQL request with the static token."""
        return self.http.post(
            f"/admin/api/{version}/graphql.json",
            json={"query": query, "variables": variables or {}},
            headers={"X-Shopify-Access-Token": self.token, **headers},
        )

    def query(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The body of the answer, errors and cost included."""
        answer = self.post(query, variables)
        if answer.status_code != 200:
            raise _refusal(answer)
        body: dict[str, Any] = answer.json()
        return body

    def data(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """`data` of an answer that must have no errors."""
        body = self.query(query, variables)
        if "errors" in body:
            raise HouseError(f"The shop answered: {body['errors']}")
        data: dict[str, Any] = body["data"]
        return data

    def set(self, *entries: tuple[str, str, int, int | None], key: str | None = None, **more: Any) -> dict[str, Any]:
        """The payload of inventorySetQuantities; entries are item, location, quantity, quantity before."""
        return dict(self.query(SET, set_variables(*entries, key=key, **more))["data"]["inventorySetQuantities"])

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the control interface; the parsed answer, None where it is empty."""
        answer = self.http.request(method, f"/_sandbox{path}", json=body)
        if not answer.is_success:
            raise _refusal(answer)
        return answer.json() if answer.content else None

    def state(self) -> list[dict[str, Any]]:
        """Every level: its ids and SKU, its numbers, and when it was set (``available_at``, seconds since 1970)."""
        return list(self.control("GET", "/state")["levels"])

    def level(self, sku: str) -> dict[str, Any]:
        """The first level of the item with this SKU."""
        return next(level for level in self.state() if level["sku"] == sku)

    def available(self) -> dict[str, int]:
        """Units the shop offers, by SKU, over all its locations."""
        sums: dict[str, int] = {}
        for level in self.state():
            if level["sku"]:
                sums[level["sku"]] = sums.get(level["sku"], 0) + level["available"]
        return sums

    def stats(self) -> dict[str, Any]:
        """What the sandbox counted."""
        return dict(self.control("GET", "/stats"))

    def reset_stats(self) -> None:
        """Let the sandbox count anew."""
        self.control("POST", "/stats/reset")

    def requests(self, limit: int = 100) -> list[dict[str, Any]]:
        """Newest first."""
        return list(self.control("GET", f"/requests?limit={limit}")["requests"])

    def fault(self, fault: str, **options: Any) -> int:
        """Switch on a fault; its number. See `sandbox.faults` for the options."""
        return int(self.control("POST", "/faults", {"fault": fault, **options})["id"])

    def clear_faults(self) -> None:
        """Switch off all faults."""
        self.control("DELETE", "/faults")

    def bucket(self, capacity: int | None = None, restore_rate: int | None = None) -> None:
        """Give the shop a bucket of this size, full; without a size, none."""
        self.control("PUT", "/bucket", {"capacity": capacity, "restore_rate": restore_rate})

    def operations(self) -> list[dict[str, Any]]:
        """Bulk operations of every app, newest first: ``id``, ``type``, ``status``, ``objects``, ``query``."""
        return list(self.control("GET", "/bulk")["operations"])

    def occupy(self, type: str = "QUERY", seconds: float | None = None) -> int:
        """Somebody else starts a bulk operation in the app's name, which takes a slot; the operation's number."""
        return int(self.control("POST", "/bulk", {"type": type, "seconds": seconds})["id"])

    def end_operation(self, operation: int) -> None:
        """A bulk operation that is at work is completed without a row."""
        self.control("POST", f"/bulk/{operation}/end")

    def expire_operation(self, operation: int) -> None:
        """Seven days pass: the address of a bulk operation's result works no more."""
        self.control("POST", f"/bulk/{operation}/expire")

    def order(self, *lines: tuple[str, int]) -> int:
        """Someone buys (SKU, quantity) lines; the order's number."""
        body = {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]}
        return int(self.control("POST", "/orders", body)["id"])

    def cancel(self, order: int) -> None:
        """The order is called off: its units are available again."""
        self.control("POST", f"/orders/{order}/cancel")

    def edit(self, sku: str, available: int) -> None:
        """Someone types another number into Shopify's admin."""
        self.control("POST", "/levels", {"sku": sku, "available": available})

    def edit_variants(self, variants: Sequence[Mapping[str, object]]) -> None:
        """Someone gives variants a ``sku`` or has them ``tracked``, in Shopify's admin: no app's points are spent."""
        self.control("POST", "/variants", {"variants": [dict(one) for one in variants]})


def set_variables(*entries: tuple[str, str, int, int | None], key: str | None = None, **more: Any) -> dict[str, Any]:
    """Of `SET`; entries are item, location, quantity, quantity before (None: set it blindly)."""
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


def _refusal(answer: httpx.Response) -> HouseError:
    return HouseError(f"The sandbox answered {answer.status_code} to {answer.request.url.path}: {answer.text}")


def _read(errors: IO[bytes]) -> str:
    with errors:
        errors.seek(0)
        return errors.read().decode()
