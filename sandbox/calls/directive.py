"""The `@idempotent` directive on a mutation's field, around its resolver."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from graphql import DirectiveNode, Undefined, VariableNode, value_from_ast_untyped

from sandbox.calls.call import Call, Info
from sandbox.calls.errors import bad_request, user_error
from sandbox.calls.keys import CONCURRENT, Attempt, fingerprint

Payload = dict[str, Any]
Resolver = Callable[..., Payload]

REQUIRED = "The @idempotent directive is required for this mutation but was not provided."


def idempotent(resolver: Resolver) -> Resolver:
    """The resolver, run once per key. Without the directive the field is refused."""

    @wraps(resolver)
    def resolve(source: Any, info: Info, **arguments: Any) -> Payload:
        directive = directive_of(info.field_nodes[0].directives or ())
        if directive is None:
            raise bad_request(REQUIRED)
        key = key_of(directive, info.context.variables)
        parameters = fingerprint(info.field_name, _in_order(info))
        return once(info.context, key, parameters, lambda: resolver(source, info, **arguments))

    return resolve


def once(call: Call, key: str, parameters: bytes, run: Callable[[], Payload]) -> Payload:
    """`run`, or what became of an earlier request under the key."""
    if not key.strip():
        raise bad_request("The idempotency key can't be blank.")
    if key in call.contended:
        return refused(CONCURRENT)
    found = call.keys.earlier(call.app, key, parameters)
    if isinstance(found, Attempt):
        return found.payload
    if found is not None:
        return refused(found)
    call.key = key
    try:
        payload = run()
    finally:
        call.key = None
    call.keys.keep(call.app, key, parameters, payload)
    return payload


def refused(reason: tuple[str, str]) -> Payload:
    """Under every name that a payload's user errors have."""
    code, message = reason
    errors = [user_error(None, message, code)]
    names = ("userErrors", "locationActivateUserErrors", "locationDeactivateUserErrors")
    return dict.fromkeys(names, errors)


def directive_of(nodes: tuple[DirectiveNode, ...]) -> DirectiveNode | None:
    return next((node for node in nodes if node.name.value == "idempotent"), None)


def key_of(directive: DirectiveNode, variables: dict[str, Any]) -> str:
    value = directive.arguments[0].value if directive.arguments else None
    return str(value_from_ast_untyped(value, variables)) if value else ""


def _in_order(info: Info) -> dict[str, Any]:
    """The arguments as they were sent: graphql-core would put input fields in the schema's order."""
    variables = info.context.variables
    return {
        argument.name.value: variables.get(argument.value.name.value)
        if isinstance(argument.value, VariableNode)
        else _given(value_from_ast_untyped(argument.value, variables))
        for argument in info.field_nodes[0].arguments or ()
    }


def _given(value: Any) -> Any:
    """Without the fields whose variables were left out."""
    if isinstance(value, dict):
        return {name: _given(one) for name, one in value.items() if one is not Undefined}
    return [_given(one) for one in value] if isinstance(value, list) else value
