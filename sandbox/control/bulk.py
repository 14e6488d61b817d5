"""Bulk operations from outside: those of somebody else, ended and expired by hand."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.control.forms import BULK, BadForm, missing, read_form
from sandbox.service import Service
from sandbox.state.operations import BulkOperation


class BulkControl:
    def __init__(self, service: Service) -> None:
        self.service = service

    async def operations(self, _: Request) -> Response:
        """Newest first."""
        known = reversed(self.service.store.bulk_operations.values())
        return JSONResponse({"operations": [one.line() for one in known]})

    async def occupy(self, request: Request) -> Response:
        """Another process of the app that called last starts one; without `seconds` it runs until it is ended."""
        form = await read_form(request, BULK)
        if "type" not in form:
            raise BadForm("type: missing; MUTATION or QUERY")
        operation = self.service.bulk.occupy(self.service.last_app, form["type"], form.get("seconds"))
        return JSONResponse(operation.line(), 201)

    async def end(self, request: Request) -> Response:
        """It is completed, without a row."""
        operation = self._named(request)
        if operation is None or not operation.is_at_work:
            return missing("no such operation at work")
        self.service.bulk.finish(operation)
        return Response(status_code=204)

    async def expire(self, request: Request) -> Response:
        """Seven days have passed: the address of the result works no more."""
        operation = self._named(request)
        if operation is None or operation.result is None:
            return missing("no such operation with a result")
        operation.result.expires_at = self.service.clock.now()
        return Response(status_code=204)

    def _named(self, request: Request) -> BulkOperation | None:
        return self.service.store.bulk_operations.get(request.path_params["id"])
