"""Fields of a selection, whatever fragments they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_directive_values,
)

Sets = Iterable[SelectionSetNode | None]


class Selections:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def fields(self, sets: Sets, owner: GraphQLNamedType) -> Iterator[tuple[FieldNode, GraphQLNamedType]]:
        """Each with the type that it is asked of."""
        for one in [selection for each in sets if each for selection in each.selections]:
            skip = get_directive_values(GraphQLSkipDirective, one)
            include = get_directive_values(GraphQLIncludeDirective, one)
            if (skip and skip["if"]) or (include and not include["if"]):
                continue
            if isinstance(one, FieldNode):
                yield one, owner
                continue
            if isinstance(one, FragmentSpreadNode):
                fragment: InlineFragmentNode | FragmentDefinitionNode = self._fragments[one.name.value]
            else:
                assert isinstance(one, InlineFragmentNode)
                fragment = one
            condition = fragment.type_condition
            at = self.schema.type_map[condition.name.value] if condition else owner
            yield from self.fields([fragment.selection_set], at)
