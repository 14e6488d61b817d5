"""From the text of a request to the body of its answer, without HTTP and without what goes wrong on purpose."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLError, execute_sync, value_from_ast_untyped

from sandbox.calls.call import Call
from sandbox.calls.errors import location
from sandbox.execution.cost import actual_cost, input_points, requested_cost
from sandbox.execution.documents import Documents, Operation
from sandbox.execution.schema import executable_schema, schema_without, type_name
from sandbox.execution.validation import static_errors
from sandbox.execution.variables import variable_errors

LIST_LIMIT = 250
LONGER_LISTS = {
    ("productSet", "input", "variants"): 2048,
    ("productVariantsBulkCreate", "variants"): 2048,
}

Answer = dict[str, Any]


@dataclass(slots=True)
class Prepared:
    """An operation that may run: its variables are in order, and its price is known."""

    operation: Operation
    variables: dict[str, Any]
    points: float
    requested: int
    short: bool
    """Whether the operation's shortcut can be taken."""
    too_long: list[dict[str, Any]] = field(default_factory=list)
    """Errors of lists that are too long: paid for, but not run."""


class Execution:
    def __init__(self) -> None:
        self.schema = executable_schema()
        self.documents = Documents(self.schema)

    def operation(self, text: str, name: str | None) -> Operation | Answer:
        """The operation to run, or the answer with everything that is wrong with the document."""
        document = self.documents.get(text)
        if document.errors:
            return {"errors": document.errors}
        operation = document.choose(name)
        if operation is None:
            message = f'No operation named "{name}"' if name else "An operation name is required"
            return {"errors": [{"message": message}]}
        return operation

    def has_field(self, name: str) -> bool:
        """Whether there is a field of an object or input, named as Type.field."""
        owner, _, field = name.partition(".")
        return field in getattr(self.schema.type_map.get(owner), "fields", {})

    def without(self, name: str, operation: Operation, variables: dict[str, Any]) -> list[Answer]:
        """What would be wrong with an operation in a schema that has lost a field, named as Type.field."""
        schema = schema_without(name)
        return static_errors(schema, operation.document) or variable_errors(schema, operation.node, variables)

    def prepare(self, operation: Operation, variables: dict[str, Any]) -> Prepared | Answer:
        """Refuses wrong variables; such an answer has neither data nor cost."""
        short = operation.shortcut is not None and operation.shortcut.accepts(variables)
        points: float = 0
        too_long: list[dict[str, Any]] = []
        if not short:
            errors = variable_errors(self.schema, operation.node, variables)
            if errors:
                return {"errors": errors}
            too_long = list(_long_lists(operation.roots, variables))
            points = sum(input_points(root.name.value, _arguments(root, variables)) for root in operation.roots)
        requested = requested_cost(operation.costs, variables, points)
        return Prepared(operation, variables, points, requested, short, too_long)

    def run(self, prepared: Prepared, call: Call, request_id: str) -> tuple[Answer, int]:
        """Body without `extensions`, and the actual cost."""
        operation = prepared.operation
        data: Answer | None
        errors: list[GraphQLError] = []
        if prepared.short and operation.shortcut and "write_inventory" in call.scopes:
            data = operation.shortcut.run(call)
        else:
            result = execute_sync(
                self.schema,
                operation.document,
                context_value=call,
                variable_values=prepared.variables,
                operation_name=operation.node.name.value if operation.node.name else None,
                type_resolver=type_name,
            )
            data, errors = result.data, result.errors or []
        body: Answer = {"errors": [_printed(error, request_id) for error in errors]} if errors else {}
        body["data"] = data
        return body, min(prepared.requested, actual_cost(operation.costs, data, prepared.points))


def _printed(error: GraphQLError, request_id: str) -> dict[str, Any]:
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        traceback.print_exception(error.original_error, file=sys.stderr)
        return internal_error(error.path, request_id)
    return {
        "message": error.message,
        "locations": [{"line": one.line, "column": one.column} for one in error.locations or ()],
        "extensions": error.extensions or {},
        "path": error.path,
    }


def internal_error(path: list[str | int] | None, request_id: str) -> dict[str, Any]:
    return {
        "message": "Internal error. Looks like something went wrong on our end.\n"
        f"Request ID: {request_id} (include this in support requests).",
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id},
        "path": path,
    }


def _arguments(root: FieldNode, variables: dict[str, Any]) -> dict[str, Any]:
    return {one.name.value: value_from_ast_untyped(one.value, variables) for one in root.arguments or ()}


def _long_lists(roots: list[FieldNode], variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for root in roots:
        for name, value in _arguments(root, variables).items():
            for path, size in _lists(value, (root.name.value, name)):
                limit = LONGER_LISTS.get(path, LIST_LIMIT)
                if size > limit:
                    yield {
                        "message": f"The input array size of {size} is greater than the maximum allowed of {limit}.",
                        "locations": [location(root)],
                        "path": [(root.alias or root.name).value, *path[1:]],
                        "extensions": {"code": "MAX_INPUT_SIZE_EXCEEDED"},
                    }


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(value, list):
        yield path, len(value)
        for one in value:
            if isinstance(one, dict | list):
                yield from _lists(one, path)
    elif isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, dict | list):
                yield from _lists(one, (*path, name))
