"""What shall go wrong, and how much the buckets hold."""

from __future__ import annotations

from graphql import GraphQLEnumType
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.control.forms import BUCKET, FAULT, BadForm, missing, read_form
from sandbox.faults.fault import Fault
from sandbox.service import Service


class FaultControl:
    def __init__(self, service: Service) -> None:
        self.service = service

    async def faults(self, _: Request) -> Response:
        return JSONResponse({"faults": [one.line() for one in self.service.faults.active()]})

    async def add_fault(self, request: Request) -> Response:
        form = await read_form(request, FAULT)
        if form["fault"] == "user_error" and not form.get("items"):
            raise BadForm("items: a user_error needs the ids or SKUs it strikes")
        codes = "BulkOperationErrorCode" if form["fault"] == "bulk_failed" else "InventorySetQuantitiesUserErrorCode"
        kind = self.service.execution.schema.type_map[codes]
        if "code" in form and isinstance(kind, GraphQLEnumType) and form["code"] not in kind.values:
            raise BadForm(f"code: {form['code']!r} is none of {', '.join(kind.values)}")
        if form["fault"] == "http_5xx" and form.get("status", 500) < 500:
            raise BadForm(f"status: {form['status']} is not a whole number from 500 to 599")
        if form["fault"] == "withdrawn" and not self.service.execution.has_field(form.get("name", "")):
            raise BadForm(f"name: the schema has no {form.get('name')!r}; give a field as Type.field")
        if "items" in form:
            form["items"] = tuple(form["items"])
        return JSONResponse({"id": self.service.faults.add(Fault(**form))}, 201)

    async def remove_faults(self, request: Request) -> Response:
        if not self.service.faults.remove(request.path_params.get("id")):
            return missing("no such fault")
        return Response(status_code=204)

    async def change_bucket(self, request: Request) -> Response:
        """The shop changes its plan: full buckets of these sizes from now on; without a size, no bucket."""
        form = await read_form(request, BUCKET)
        if len(form) == 1:
            raise BadForm("bucket: capacity and restore_rate belong together")
        self.service.change_buckets(form.get("capacity"), form.get("restore_rate"))
        return Response(status_code=204)
