"""The Admin API of one shop: send a document, read the answer, tell what an error means for the caller."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import structlog

from runner.documents import API_VERSION, Document
from runner.errors import (
    LostAnswer,
    RequestRefused,
    ServerFault,
    ShopifyError,
    ShopRefused,
    Throttled,
    Transient,
    Unreachable,
)

log = structlog.get_logger()

ATTEMPTS = 5
FIRST_DELAY = 0.25
LONGEST_DELAY = 8.0

_SHOP_STATUS = {
    401: ("UNAUTHORIZED", "The shop does not take the access token.", "Run: shelfwire shop token"),
    402: ("SHOP_FROZEN", "The shop is frozen for want of payment.", "Settle the shop's bill with Shopify."),
    403: ("FORBIDDEN", "The shop forbids the call.", "Give the app the scopes that shop verify names."),
    404: ("NOT_FOUND", "There is no such shop or API version.", "Check the shop's domain."),
    423: ("SHOP_LOCKED", "The shop is locked.", "Ask Shopify's support why."),
    430: (
        "SECURITY_REJECTION",
        "Shopify rejects the call for reasons of security.",
        "Do not retry; ask Shopify.",
    ),
}


class Tokens(Protocol):
    """Where the access token comes from."""

    async def get(self, *, refused: str | None = None) -> str: ...


class Budget(Protocol):
    """Where points come from, and how to wait."""

    async def reserve(self, cost: int, keep: int = 0) -> None: ...

    async def pause(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Cost:
    """``extensions.cost`` of an answer, in points and points per second."""

    requested: int
    actual: int | None
    capacity: float
    restore_rate: float
    available: float


@dataclass(frozen=True)
class Call:
    """One exchange as it is logged: no token, no variables, no body."""

    document: str
    milliseconds: int
    reserved: int
    request_id: int | None = None
    http_status: int | None = None
    error: ShopifyError | None = None
    shopify_request_id: str | None = None
    cost: Cost | None = None


class CallLog(Protocol):
    """Where calls are noted."""

    async def __call__(self, call: Call) -> None: ...


@dataclass(frozen=True)
class Answer:
    """``data`` of an answer without errors, and the API version that gave it."""

    data: dict[str, Any]
    version: str | None


class Client:
    """Calls one shop. Several tasks may use it at once."""

    def __init__(self, http: httpx.AsyncClient, url: str, tokens: Tokens, budget: Budget, log_call: CallLog) -> None:
        self._http = http
        self._endpoint = f"{url}/admin/api/{API_VERSION}/graphql.json"
        self._host = httpx.URL(url).host
        self._tokens = tokens
        self._budget = budget
        self._log_call = log_call
        self._observed: dict[tuple[str, int], int] = {}

    async def execute(
        self,
        document: Document,
        variables: Mapping[str, Any] | str,
        *,
        keep: int = 0,
        request_id: int | None = None,
        attempts: int = ATTEMPTS,
    ) -> Answer:
        """Send a document; repeat it, unchanged, while the error is transient.

        Args:
            variables: a mapping, or the exact JSON text to send. Mutations must be idempotent by their own key.
            keep: points of the budget to leave to more urgent callers.
            request_id: the stored request this is, for the log.

        Raises:
            Transient: it failed ``attempts`` times, or the runner is stopping.
            ShopRefused: every call to this shop will fail.
            RequestRefused: this request will fail again.
        """
        text = variables if isinstance(variables, str) else json.dumps(variables)
        body = f'{{"query":{json.dumps(document.text)},"operationName":"{document.name}","variables":{text}}}'.encode()
        size = (document.name, 0 if isinstance(variables, str) else document.cost(variables))
        expected = size[1] or document.cost({})
        for attempt in range(attempts):
            try:
                return await self._once(document, body, size, expected, keep, request_id)
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
        expected: int,
        keep: int,
        request_id: int | None,
    ) -> Answer:
        token = await self._tokens.get()
        reserved = self._observed.get(size, expected)
        await self._budget.reserve(reserved, keep)
        data, version, call = await self._send(document, body, token, reserved, request_id)
        await self._log_call(call)
        if call.http_status == 401 or (call.error and call.error.code == "ACCESS_DENIED"):
            # Another token may have been given, or granted, meanwhile; if not, this says what is wrong.
            token = await self._other_token(token, call)
            await self._budget.reserve(reserved, keep)
            data, version, call = await self._send(document, body, token, reserved, request_id)
            await self._log_call(call)
        if call.cost:
            self._observed[size] = call.cost.requested
        if call.error:
            raise call.error
        if version not in (None, API_VERSION):
            log.warning("version.differs", shop=self._host, asked=API_VERSION, answered=version)
        return Answer(data, version)

    async def _other_token(self, token: str, call: Call) -> str:
        try:
            return await self._tokens.get(refused=token)
        except ShopRefused as error:
            raise (call.error if call.error and call.http_status != 401 else error) from error

    async def _send(
        self, document: Document, body: bytes, token: str, reserved: int, request_id: int | None
    ) -> tuple[dict[str, Any], str | None, Call]:
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
            payload, error = _read(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            error = Unreachable(f"{self._host} is out of reach.", remedy="Check the shop's address and the network.")
        except httpx.TransportError as cause:
            error = LostAnswer(f"{self._host} took the request, but gave no answer ({type(cause).__name__}).")
        headers = response.headers if response else httpx.Headers()
        call = Call(
            document.name,
            round((time.monotonic() - started) * 1000),
            reserved,
            request_id,
            response.status_code if response else None,
            error,
            headers.get("X-Request-Id"),
            _cost(payload),
        )
        return payload.get("data") or {}, headers.get("X-Shopify-API-Version"), call


def _cost(payload: dict[str, Any]) -> Cost | None:
    cost = payload.get("extensions", {}).get("cost")
    if not cost:
        return None
    status = cost["throttleStatus"]
    return Cost(
        cost["requestedQueryCost"],
        cost.get("actualQueryCost"),
        status["maximumAvailable"],
        status["restoreRate"],
        status["currentlyAvailable"],
    )


def _read(response: httpx.Response) -> tuple[dict[str, Any], ShopifyError | None]:
    """The body of an answer, and what is wrong with it (shapes and HTTP codes of the Admin API)."""
    status = response.status_code
    if status == 429:
        return {}, Throttled("Shopify asks to slow down.", wait=float(response.headers.get("Retry-After", 1)))
    if status >= 500:
        return {}, ServerFault(f"Shopify answered with HTTP {status}.", code=f"HTTP_{status}")
    if status in _SHOP_STATUS:
        code, message, remedy = _SHOP_STATUS[status]
        return {}, ShopRefused(message, code=code, remedy=remedy)
    try:
        payload = response.json()
    except ValueError:
        return {}, LostAnswer(f"The answer with HTTP {status} is not JSON.")
    if status != 200 or not isinstance(payload, dict):
        return {}, RequestRefused(f"Shopify answered with HTTP {status}.", code=f"HTTP_{status}")
    if errors := payload.get("errors"):
        return payload, _graphql_error(errors, _cost(payload))
    if not isinstance(payload.get("data"), dict):
        return payload, LostAnswer("The answer holds neither data nor errors.")
    return payload, None


def _graphql_error(errors: Any, cost: Cost | None) -> ShopifyError:
    if not isinstance(errors, list):
        return RequestRefused(str(errors))
    first = errors[0]
    code = str(first.get("extensions", {}).get("code", "UNKNOWN"))
    message = str(first.get("message", "")).rstrip(".") + "."
    if code == "THROTTLED":
        missing = cost.requested - cost.available if cost else 0
        return Throttled(wait=max(missing / cost.restore_rate, 0.05) if cost else 1.0)
    if code == "INTERNAL_SERVER_ERROR":
        return ServerFault(message)
    if code == "ACCESS_DENIED":
        return ShopRefused(message, code=code, remedy="Give the app this scope, then run: shelfwire shop verify")
    if code == "SHOP_INACTIVE":
        return ShopRefused("The shop is inactive.", code=code, remedy="Reopen the shop in the Shopify admin.")
    return RequestRefused(message, code=code)
