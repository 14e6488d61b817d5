"""Documents as bulk operations take them: without variables, and with a mark by which they are found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    REMOVE,
    GraphQLList,
    GraphQLString,
    VariableNode,
    Visitor,
    ast_from_value,
    parse,
    print_ast,
    visit,
)

from runner.shopify.documents import Document


def bulk_text(document: Document, marker: str, variables: Mapping[str, Any]) -> str:
    """The text of a query whose variables are said in it, beginning with its mark.

    Args:
        variables: texts, or lists of texts.
    """
    return f"{mark(marker)}\n{print_ast(visit(parse(document.text), _Inliner(variables)))}"


def mark(marker: str) -> str:
    """The first line of an operation of ours; Shopify keeps the text as it was sent."""
    return f"#shelfwire {marker}"


class _Inliner(Visitor):
    def __init__(self, variables: Mapping[str, Any]) -> None:
        super().__init__()
        self._variables = variables

    def enter_variable_definition(self, *_: object) -> object:
        return REMOVE

    def enter_variable(self, node: VariableNode, *_: object) -> object:
        value = self._variables[node.name.value]
        return ast_from_value(value, GraphQLList(GraphQLString) if isinstance(value, list) else GraphQLString)
