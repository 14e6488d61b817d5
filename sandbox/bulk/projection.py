"""A query made into rows: every node of a connection is one, with its parent's id, wherever the connection hangs.

Field by field, graphql-core takes minutes for a shop of a million levels. Here each selected field becomes one
function over the resolver that answers it everywhere else, made once for an operation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    get_argument_values,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.pyutils import Path

from sandbox.bulk.selections import Selections, Sets
from sandbox.calls.call import Call
from sandbox.lists.connections import WHOLE

PAGE = 100
"""Nodes of the query's own connections that are read together with all below them."""

Read = Callable[[Any], Any]
Row = dict[str, Any]


@dataclass(slots=True)
class Shown:
    """What is shown of an object: its own fields, and the connections at it or at an object below."""

    fields: list[tuple[str, Read]]
    below: list[Rows]


@dataclass(slots=True, eq=False)
class Rows:
    """A connection: how its nodes are got from the object above, and what is shown of each, by type."""

    nodes: Callable[[Any], list[Any]]
    shown: dict[str, Shown]

    def of(self, node: Any) -> Shown:
        return self.shown.get(type(node).__name__) or next(iter(self.shown.values()))


class Projection:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, call: Call
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._call = call
        self._selections = Selections(schema, document)
        assert schema.query_type is not None
        self._root = self._shown(schema.query_type, [operation.selection_set])
        self.done, self.total = 0, 0
        """Rows of the query's own connections, as far as they are known."""

    def rows(self, grouped: bool) -> Iterator[tuple[Row, bool]]:
        """Each with whether it is one of the query's own. Children come after their parents: at once, or some time."""
        tree = _by_depth if grouped else _by_breadth
        for own in self._root.below:
            nodes = own.nodes(None)
            self.total += len(nodes)
            for at in range(0, len(nodes), PAGE):
                for row, depth in tree(own, [(None, self._there(nodes[at : at + PAGE]))], 0):
                    self.done += depth == 0
                    yield row, depth == 0

    def _there(self, nodes: list[Any]) -> list[Any]:
        """Those that have not been removed since the operation began; read as of now."""
        call = self._call
        call.now, call.unseen = call.store.now(), None
        known = call.store.kind(type(nodes[0]).__name__)
        return [one for one in nodes if one.id in known] if known else nodes

    def _shown(self, kind: GraphQLObjectType, sets: Sets) -> Shown:
        same: dict[str, list[FieldNode]] = {}
        for node, at in self._selections.fields(sets, kind):
            if at is kind or (is_abstract_type(at) and self._schema.is_sub_type(at, kind)):
                same.setdefault((node.alias or node.name).value, []).append(node)
        shown = Shown([], [])
        for key, nodes in same.items():
            definition = self._schema.get_field(kind, nodes[0].name.value)
            assert definition is not None
            if get_named_type(definition.type).name.endswith("Connection"):
                shown.below.append(self._rows(kind, definition, nodes))
            else:
                read, below = self._read(kind, definition, nodes)
                shown.fields.append((key, read))
                shown.below += below
        return shown

    def _rows(self, kind: GraphQLObjectType, definition: GraphQLField, nodes: list[FieldNode]) -> Rows:
        resolve = self._resolve(kind, definition, nodes, first=WHOLE, last=None, after=None, before=None)
        edge = _below(self._schema, definition, "edges")
        node = _below(self._schema, edge, "node")
        sets = self._sets_of("node", self._sets_of("edges", [one.selection_set for one in nodes], definition), edge)
        return Rows(lambda source: resolve(source).nodes, self._by_type(get_named_type(node.type), sets))

    def _sets_of(self, name: str, sets: Sets, of: GraphQLField) -> list[Any]:
        fields = self._selections.fields(sets, get_named_type(of.type))
        return [node.selection_set for node, _ in fields if node.name.value == name]

    def _by_type(self, kind: Any, sets: list[Any]) -> dict[str, Shown]:
        kinds = self._schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        return {one.name: self._shown(one, sets) for one in kinds}

    def _read(
        self, kind: GraphQLObjectType, definition: GraphQLField, nodes: list[FieldNode]
    ) -> tuple[Read, list[Rows]]:
        """How a field is printed, and the connections below it, to be found from the object that has the field."""
        resolve = self._resolve(kind, definition, nodes)
        named = get_named_type(definition.type)
        shown = {} if is_leaf_type(named) else self._by_type(named, [one.selection_set for one in nodes])
        below = [_beneath(resolve, one) for each in shown.values() for one in each.below]
        return _printer(resolve, definition.type, shown), below

    def _resolve(self, kind: GraphQLObjectType, definition: GraphQLField, nodes: list[FieldNode], **args: Any) -> Read:
        name = nodes[0].name.value
        arguments = {**get_argument_values(definition, nodes[0]), **args}
        resolver = definition.resolve
        info: Any = GraphQLResolveInfo(
            name,
            nodes,
            definition.type,
            kind,
            Path(None, name, kind.name),
            self._schema,
            {},
            None,
            self._operation,
            {},  # type: ignore[arg-type]
            self._call,
            _is_awaitable,
            None,
            None,  # type: ignore[arg-type]
        )
        assert resolver is not None
        if arguments:
            return lambda source: resolver(source, info, **arguments)
        return lambda source: resolver(source, info)


