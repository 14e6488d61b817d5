"""One exchange over HTTP: a request, the answer it gets or the connection it loses, and its line in the journal."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.calls.journal import Request as Entry


class Dropped(Exception):
    """The connection is to be closed without an answer."""


@dataclass(slots=True)
class Exchange:
    """A request on its way to an answer, and the line it will leave in the journal."""

    request: Request
    version: str
    app: str
    entry: Entry
    id: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the client reaches the shop."""
        return str(self.request.base_url).rstrip("/")

    def answer(self, status: int, body: Any, outcome: str | None = None) -> Response:
        self.entry.status = status
        self.entry.outcome = outcome or (f"http_{status}" if status != 200 else self.entry.outcome)
        return respond(status, body, {**self.headers, "X-Shopify-API-Version": self.version}, self.id)


def respond(status: int, body: Any, headers: dict[str, str], request_id: str) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    headers = {"X-Request-Id": request_id, **headers}
    return Response(text.encode(), status, headers, "application/json; charset=utf-8")


def new_request_id() -> str:
    return f"{uuid.uuid4()}-{int(time.time())}"


async def dropped(request: Request) -> Response:
    """Close the connection under the request; what is returned cannot be sent any more."""
    request.scope["state"]["transport"].abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()


async def gone(request: Request, seconds: float) -> None:
    """Wait until the client gives up, or until the time is over."""

    async def disconnected() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(disconnected(), seconds)
    except TimeoutError:
        return
