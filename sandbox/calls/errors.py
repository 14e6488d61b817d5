"""Errors that end a request or a root field, as opposed to `userErrors`, which are ordinary answers."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError, Node

DOCUMENTATION = "https://shopify.dev/api/usage/access-scopes"


def refused(message: str, code: str, **extensions: Any) -> GraphQLError:
    """A resolver's error: located at its field, which becomes null; the rest of the answer stays."""
    return GraphQLError(message, extensions={"code": code, **extensions})


def access_denied(name: str, scope: str) -> GraphQLError:
    required = f"`{scope}` access scope."
    return refused(
        f"Access denied for {name} field. Required access: {required}",
        "ACCESS_DENIED",
        documentation=DOCUMENTATION,
        requiredAccess=required,
    )


def bad_request(message: str) -> GraphQLError:
    return refused(message, "BAD_REQUEST")


def invalid_id() -> GraphQLError:
    """An id of another type, or no Shopify id at all."""
    return refused("invalid id", "RESOURCE_NOT_FOUND")


def location(node: Node) -> dict[str, int]:
    """Line and column of a node, counted from 1."""
    if node.loc is None:
        raise ValueError("the document was parsed without locations")
    token = node.loc.start_token
    return {"line": token.line, "column": token.column}


def user_error(field: list[str] | None, message: str, code: str | None = None) -> dict[str, Any]:
    """One entry of `userErrors`; list positions in `field` are strings."""
    return {"field": field, "message": message, "code": code}