def _below(schema: GraphQLSchema, of: GraphQLField, name: str) -> GraphQLField:
    found = schema.get_field(get_named_type(of.type), name)  # type: ignore[arg-type]
    assert found is not None
    return found


def _beneath(resolve: Read, rows: Rows) -> Rows:
    """A connection of an object, seen from what the object belongs to."""

    def nodes(source: Any) -> list[Any]:
        value = resolve(source)
        return [] if value is None else rows.nodes(value)

    return Rows(nodes, rows.shown)


def _printer(resolve: Read, kind: Any, shown: dict[str, Shown]) -> Read:
    show = _shower(kind, shown)

    def read(source: Any) -> Any:
        value = resolve(source)
        return None if value is None else show(value)

    return read


def _shower(kind: Any, shown: dict[str, Shown]) -> Read:
    """Of a value that is not null."""
    if isinstance(kind, GraphQLNonNull):
        return _shower(kind.of_type, shown)
    if isinstance(kind, GraphQLList):
        each = _shower(kind.of_type, shown)
        return lambda values: [None if value is None else each(value) for value in values]
    if is_leaf_type(kind):
        serialize: Read = kind.serialize
        return serialize
    if len(shown) == 1:
        (only,) = shown.values()
        fields = only.fields
        return lambda value: {key: read(value) for key, read in fields}
    return lambda value: {key: read(value) for key, read in shown[type(value).__name__].fields}


def _is_awaitable(_: Any) -> TypeGuard[Awaitable[Any]]:
    return False


Holders = Iterable[tuple[str | None, list[Any]]]
"""Parents' ids, and the nodes below each."""


def _lines(rows: Rows, holders: Holders) -> Iterator[tuple[Row, Any, Shown]]:
    for parent, nodes in holders:
        for node in nodes:
            shown = rows.of(node)
            row = {key: read(node) for key, read in shown.fields}
            if parent is not None:
                row["__parentId"] = parent
            yield row, node, shown


def _by_depth(rows: Rows, holders: Holders, depth: int) -> Iterator[tuple[Row, int]]:
    for row, node, shown in _lines(rows, holders):
        yield row, depth
        for one in shown.below:
            yield from _by_depth(one, [(row["id"], one.nodes(node))], depth + 1)


def _by_breadth(rows: Rows, holders: Holders, depth: int) -> Iterator[tuple[Row, int]]:
    parents: list[tuple[str, Any, Shown]] = []
    for row, node, shown in _lines(rows, holders):
        yield row, depth
        if shown.below:
            parents.append((row["id"], node, shown))
    for one in {id(one): one for _, _, shown in parents for one in shown.below}.values():
        below = ((parent, one.nodes(node)) for parent, node, shown in parents if one in shown.below)
        yield from _by_breadth(one, below, depth + 1)
