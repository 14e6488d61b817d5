"""What a bulk query may look like: its connections, how deep they lie, and what stands beside them.

https://shopify.dev/docs/api/usage/bulk-operations/queries#operation-restrictions
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from sandbox.bulk.selections import Selections

MOST_CONNECTIONS = 5
DEEPEST = 2
"""Connections below one of the query's own."""


@dataclass(slots=True)
class Shape:
    """What was seen of a document. Connections are called by their fields' names."""

    connections: int = 0
    depth: int = 0
    by_nodes: list[str] = field(default_factory=list)
    without_id: list[str] = field(default_factory=list)
    """Connections that have another one below and do not ask for the id of their own nodes."""
    top_level: list[str] = field(default_factory=list)
    """`node` and `nodes`."""
    is_within_list: bool = False


def shape_of(selections: Selections, operation: OperationDefinitionNode) -> Shape:
    is_query = operation.operation.value == "query"
    root = selections.schema.query_type if is_query else selections.schema.mutation_type
    assert root is not None
    shape = Shape()
    for node, _ in selections.fields([operation.selection_set], root):
        if is_query and node.name.value in ("node", "nodes"):
            shape.top_level.append(node.name.value)
    _Look(selections, shape).at(operation.selection_set, root, 0, False, None)
    return shape


def query_problems(shape: Shape) -> Iterator[str]:
    """Everything that keeps a query from being run in bulk, in the service's words."""
    if shape.by_nodes:
        yield (
            "All connection fields in a bulk query must select their contents using 'edges' > 'node', "
            f"e.g: '{shape.by_nodes[0]} {{ edges {{ node {{'. Selecting via 'nodes' is not supported. "
            f"Invalid connection fields: '{', '.join(shape.by_nodes)}'."
        )
    for name in shape.top_level:
        yield f"Bulk queries cannot contain a top level `{name}` field."
    if shape.depth > DEEPEST:
        yield f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."
    if shape.connections > MOST_CONNECTIONS:
        yield f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."
    if shape.without_id:
        yield (
            "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be "
            f"of 'ID' return type. Connection fields without 'id': {', '.join(shape.without_id)}."
        )
    if shape.is_within_list:
        yield "Queries that contain a connection field within a list field are not currently supported."
    if not shape.connections:
        yield "Bulk queries must contain at least one connection."


@dataclass(slots=True)
class _Look:
    selections: Selections
    shape: Shape

    def at(
        self,
        chosen: SelectionSetNode | None,
        owner: GraphQLNamedType,
        depth: int,
        in_list: bool,
        parent: tuple[str, bool] | None,
    ) -> None:
        """`parent` is the nearest connection above, and whether its nodes have their id asked for."""
        for node, at in self.selections.fields([chosen], owner):
            definition = self.selections.schema.get_field(at, node.name.value)  # type: ignore[arg-type]
            if definition is None or node.selection_set is None:
                continue
            kind = get_named_type(definition.type)
            if kind.name.endswith("Connection"):
                self.connection(node.name.value, node.selection_set, kind, depth, in_list, parent)
            else:
                self.at(node.selection_set, kind, depth, in_list or _is_list(definition.type), parent)

    def connection(
        self,
        name: str,
        chosen: SelectionSetNode,
        kind: GraphQLNamedType,
        depth: int,
        in_list: bool,
        parent: tuple[str, bool] | None,
    ) -> None:
        shape = self.shape
        shape.connections += 1
        shape.depth = max(shape.depth, depth)
        shape.is_within_list = shape.is_within_list or in_list
        if parent and not parent[1] and parent[0] not in shape.without_id:
            shape.without_id.append(parent[0])
        for one, at in self.selections.fields([chosen], kind):
            if one.name.value == "nodes":
                shape.by_nodes.append(name)
                self.nodes(name, one, at, depth, in_list)
            elif one.name.value == "edges":
                edge = self.kind(one, at)
                for node, edge_type in self.selections.fields([one.selection_set], edge):
                    if node.name.value == "node":
                        self.nodes(name, node, edge_type, depth, in_list)

    def nodes(self, name: str, node: FieldNode, at: GraphQLNamedType, depth: int, in_list: bool) -> None:
        kind = self.kind(node, at)
        asked = [one for one, _ in self.selections.fields([node.selection_set], kind)]
        has_id = any(one.name.value == "id" and one.alias is None for one in asked)
        self.at(node.selection_set, kind, depth + 1, in_list, (name, has_id))

    def kind(self, node: FieldNode, at: GraphQLNamedType) -> GraphQLNamedType:
        definition = self.selections.schema.get_field(at, node.name.value)  # type: ignore[arg-type]
        assert definition is not None
        return get_named_type(definition.type)


def _is_list(kind: Any) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)
