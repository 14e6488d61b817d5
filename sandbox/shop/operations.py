"""Bulk operations, as queries see them; started and cancelled.

https://shopify.dev/docs/api/usage/bulk-operations/queries and .../imports
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sandbox.calls.call import Call, Info
from sandbox.calls.errors import invalid_id, user_error
from sandbox.calls.resolvers import resolves
from sandbox.lists.connections import Connection, Key
from sandbox.lists.paging import listed
from sandbox.state.gids import number
from sandbox.state.operations import BulkOperation

Args = dict[str, Any]

OUTPUTS = "bulk-operation-outputs"
"""Where results are served."""

OPERATION_KEYS: dict[str, Key] = {
    "CREATED_AT": lambda one: (one.created_at, one.id),
    "COMPLETED_AT": lambda one: (one.completed_at or 0.0, one.id),
}


def of_app(call: Call) -> list[BulkOperation]:
    """An app sees its own, oldest first."""
    return [one for one in call.store.bulk_operations.values() if one.app == call.app]


def found(call: Call, id: str) -> BulkOperation | None:
    wanted = number(id, "BulkOperation")
    if wanted is None:
        raise invalid_id()
    return next((one for one in of_app(call) if one.id == wanted), None)


@resolves("QueryRoot", "bulkOperation")
def bulk_operation(_: Any, info: Info, id: str) -> BulkOperation | None:
    return found(info.context, id)


@resolves("QueryRoot", "bulkOperations")
def bulk_operations(_: Any, info: Info, **args: Any) -> Connection:
    """Newest first; `reverse` begins with the oldest."""
    args = {**args, "reverse": not args.get("reverse")}
    return listed(info, BulkOperation, of_app(info.context), args, OPERATION_KEYS[args.get("sortKey") or "CREATED_AT"])


@resolves("QueryRoot", "currentBulkOperation")
def current(_: Any, info: Info, type: str | None = "QUERY") -> BulkOperation | None:
    """The last one of its type, whether it has ended or not."""
    return next((one for one in reversed(of_app(info.context)) if one.type == type), None)


@resolves("Mutation", "bulkOperationRunQuery")
def run_query(_: Any, info: Info, **args: Any) -> Args:
    call = info.context
    return call.bulk.run_query(call, args["query"], args["groupObjects"])


@resolves("Mutation", "bulkOperationRunMutation")
def run_mutation(_: Any, info: Info, **args: Any) -> Args:
    call = info.context
    return call.bulk.run_mutation(call, args["mutation"], args["stagedUploadPath"], args.get("clientIdentifier"))


@resolves("Mutation", "bulkOperationCancel")
def cancel(_: Any, info: Info, id: str) -> Args:
    operation = found(info.context, id)
    if operation is None:
        return {"bulkOperation": None, "userErrors": [user_error(["id"], "Bulk operation does not exist")]}
    if not operation.is_at_work:
        status = status_at(operation, info.context.now).lower()
        error = user_error(None, f"A bulk operation cannot be canceled when it is {status}")
        return {"bulkOperation": operation, "userErrors": [error]}
    info.context.bulk.cancel(operation)
    return {"bulkOperation": operation, "userErrors": []}


def status_at(one: BulkOperation, now: float) -> str:
    expired = one.status == "COMPLETED" and one.result is not None and one.result.expires_at <= now
    return "EXPIRED" if expired else one.status


@resolves("BulkOperation", "status")
def status(one: BulkOperation, info: Info) -> str:
    return status_at(one, info.context.now)


@resolves("BulkOperation", "objectCount")
def object_count(one: BulkOperation, _: Info) -> str:
    return str(one.objects)


@resolves("BulkOperation", "rootObjectCount")
def root_object_count(one: BulkOperation, _: Info) -> str:
    return str(one.roots)


@resolves("BulkOperation", "fileSize")
def file_size(one: BulkOperation, _: Info) -> str | None:
    return str(one.result.size) if one.result and one.status == "COMPLETED" else None


@resolves("BulkOperation", "url")
def url(one: BulkOperation, info: Info) -> str | None:
    return _address(one, info.context) if status(one, info) == "COMPLETED" else None


@resolves("BulkOperation", "partialDataUrl")
def partial_data_url(one: BulkOperation, info: Info) -> str | None:
    return _address(one, info.context) if one.status == "FAILED" else None


def _address(one: BulkOperation, call: Call) -> str | None:
    result = one.result
    if result is None or result.expires_at <= call.now:
        return None
    name = f"bulk-{one.id}.jsonl"
    signed = {
        "GoogleAccessId": "assets-us-prod@shopify-tiers.iam.gserviceaccount.com",
        "Expires": int(result.expires_at),
        "Signature": result.signature,
        "response-content-disposition": f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}",
        "response-content-type": "application/jsonl",
    }
    return f"{call.address}/{OUTPUTS}/{result.name}?{urlencode(signed)}"
