"""The GraphQL documents of ``graphql/`` and the cost Shopify will ask for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    parse,
)
from graphql.language import SelectionSetNode

from runner.shopify.shape import Shape, shape_of

FOLDER = Path(__file__).parent / "graphql"
API_VERSION = "2026-10"
# Variables of our documents that say how much is asked for.
SIZES = {"first", "ids", "levels", "media", "metafields", "variants"}
# Mutations that write nothing to the shop.
HARMLESS = {"BulkOperationCancel", "BulkOperationRunQuery", "StagedUploadsCreate"}


@dataclass(frozen=True)
class Document:
    """One operation: its name, which is also its file's, its text, and what an answer to it must contain."""

    name: str
    text: str
    operation: OperationDefinitionNode
    shape: Shape

    @property
    def is_mutation(self) -> bool:
        """Whether it is one."""
        return self.operation.operation is OperationType.MUTATION

    @property
    def writes(self) -> bool:
        """Whether it may change what the shop holds."""
        return self.is_mutation and self.name not in HARMLESS

    @property
    def costs_the_same(self) -> bool:
        """Whether its cost does not depend on its variables."""
        return not any(v.variable.name.value in SIZES for v in self.operation.variable_definitions or ())

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The requested cost in points, by the rules measured on recorded answers.

        A connection costs ``2 + max(1, floor(2 ln n)) * (1 + children)``, an object 1, a scalar, ``userErrors`` and
        ``pageInfo`` nothing; a mutation 10, and the object directly in its payload nothing. Fields with a cost set by
        hand differ: the client goes by what the answers say as soon as there is one.
        """
        children = self.operation.selection_set
        if not self.is_mutation:
            return max(1, _cost(children, variables))
        return sum(
            10 + sum(_cost(field.selection_set, variables) for field in _fields(root.selection_set))
            for root in _fields(children)
        )


def _fields(selection: SelectionSetNode | None) -> list[FieldNode]:
    found: list[FieldNode] = []
    for node in selection.selections if selection else ():
        if isinstance(node, FieldNode):
            found.append(node)
        else:
            assert isinstance(node, InlineFragmentNode), "our documents use no named fragments"
            found += _fields(node.selection_set)
    return found


def _cost(selection: SelectionSetNode | None, variables: Mapping[str, Any]) -> int:
    return sum(_field_cost(field, variables) for field in _fields(selection))


def _field_cost(field: FieldNode, variables: Mapping[str, Any]) -> int:
    if field.selection_set is None or field.name.value in ("userErrors", "pageInfo"):
        return 0
    if field.name.value.endswith("Count"):
        return 10
    arguments = {a.name.value: a.value for a in field.arguments or ()}
    if "ids" in arguments:
        return _size(arguments["ids"], variables) * (1 + _cost(field.selection_set, variables))
    if page := arguments.get("first") or arguments.get("last"):
        k = max(1, math.floor(2 * math.log(max(1, _size(page, variables)))))
        nodes = [f for f in _fields(field.selection_set) if f.name.value in ("nodes", "edges")]
        return 2 + sum(k * (1 + _cost(f.selection_set, variables)) for f in nodes)
    return 1 + _cost(field.selection_set, variables)


def _size(value: object, variables: Mapping[str, Any]) -> int:
    if isinstance(value, IntValueNode):
        return int(value.value)
    assert isinstance(value, VariableNode)
    given = variables[value.name.value]
    return given if isinstance(given, int) else len(given)


@cache
def document(name: str) -> Document:
    """A document by name.

    Raises:
        FileNotFoundError: there is none.
    """
    text = (FOLDER / f"{name}.graphql").read_text()
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode) and operation.name and operation.name.value == name
    return Document(name, text, operation, shape_of(operation))
