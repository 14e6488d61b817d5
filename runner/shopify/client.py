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

from runner.errors import LostAnswer, ShopifyError, ShopRefused, Throttled, Transient, Unreachable
from runner.shopify.answers import Cost, cost_of, read_answer
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

    ``version`` is what answered, ``deprecated`` what Shopify says is deprecated in the request.
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
            **(asdict(self.cost) if self.cost else {}),
        }


class CallLog(Protocol):
    """Where calls are noted: ``read`` for what an answer says of itself, ``write`` for the log and the budget."""

    async def read(self, call: Call) -> None: ...

    async def write(self, call: Call) -> None: ...


@dataclass(frozen=True)
class Answer:
    """``data`` of an answer without errors, and the call that brought it."""

    data: dict[str, Any]
    call: Call


class Client:
    """Calls one shop. Several tasks may use it at once.

    Attributes:
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
    ) -> None:
        self._http = http
        self._endpoint = f"{url}/admin/api/{API_VERSION}/graphql.json"
        self._host = httpx.URL(url).host
        self._tokens = tokens
        self._budget = budget
        self.calls = calls
        self.bulk_patience = bulk_patience
        self._observed: dict[tuple[str, int], int] = {}

    def cost(self, document: Document) -> int:
        """Points to take for a document without variables of its own: those that Shopify asked for the last time."""
        return self._expected(document, (document.name, 0))

    def _expected(self, document: Document, size: tuple[str, int]) -> int:
        return self._observed.get(size) or size[1] or document.cost({})

    async def execute(
        self,
        document: Document,
        variables: Mapping[str, Any] | str,
        *,
        points: int | None = None,
        keep: int = 0,
        request_id: int | None = None,
        attempts: int = ATTEMPTS,
        wait: float | None = None,
        asked: float | None = None,
        log_later: bool = False,
        is_mark: bool = False,
    ) -> Answer:
        """Send a document; repeat it, unchanged, while the error is transient.

        Args:
            variables: a mapping, or the exact JSON text to send. Mutations must be idempotent by their own key.
            points: what it will cost, where that depends on an exact text.
            keep: points of the budget to leave to more urgent callers.
            request_id: the stored request this is, for the log.
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
        writes = document.writes and not is_mark
        size = (document.name, points or (0 if isinstance(variables, str) else document.cost(variables)))
        for attempt in range(attempts):
            try:
                taken = wait if attempt == 0 else None
                data, call = await self._once(document, body, size, keep, request_id, taken, asked, writes)
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
        self,
        document: Document,
        body: bytes,
        size: tuple[str, int],
        keep: int,
        request_id: int | None,
        wait: float | None,
        asked: float | None,
        writes: bool,
    ) -> tuple[dict[str, Any], Call]:
        reserved = self._expected(document, size)
        try:
            token = await self._tokens.get()
        except BaseException:
            if wait is not None:
                await self._budget.give_back(reserved)
            raise
        if wait is None:
            await self._budget.reserve(reserved, keep, writes=writes, request_id=request_id)
        else:
            await self._budget.claim(reserved, wait, asked=asked, request_id=request_id)
        data, call = await self._send(document, body, token, reserved, request_id)
        if call.http_status == 401 or (call.error and call.error.code == "ACCESS_DENIED"):
            await self.calls.write(call)
            # Another token may have been given, or granted, meanwhile; if not, this says what is wrong.
            token = await self._other_token(token, call)
            await self._budget.reserve(reserved, keep, writes=writes, request_id=request_id)
            data, call = await self._send(document, body, token, reserved, request_id)
        if call.cost:
            self._observed[size] = call.cost.requested
        if call.error:
            await self.calls.write(call)
            raise call.error
        return data, call

    async def _other_token(self, token: str, call: Call) -> str:
        try:
            return await self._tokens.get(refused=token)
        except ShopRefused as error:
            raise (call.error if call.error and call.http_status != 401 else error) from error

    async def _send(
        self, document: Document, body: bytes, token: str, reserved: int, request_id: int | None
    ) -> tuple[dict[str, Any], Call]:
        started = time.monotonic()
        response: httpx.Response | None = None
        error: ShopifyError | None = None
        payload: dict[str, Any] = {}
        try:
            response = await self._http.post(
                self._endpoint,
                content=body,
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
        call = Call(
            document.name,
            round((time.monotonic() - started) * 1000),
            reserved,
            request_id,
            response.status_code if response else None,
            error,
            headers.get("X-Request-Id"),
            cost_of(payload),
            headers.get("X-Shopify-API-Version"),
            headers.get("X-Shopify-API-Deprecated-Reason"),
        )
        await self.calls.read(call)
        return payload.get("data") or {}, call
