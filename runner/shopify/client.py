"""The Admin API of one shop: send a document, read the answer, tell what an error means for the caller."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import httpx
import structlog

from runner.db.costs import Learned
from runner.errors import LostAnswer, ShopifyError, ShopRefused, Throttled, TooCostly, Transient, Unreachable
from runner.shopify.answers import Cost, cost_of, read_answer
from runner.shopify.costs import Costs
from runner.shopify.documents import API_VERSION, Document

log = structlog.get_logger()

ATTEMPTS = 5
FIRST_DELAY = 0.25
LONGEST_DELAY = 8.0


class Tokens(Protocol):
    """Where the access token comes from."""

    async def get(self, *, refused: str | None = None) -> str: ...


class Budget(Protocol):
    """Where points come from, and how to wait."""

    async def reserve(
        self, cost: int, keep: int = 0, *, writes: bool = False, request_id: int | None = None
    ) -> None: ...

    async def claim(
        self, cost: int, wait: float, *, asked: float | None = None, request_id: int | None = None
    ) -> None: ...

    async def give_back(self, cost: int) -> None: ...

    async def pause(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Call:
    """One exchange as it is logged: no token, no variables, no body.

    ``version`` is what answered, ``deprecated`` what Shopify says is deprecated in the request. ``items``: entries that
    the request carries, or nodes of the page that it was answered with; None: neither, or an error.
    """

    document: str
    milliseconds: int
    reserved: int
    request_id: int | None = None
    http_status: int | None = None
    error: ShopifyError | None = None
    shopify_request_id: str | None = None
    cost: Cost | None = None
    version: str | None = None
    deprecated: str | None = None
    items: int | None = None

    def entry(self) -> dict[str, Any]:
        """The call as it is written to the log, points as named in `Cost`."""
        return {
            "request_id": self.request_id,
            "document": self.document,
            "milliseconds": self.milliseconds,
            "http_status": self.http_status,
            "error_class": self.error.code if self.error else None,
            "message": self.error.message if self.error else None,
            "shopify_request_id": self.shopify_request_id,
            "reserved": self.reserved,
            "items": self.items,
            **(asdict(self.cost) if self.cost else {}),
        }


class CallLog(Protocol):
    """Where calls are noted: ``read`` for what an answer says of itself, ``write`` for the log and the budget,
    ``learn`` for a cost that was not known."""

    async def read(self, call: Call) -> None: ...

    async def write(self, call: Call) -> None: ...

    async def learn(self, cost: Learned) -> None: ...


@dataclass(frozen=True)
class Request:
    """A document as it is sent: how much it asks for, the points predicted for that, the entries that it carries."""

    document: Document
    body: bytes
    sizes: Mapping[str, int]
    predicted: int
    writes: bool
    id: int | None
    entries: int | None


@dataclass(frozen=True)
class Answer:
    """``data`` of an answer without errors, and the call that brought it."""

    data: dict[str, Any]
    call: Call


class Client:
    """Calls one shop. Several tasks may use it at once.

    Attributes:
        costs: what is known of the costs of this shop's calls, and how much one had best carry.
        bulk_patience: seconds for which a bulk operation may make no progress before it is cancelled.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        url: str,
        tokens: Tokens,
        budget: Budget,
        calls: CallLog,
        bulk_patience: float = 1800.0,
        costs: Costs | None = None,
    ) -> None:
        self._http = http
        self._endpoint = f"{url}/admin/api/{API_VERSION}/graphql.json"
        self._host = httpx.URL(url).host
        self._tokens = tokens
        self._budget = budget
        self.calls = calls
        self.bulk_patience = bulk_patience
        self.costs = costs or Costs()

    def cost(self, document: Document) -> int:
        """Points to take for a document that always costs the same: those that Shopify asked for the last time."""
        return self.costs.expected(document, document.fixed_cost)

    async def pause(self, seconds: float) -> None:
        """Wait, unless the runner is stopping.

        Raises:
            Transient: it is.
        """
        await self._budget.pause(seconds)

    async def execute(
        self,
        document: Document,
        variables: Mapping[str, Any] | str,
        *,
        points: int | None = None,
        keep: int = 0,
        request_id: int | None = None,
        entries: int | None = None,
        attempts: int = ATTEMPTS,
        wait: float | None = None,
        asked: float | None = None,
        log_later: bool = False,
        is_mark: bool = False,
    ) -> Answer:
        """Send a document; repeat it, unchanged, while the error is transient.

        Args:
            variables: a mapping, or the exact JSON text to send. Mutations must be idempotent by their own key.
            points: what it is predicted to cost, where that depends on more than the document and its sizes.
            keep: points of the budget to leave to more urgent callers.
            request_id: the stored request this is, and the entries that it carries, for the log.
            wait: the points of the first attempt are taken, and there after so many seconds; ``asked``: when it was
                asked, by time.monotonic(), whether it may be sent.
            log_later: the caller writes the answer's call to the log; a call that fails is written here.
            is_mark: it says who writes to the shop, and so is sent before anything may be written.

        Raises:
            Transient: it failed ``attempts`` times, or the runner is stopping.
            ShopRefused: every call to this shop will fail.
            DocumentRefused: every request of this document will fail.
            RequestRefused: this request will fail again.
            ShopHeld: it is a mutation, and nothing may be written to the shop now.
        """
        text = variables if isinstance(variables, str) else json.dumps(variables)
        body = f'{{"query":{json.dumps(document.text)},"operationName":"{document.name}","variables":{text}}}'.encode()
        sizes = document.sizes_in(variables)
        predicted = points or (document.cost(sizes) if sizes else document.fixed_cost)
        writes = document.writes and not is_mark
        request = Request(document, body, sizes, predicted, writes, request_id, entries)
        for attempt in range(attempts):
            try:
                taken = wait if attempt == 0 else None
                data, call = await self._once(request, keep, taken, asked)
                if not log_later:
                    await self.calls.write(call)
                return Answer(data, call)
            except Throttled as error:
                if attempt == attempts - 1:
                    raise
                await self._budget.pause(error.wait)
            except Transient as error:
                if attempt == attempts - 1:
                    raise
                delay = min(LONGEST_DELAY, FIRST_DELAY * 2**attempt) * random.uniform(0.5, 1.5)
                log.warning("call.retried", shop=self._host, document=document.name, error=error.code, delay=delay)
                await self._budget.pause(delay)
        raise AssertionError("attempts is at least 1")

    async def _once(
        self, request: Request, keep: int, wait: float | None, asked: float | None
    ) -> tuple[dict[str, Any], Call]:
        reserved = self.costs.expected(request.document, request.predicted)
        try:
            token = await self._tokens.get()
        except BaseException:
            if wait is not None:
                await self._budget.give_back(reserved)
            raise
        if wait is None:
            await self._budget.reserve(reserved, keep, writes=request.writes, request_id=request.id)
        else:
            await self._budget.claim(reserved, wait, asked=asked, request_id=request.id)
        data, call = await self._send(request, token, reserved)
        if call.http_status == 401 or (call.error and call.error.code == "ACCESS_DENIED"):
            await self.calls.write(call)
            # Another token may have been given, or granted, meanwhile; if not, this says what is wrong.
            token = await self._other_token(token, call)
            await self._budget.reserve(reserved, keep, writes=request.writes, request_id=request.id)
            data, call = await self._send(request, token, reserved)
        await self._learn(request, call)
        if call.error:
            await self.calls.write(call)
            raise call.error
        return data, call

    async def _learn(self, request: Request, call: Call) -> None:
        """Remember what the request costs, in the database only if that was not known."""
        if call.cost:
            self.costs.note_bucket(call.cost)
            points = call.cost.requested
        elif isinstance(call.error, TooCostly):
            points = call.error.points
        else:
            return
        if learned := self.costs.learn(request.document, request.predicted, points, request.sizes):
            await self.calls.learn(learned)

    async def _other_token(self, token: str, call: Call) -> str:
        try:
            return await self._tokens.get(refused=token)
        except ShopRefused as error:
            raise (call.error if call.error and call.http_status != 401 else error) from error

    async def _send(self, request: Request, token: str, reserved: int) -> tuple[dict[str, Any], Call]:
        document = request.document
        started = time.monotonic()
        response: httpx.Response | None = None
        error: ShopifyError | None = None
        payload: dict[str, Any] = {}
        try:
            response = await self._http.post(
                self._endpoint,
                content=request.body,
                headers={
                    "X-Shopify-Access-Token": token,
                    "Content-Type": "application/json",
                    "Accept": "application/json",
                },
            )
            payload, error = read_answer(response, document)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            error = Unreachable(f"{self._host} is out of reach.", remedy="Check the shop's address and the network.")
        except httpx.TransportError as cause:
            error = LostAnswer(f"{self._host} took the request, but gave no answer ({type(cause).__name__}).")
        if error:
            error.document = document.name
        headers = response.headers if response else httpx.Headers()
        data = payload.get("data") or {}
        items = None if error else request.entries if document.is_mutation else document.items_in(data)
        call = Call(
            document.name,
            round((time.monotonic() - started) * 1000),
            reserved,
            request.id,
            response.status_code if response else None,
            error,
            headers.get("X-Request-Id"),
            cost_of(payload),
            headers.get("X-Shopify-API-Version"),
            headers.get("X-Shopify-API-Deprecated-Reason"),
            items,
        )
        await self.calls.read(call)
        return data, call
