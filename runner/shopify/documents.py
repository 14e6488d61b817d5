"""The GraphQL documents of ``graphql/`` and the cost Shopify will ask for them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
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
# Arguments that say how much is asked for.
SIZES = ("ids", "first", "last")
# Entries that Shopify takes in one input of a mutation, which costs the same however many they are.
ENTRIES = {"InventorySetQuantities": 250}
# Mutations that write nothing to the shop.
HARMLESS = {"BulkOperationCancel", "BulkOperationRunQuery", "StagedUploadsCreate"}


@dataclass(frozen=True)
class Page:
    """The one list that a query is about: the variable that says how long it may be, and where an answer has it."""

    variable: str
    path: tuple[str, ...]


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

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """Variables that say how much is asked for, on which its cost depends."""
        return tuple(dict.fromkeys(_sizes(self.operation.selection_set)))

    @cached_property
    def page(self) -> Page | None:
        """The outermost list that a variable sizes; None of a mutation, and where there are several."""
        return _page(self.operation)

    @property
    def carries_many(self) -> bool:
        """Whether a call may carry more items or fewer."""
        return self.page is not None or self.name in ENTRIES

    @property
    def costs_the_same(self) -> bool:
        """Whether its cost does not depend on its variables."""
        return not self.sizes

    @cached_property
    def version(self) -> str:
        """Tells this text, in this version of the API, from all others."""
        return f"{API_VERSION} {hashlib.sha256(self.text.encode()).hexdigest()[:12]}"

    @cached_property
    def fixed_cost(self) -> int:
        """The cost of a document that always costs the same."""
        return self.cost({})

    def sizes_in(self, variables: Mapping[str, Any] | str) -> dict[str, int]:
        """How much is asked for by variables, or by their JSON text."""
        if not self.sizes:
            return {}
        given = json.loads(variables) if isinstance(variables, str) else variables
        return {name: given[name] if isinstance(given[name], int) else len(given[name]) for name in self.sizes}

    def items_in(self, data: Mapping[str, Any]) -> int | None:
        """How many items an answer's page has; None if the document asks for none."""
        if self.page is None:
            return None
        found: Any = data
        for key in self.page.path:
            found = found[key] if found else None
        nodes = found["nodes"] if isinstance(found, dict) else found or ()
        return sum(node is not None for node in nodes)

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The requested cost in points, by the rules measured on recorded answers; a size may be a list or its length.

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


def _sizer(field: FieldNode) -> str | None:
    """The variable that says how long the list of a field may be."""
    for argument in field.arguments or ():
        if argument.name.value in SIZES and isinstance(argument.value, VariableNode):
            return argument.value.name.value
    return None


def _sizes(selection: SelectionSetNode | None) -> Iterator[str]:
    for field in _fields(selection):
        if name := _sizer(field):
            yield name
        yield from _sizes(field.selection_set)


def _page(operation: OperationDefinitionNode) -> Page | None:
    if operation.operation is OperationType.MUTATION:
        return None
    level: list[tuple[tuple[str, ...], FieldNode]] = [((), field) for field in _fields(operation.selection_set)]
    while level:
        here = [(*path, (field.alias or field.name).value) for path, field in level]
        sized = [Page(name, path) for path, (_, field) in zip(here, level, strict=True) if (name := _sizer(field))]
        if sized:
            return sized[0] if len(sized) == 1 else None
        level = [
            (path, below)
            for path, (_, field) in zip(here, level, strict=True)
            for below in _fields(field.selection_set)
        ]
    return None


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
def names() -> frozenset[str]:
    """The names of all documents."""
    return frozenset(path.stem for path in FOLDER.glob("*.graphql"))


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
