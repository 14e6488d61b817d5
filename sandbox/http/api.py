"""The Admin API over HTTP: addresses, headers and status codes; the rest happens behind it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Collection
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from sandbox.calls.errors import access_denied
from sandbox.calls.journal import Request as Entry
from sandbox.execution.access import required_scope
from sandbox.execution.cost import MAX_COST
from sandbox.execution.documents import Operation
from sandbox.execution.execution import Answer, Prepared
from sandbox.http.exchange import Dropped, Exchange, dropped, gone, new_request_id, respond
from sandbox.http.outcomes import broken, entries_of, items_of, outcome_of, too_costly
from sandbox.service import Service
from sandbox.shop.versions import VERSIONS, served

UNAUTHORIZED = "[API] Invalid API key or access token (unrecognized login or wrong password)"
DEPRECATED = "https://shopify.dev/api/usage/versioning#deprecation-practices"
# What faults call the grant of a token, which is no operation.
GRANT = "access_token"
PATIENCE = 60.0
"""Seconds until a connection without an answer is closed, unless the fault says otherwise."""


class Api:
    def __init__(self, service: Service) -> None:
        self.service = service

    async def token(self, request: Request) -> Response:
        """The client-credentials grant, as a form or as JSON."""
        raw = await request.body()
        try:
            if request.headers.get("content-type", "").startswith("application/json"):
                form = json.loads(raw)
            else:
                form = dict(parse_qsl(raw.decode()))
        except ValueError:
            form = None
        if not isinstance(form, dict):
            return respond(400, {"error": "invalid_request"}, {}, new_request_id())
        await self._think((GRANT,), 0.0)
        status, body = self.service.tokens.grant(form)
        return respond(status, body, {}, new_request_id())

    async def graphql(self, request: Request) -> Response:
        started = time.perf_counter()
        version = served(request.path_params["version"])
        if version is None:
            return respond(404, {"errors": "Not Found"}, {}, new_request_id())
        exchange = Exchange(request, version, "", Entry(self.service.clock.now()), new_request_id())
        try:
            return await self._answered(exchange)
        except Dropped:
            exchange.entry.status = 0
            return await dropped(request)
        finally:
            exchange.entry.milliseconds = (time.perf_counter() - started) * 1000
            self.service.journal.add(exchange.entry)

    async def _answered(self, exchange: Exchange) -> Response:
        request, service = exchange.request, self.service
        token = request.headers.get("x-shopify-access-token", "")
        app = service.tokens.app_of(token)
        if app is None:
            return exchange.answer(401, {"errors": UNAUTHORIZED})
        exchange.app = app
        if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return exchange.answer(415, {"errors": "Unsupported Media Type"})
        try:
            body = json.loads(await request.body())
        except ValueError:
            return exchange.answer(400, {"errors": {"json": "The body is not valid JSON"}})
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            return exchange.answer(400, {"errors": {"query": "Required parameter missing or invalid"}})
        variables, name = body.get("variables") or {}, body.get("operationName")
        if not isinstance(variables, dict) or not isinstance(name, str | None):
            return exchange.answer(400, {"errors": {"variables": "Required parameter missing or invalid"}})
        operation = service.execution.operation(body["query"], name or None)
        if isinstance(operation, dict):
            return exchange.answer(200, operation, outcome_of(operation))
        exchange.entry.operation = operation.label
        refused = await self._spoilt(exchange, operation, token, variables)
        if refused is not None:
            return refused
        prepared = service.execution.prepare(operation, variables)
        if isinstance(prepared, dict):
            return exchange.answer(200, prepared, outcome_of(prepared))
        return await self._run(exchange, prepared)

    async def _spoilt(self, exchange: Exchange, operation: Operation, token: str, variables: Answer) -> Response | None:
        """What goes wrong before anything runs."""
        strikes = self.service.faults.strikes
        names = operation.names
        if strikes("version_fallback", names):
            exchange.version = VERSIONS[0]
        if fault := strikes("deprecated", names):
            exchange.headers["X-Shopify-API-Deprecated-Reason"] = fault.message or DEPRECATED
        if strikes("expired_token", names):
            self.service.tokens.revoke(token)
            return exchange.answer(401, {"errors": UNAUTHORIZED}, "fault: expired_token")
        if fault := strikes("http_429", names):
            exchange.headers["Retry-After"] = f"{fault.retry_after or 1.0:.1f}"
            return exchange.answer(429, {"errors": "Too Many Requests"}, "fault: http_429")
        if strikes("http_430", names):
            return exchange.answer(430, {"errors": "Shopify Security Rejection"}, "fault: http_430")
        if fault := strikes("http_5xx", names):
            status = fault.status or 503
            return exchange.answer(status, {"errors": "Service Unavailable"}, f"fault: http_{status}")
        fault = strikes("withdrawn", names)
        if fault and (errors := self.service.execution.without(fault.name or "", operation, variables)):
            return exchange.answer(200, {"errors": errors}, "fault: withdrawn")
        if fault := strikes("answer", names):
            return exchange.answer(fault.status or 200, fault.body, "fault: answer")
        if strikes("drop_before", names):
            exchange.entry.outcome = "fault: drop_before"
            raise Dropped
        return None

    async def _run(self, exchange: Exchange, prepared: Prepared) -> Response:
        service, operation = self.service, prepared.operation
        keys = operation.idempotency_keys(prepared.variables)
        entry = exchange.entry
        entry.idempotency_key = keys[0] if keys else None
        entry.entries = entries_of(prepared)
        contended = service.keys.enter(exchange.app, keys)
        try:
            await self._think(operation.names, service.settings.latency_ms / 1000)
            body = self._execute(exchange, prepared, contended)
        finally:
            service.keys.leave(exchange.app, keys)
        if service.faults.strikes("drop_after", operation.names):
            entry.outcome = "fault: drop_after"
            raise Dropped
        if fault := service.faults.strikes("timeout", operation.names):
            entry.outcome = "fault: timeout"
            await gone(exchange.request, fault.seconds if fault.seconds is not None else PATIENCE)
            raise Dropped
        if service.faults.strikes("internal_error_after", operation.names):
            return exchange.answer(200, broken(exchange.id, operation), "fault: internal_error_after")
        return exchange.answer(200, body)

    async def _think(self, names: Collection[str], seconds: float) -> None:
        if fault := self.service.faults.strikes("delay", names):
            seconds += fault.seconds if fault.seconds is not None else 1.0
        if seconds:
            await asyncio.sleep(seconds)

    def _execute(self, exchange: Exchange, prepared: Prepared, contended: frozenset[str]) -> Answer:
        service, operation, entry = self.service, prepared.operation, exchange.entry
        cost: Answer
        bucket, strikes = service.bucket(exchange.app), service.faults.strikes
        requested = prepared.requested
        if requested > MAX_COST:
            entry.outcome = "MAX_COST_EXCEEDED"
            return too_costly(requested)
        if strikes("throttled", operation.names) or not bucket.charge(requested):
            entry.outcome = "THROTTLED"
            service.journal.stats.throttled += 1
            cost = {"requestedQueryCost": requested, "actualQueryCost": None}
            status = bucket.status()
            # A fault may strike while the bucket is full; a client must not be told so.
            status["currentlyAvailable"] = min(status["currentlyAvailable"], requested - 1)
            return {
                "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
                "extensions": {"cost": {**cost, "throttleStatus": status}},
            }
        if prepared.too_long:
            service.journal.stats.cost_charged += requested
            entry.cost, entry.outcome = requested, outcome_of({"errors": prepared.too_long})
            cost = {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": bucket.status()}
            return {"errors": prepared.too_long, "extensions": {"cost": cost}}
        if operation.is_mutation:
            service.journal.stats.mutations += 1
        if strikes("internal_error", operation.names, lambda: items_of(prepared)):
            body, actual = broken(exchange.id, operation), requested
        elif strikes("access_denied", operation.names):
            body, actual = self._denied(operation), requested
        else:
            call = service.call(exchange.app, exchange.address, operation.names, prepared.variables)
            call.contended = contended
            body, actual = service.execution.run(prepared, call, exchange.id)
            if call.warnings:
                body["extensions"] = {"search": call.warnings}
        bucket.refund(requested - actual)
        service.journal.stats.cost_charged += actual
        entry.cost = actual
        entry.outcome = outcome_of(body)
        cost = {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": bucket.status(),
        }
        body["extensions"] = {"cost": cost, **body.get("extensions", {})}
        return body

    def _denied(self, operation: Operation) -> Answer:
        schema = self.service.execution.schema
        kind = schema.mutation_type if operation.is_mutation else schema.query_type
        errors: list[Answer] = []
        data: Answer = {}
        for root in operation.roots:
            name, key = root.name.value, (root.alias or root.name).value
            scope = kind and required_scope(kind, name, kind.fields[name])
            error = access_denied(name, scope or "read_products")
            errors.append({"message": error.message, "extensions": error.extensions, "path": [key]})
            data[key] = None
        return {"errors": errors, "data": data}
