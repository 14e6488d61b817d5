"""Variables against their declared types, with the wording Shopify gives a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    is_required_input_field,
    print_ast,
    type_from_ast,
)

from sandbox.calls.errors import location
from sandbox.execution.scalars import refusal

Problem = dict[str, Any]


def variable_errors(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: dict[str, Any]
) -> list[dict[str, Any]]:
    """One INVALID_VARIABLE error per refused variable; empty if the operation can run."""
    errors = []
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name not in variables and definition.default_value is not None:
            continue
        kind = cast(GraphQLInputType, type_from_ast(schema, definition.type))
        value = variables.get(name)
        problems = list(_problems(kind, value, []))
        if problems:
            errors.append(_error(definition, value, problems))
    return errors


def _error(definition: VariableDefinitionNode, value: Any, problems: list[Problem]) -> dict[str, Any]:
    message = (
        f"Variable ${definition.variable.name.value} of type {print_ast(definition.type)} was provided invalid value"
    )
    fields = [
        f"{'.'.join(map(str, problem['path']))} ({problem['explanation']})" for problem in problems if problem["path"]
    ]
    return {
        "message": f"{message} for {', '.join(fields)}" if fields else message,
        "locations": [location(definition)],
        "extensions": {"code": "INVALID_VARIABLE", "value": value, "problems": problems},
    }


def _problems(kind: GraphQLInputType, value: Any, path: list[str | int]) -> Iterator[Problem]:
    if isinstance(kind, GraphQLNonNull):
        if value is None:
            yield _problem(path, "Expected value to not be null")
            return
        kind = kind.of_type
    if value is None:
        return
    if isinstance(kind, GraphQLList):
        for position, one in enumerate(value if isinstance(value, list) else [value]):
            yield from _problems(kind.of_type, one, [*path, position])
    elif isinstance(kind, GraphQLInputObjectType):
        yield from _object_problems(kind, value, path)
    else:
        explanation = refusal(kind, value)
        if explanation is not None:
            problem = _problem(path, explanation)
            if kind.name == "ID":
                problem["message"] = explanation
            yield problem


def _object_problems(kind: GraphQLInputObjectType, value: Any, path: list[str | int]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _problem(path, f"Expected {json.dumps(value)} to be a key-value object.")
        return
    for name in value:
        if name not in kind.fields:
            yield _problem([*path, name], f"Field is not defined on {kind.name}")
    for name, field in kind.fields.items():
        if name in value:
            yield from _problems(field.type, value[name], [*path, name])
        elif is_required_input_field(field):
            yield _problem([*path, name], "Expected value to not be null")
    if kind.is_one_of:
        if len(value) != 1:
            yield _problem(path, f"'{kind.name}' requires exactly one argument, but {len(value)} were provided.")
        elif None in value.values():
            name = next(iter(value))
            yield _problem([*path, name], f"'{kind.name}' requires exactly one argument, but '{name}' was `null`.")


def _problem(path: list[str | int], explanation: str) -> Problem:
    return {"path": path, "explanation": explanation}
