"""Leaf values as Shopify takes them: what is accepted for a scalar or enum, and the wording of a refusal."""

from __future__ import annotations

import json
import re
from typing import Any

from graphql import GraphQLEnumType, GraphQLLeafType

from sandbox.execution.enums import in_order
from sandbox.state import gids

DECIMAL = re.compile(r"-?\d+(\.\d+)?\Z")
INT_MAX = 2**31


def refusal(kind: GraphQLLeafType, value: Any) -> str | None:
    """Why `value`, taken from JSON or from a literal, is no `kind`; None if it is one."""
    if isinstance(kind, GraphQLEnumType):
        if isinstance(value, str) and value in kind.values:
            return None
        return f"Expected {json.dumps(value)} to be one of: {', '.join(in_order(kind))}"
    if kind.name == "ID":
        return None if is_global_id(value) else f"Invalid global id '{value}'"
    if _accepts(kind.name, value):
        return None
    return f"Could not coerce value {json.dumps(value)} to {kind.name}"


def is_global_id(value: Any) -> bool:
    return isinstance(value, str) and gids.is_gid(value)


def _accepts(kind: str, value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "Int":
        return isinstance(value, int) and number and -INT_MAX <= value < INT_MAX
    if kind == "Float":
        return number
    if kind == "Boolean":
        return isinstance(value, bool)
    if kind in ("Decimal", "Money"):
        return number or (isinstance(value, str) and DECIMAL.match(value) is not None)
    if kind == "UnsignedInt64":
        return isinstance(value, str | int) and str(value).isdigit()
    return kind == "JSON" or isinstance(value, str)
