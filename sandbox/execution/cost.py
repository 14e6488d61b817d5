"""What a document costs, by the rules measured on recordings.

Requested: an object 1, a mutation 10, a connection `2 + k(n) * (1 + node)`, k(n) = max(1, floor(2 ln n)).
Actual, fitted to the same recordings: the same sum over the answer, where n rows of a connection cost
`2 + max(1, 2 ln n) * (1 + average node)`, no rows 2, and a null object still its own 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    value_from_ast_untyped,
)

MAX_COST = 1000
MUTATION = 10
ROOT_COUNT = 10
CONNECTION = 2

FREE = {"InventoryItemMeasurement", "LocationAddress", "MoneyV2", "PageInfo", "Weight"}
"""Objects that cost nothing."""

CHARGED_UNDER_PAYLOAD = {"ProductSetOperation"}
"""Every other object straight under a mutation's payload is free; what is below it costs as usual."""

FREE_LISTS_ANSWERED = {"ProductOption", "SelectedOption", "__EnumValue", "__Field", "__InputValue"}
"""Lists that cost their point when requested and nothing when answered."""

LEAVES = {("Location", "hasUnfulfilledOrders"): 1}

PER_VARIANT, PER_METAFIELD, PER_FILE, PER_VARIANT_FILE = 0.2, 0.4, 1.9, 0.6


@dataclass(slots=True)
class Node:
    """A selected field that can cost something, with all fields that share its response key."""

    key: str
    name: str
    own: int
    as_list: int
    """The own cost if a list was answered."""
    as_null: int
    children: list[Node] = field(default_factory=list)
    types: frozenset[str] | None = None
    """Where the field counts, if it stands in a fragment on an abstract type: these concrete types."""
    window: FieldNode | None = None
    """The field itself if it is a connection, to find its page size."""


def compile_cost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> list[Node]:
    """The root fields of `operation`; made once per document, evaluated once per request."""
    root = schema.mutation_type if operation.operation.value == "mutation" else schema.query_type
    if root is None:
        raise ValueError("the schema lacks a root type")
    return _Compiler(schema, document).fields([operation.selection_set], root, None)


def requested_cost(roots: list[Node], variables: dict[str, Any], points: float = 0) -> int:
    """`points` are those of the input (see `input_points`)."""
    return max(1, math.floor(_requested(roots, variables) + points + 0.5))


def actual_cost(roots: list[Node], data: dict[str, Any] | None, points: float = 0) -> int:
    """Of an answer's `data`; a failed mutation still costs its 10."""
    return max(1, math.floor(sum(_answered(node, (data or {}).get(node.key)) for node in roots) + points))


def input_points(name: str, args: dict[str, Any]) -> float:
    """What the input of a mutation adds: per variant, metafield and file."""
    if name == "productVariantsBulkCreate":
        return PER_VARIANT * len(_list(args, "variants"))
    if name != "productSet":
        return 0
    product = args.get("input") or {}
    variants = _list(product, "variants")
    metafields = len(_list(product, "metafields")) + sum(len(_list(one, "metafields")) for one in variants)
    files = PER_FILE * len(_list(product, "files"))
    files += PER_VARIANT_FILE * sum(1 for one in variants if one.get("file"))
    return PER_VARIANT * len(variants) + PER_METAFIELD * metafields + files


def _list(values: dict[str, Any], name: str) -> list[Any]:
    found = values.get(name) or []
    return found if isinstance(found, list) else [found]


def rows_factor(size: int) -> int:
    """`k(n)`: 1 for one row, 6 for 20, 11 for 250."""
    return max(1, math.floor(2 * math.log(size))) if size > 0 else 1


def _requested(nodes: list[Node], variables: dict[str, Any]) -> int:
    always, by_type = 0, dict[str, int]()
    for node in nodes:
        cost = _requested(node.children, variables)
        if node.window is not None:
            cost *= rows_factor(_page_size(node.window, variables))
        elif node.name == "edges":
            cost = max(1, cost)
        if node.types is None:
            always += node.own + cost
        else:
            for name in node.types:
                by_type[name] = by_type.get(name, 0) + node.own + cost
    return always + max(by_type.values(), default=0)


