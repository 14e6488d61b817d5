"""What an answer to a document must contain: by its selections, and by what Shopify's schema says may be null."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)
from graphql.language import SelectionSetNode

SCHEMA = Path(__file__).parent / "schema.graphql"
# JSON of a scalar; any other is a text.
_SCALARS: dict[str, tuple[type, ...]] = {"Boolean": (bool,), "Int": (int,), "Float": (int, float)}


@dataclass(frozen=True)
class Shape:
    """A value of an answer.

    Attributes:
        fields: of an object, by their key.
        maybe: of an object, sets of fields that it has if it is of some type: all of them or none.
        item: of a list.
        scalar: the types of anything else.
    """

    is_nullable: bool
    fields: Mapping[str, Shape] | None = None
    maybe: tuple[Mapping[str, Shape], ...] = ()
    item: Shape | None = None
    scalar: tuple[type, ...] = (str,)

    def lacking(self, value: Any) -> str | None:
        """What is not as it must be, in words with its path; None if all is there."""
        return next(self._faults(value, ""), None)

    def _faults(self, value: Any, path: str) -> Iterator[str]:
        where = path.lstrip(".") or "data"
        if value is None:
            if not self.is_nullable:
                yield f"{where} is null"
        elif self.item:
            if not isinstance(value, list):
                yield f"{where} is not a list"
                return
            for place, one in enumerate(value):
                yield from self.item._faults(one, f"{path}.{place}")
        elif self.fields is not None:
            if not isinstance(value, dict):
                yield f"{where} is not an object"
                return
            wanted = dict(self.fields)
            for some in self.maybe:
                if any(key in value for key in some):
                    wanted.update(some)
            for key, shape in wanted.items():
                if key in value:
                    yield from shape._faults(value[key], f"{path}.{key}")
                else:
                    yield f"{where} has no {key}"
        elif not isinstance(value, self.scalar) or (isinstance(value, bool) and bool not in self.scalar):
            yield f"{where} is of another type"


@cache
def _schema() -> GraphQLSchema:
    return build_schema(SCHEMA.read_text(), assume_valid=True)


def shape_of(operation: OperationDefinitionNode) -> Shape:
    """The shape of ``data``. A root field that is null without an error says nothing, whatever the schema allows."""
    schema = _schema()
    root = schema.mutation_type if operation.operation is OperationType.MUTATION else schema.query_type
    assert root
    whole = _object(operation.selection_set, root, is_nullable=False)
    return replace(whole, fields={key: replace(one, is_nullable=False) for key, one in (whole.fields or {}).items()})


def _object(selection: SelectionSetNode, owner: GraphQLNamedType, *, is_nullable: bool) -> Shape:
    assert is_composite_type(owner)
    fields: dict[str, Shape] = {}
    maybe: list[Mapping[str, Shape]] = []
    for node in selection.selections:
        if isinstance(node, FieldNode):
            definition = _schema().get_field(owner, node.name.value)
            assert definition, f"{SCHEMA.name} has no {owner.name}.{node.name.value}"
            fields[(node.alias or node.name).value] = _value(node, definition.type)
        elif isinstance(node, InlineFragmentNode):
            assert node.type_condition
            kind = _schema().type_map[node.type_condition.name.value]
            assert isinstance(kind, GraphQLObjectType)
            maybe.append(_object(node.selection_set, kind, is_nullable=False).fields or {})
    return Shape(is_nullable, fields, tuple(maybe))


def _value(node: FieldNode, kind: GraphQLOutputType) -> Shape:
    is_nullable = not is_non_null_type(kind)
    inner = get_nullable_type(kind)
    if is_list_type(inner):
        return Shape(is_nullable, item=_value(node, inner.of_type))
    if node.selection_set:
        return _object(node.selection_set, get_named_type(inner), is_nullable=is_nullable)
    return Shape(is_nullable, scalar=_SCALARS.get(get_named_type(inner).name, (str,)))