def _page_size(node: FieldNode, variables: dict[str, Any]) -> int:
    for argument in node.arguments or ():
        if argument.name.value in ("first", "last"):
            size = value_from_ast_untyped(argument.value, variables)
            if isinstance(size, int):
                return size
    return 1


def _answered(node: Node, value: Any) -> float:
    if value is None:
        return node.as_null
    if node.window is not None:
        return node.own + sum(_rows(child, value.get(child.key)) for child in node.children)
    if isinstance(value, list):
        first = next((one for one in value if one is not None), None)
        return node.as_list + (_below(node, first) if first is not None else 0)
    return node.own + (_below(node, value) if isinstance(value, dict) else 0)


def _rows(node: Node, rows: list[Any] | None) -> float:
    if not rows:
        return 0
    average = sum(max(1, node.own + _below(node, row)) for row in rows) / len(rows)
    return max(1, 2 * math.log(len(rows))) * average


def _below(node: Node, value: dict[str, Any]) -> float:
    return sum(_answered(child, value[child.key]) for child in node.children if child.key in value)


class _Compiler:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def fields(
        self, sets: Iterable[SelectionSetNode | None], owner: GraphQLNamedType, parent: Node | None
    ) -> list[Node]:
        found: dict[tuple[str, str], tuple[GraphQLNamedType, list[FieldNode]]] = {}
        for one in sets:
            for node, at in self.flat(one, owner):
                key = (node.alias or node.name).value
                found.setdefault((at.name, key), (at, []))[1].append(node)
        nodes = []
        for (_, key), (at, same) in found.items():
            compiled = self.node(key, same, at, parent)
            if compiled is not None:
                if is_abstract_type(owner) and at is not owner:
                    possible = self.schema.get_possible_types(at) if is_abstract_type(at) else [at]
                    compiled.types = frozenset(one.name for one in possible)
                nodes.append(compiled)
        return nodes

    def flat(
        self, selection_set: SelectionSetNode | None, owner: GraphQLNamedType
    ) -> Iterator[tuple[FieldNode, GraphQLNamedType]]:
        for one in selection_set.selections if selection_set else ():
            if isinstance(one, FieldNode):
                yield one, owner
            elif isinstance(one, InlineFragmentNode):
                condition = one.type_condition
                at = self.schema.type_map[condition.name.value] if condition else owner
                yield from self.flat(one.selection_set, at)
            elif isinstance(one, FragmentSpreadNode):
                fragment = self.fragments[one.name.value]
                at = self.schema.type_map[fragment.type_condition.name.value]
                yield from self.flat(fragment.selection_set, at)

    def node(self, key: str, same: list[FieldNode], owner: Any, parent: Node | None) -> Node | None:
        name = same[0].name.value
        definition = self.schema.get_field(owner, name)
        if definition is None:
            raise ValueError(f"{owner.name} has no field {name}")
        returned = get_named_type(definition.type)
        own = self.own_cost(owner, name, returned, parent)
        if own is None:
            return None
        as_list = 0 if returned.name in FREE_LISTS_ANSWERED else own
        as_null = 0 if returned.name in CHARGED_UNDER_PAYLOAD else own
        node = Node(key, name, own, as_list, as_null)
        if returned.name.endswith("Connection"):
            node.window = same[0]
        if not is_leaf_type(returned):
            node.children = self.fields([one.selection_set for one in same], returned, node)
        return node

    def own_cost(
        self, owner: GraphQLNamedType, name: str, returned: GraphQLNamedType, parent: Node | None
    ) -> int | None:
        if is_leaf_type(returned):
            return LEAVES.get((owner.name, name))
        if owner is self.schema.mutation_type:
            return MUTATION
        if returned.name in FREE or name.endswith("serErrors"):
            return None
        if returned.name == "Count":
            return ROOT_COUNT if owner is self.schema.query_type else None
        if returned.name.endswith("Connection"):
            return CONNECTION
        if returned.name.endswith("Edge"):
            return 0
        under_payload = parent is not None and owner.name.endswith("Payload")
        return 0 if under_payload and returned.name not in CHARGED_UNDER_PAYLOAD else 1
