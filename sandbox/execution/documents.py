"""Documents, parsed, validated and priced once, however often they are sent."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    parse,
    value_from_ast_untyped,
)

from sandbox.execution.cost import Node, compile_cost
from sandbox.execution.shortcut import Shortcut, recognise
from sandbox.execution.validation import static_errors

KEPT = 500


@dataclass(slots=True)
class Operation:
    node: OperationDefinitionNode
    document: DocumentNode
    roots: list[FieldNode]
    costs: list[Node]
    shortcut: Shortcut | None
    keys: list[ValueNode]
    """Values of the `@idempotent` directives on its root fields."""

    @property
    def is_mutation(self) -> bool:
        return self.node.operation.value == "mutation"

    @property
    def names(self) -> list[str]:
        return [root.name.value for root in self.roots]

    @property
    def label(self) -> str:
        """What the journal calls it: its root fields."""
        return ", ".join(dict.fromkeys(self.names))

    def idempotency_keys(self, variables: dict[str, Any]) -> list[str]:
        return [str(value_from_ast_untyped(value, variables)) for value in self.keys]


@dataclass(slots=True)
class Document:
    errors: list[dict[str, Any]]
    operations: list[Operation]

    def choose(self, name: str | None) -> Operation | None:
        if name is None:
            return self.operations[0] if len(self.operations) == 1 else None
        return next((one for one in self.operations if one.node.name and one.node.name.value == name), None)


class Documents:
    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: OrderedDict[str, Document] = OrderedDict()

    def get(self, text: str) -> Document:
        document = self._known.get(text)
        if document is None:
            document = self._known[text] = self._compile(text)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(text)
        return document

    def _compile(self, text: str) -> Document:
        try:
            document = parse(text)
        except GraphQLSyntaxError as error:
            places = [{"line": one.line, "column": one.column} for one in error.locations or ()]
            refusal = {"message": error.message, "locations": places, "extensions": {"code": "PARSE_ERROR"}}
            return Document([refusal], [])
        errors = static_errors(self._schema, document)
        if errors:
            return Document(errors, [])
        nodes = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        return Document([], [self._operation(document, node) for node in nodes])

    def _operation(self, document: DocumentNode, node: OperationDefinitionNode) -> Operation:
        fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        roots = list(_fields(node.selection_set, fragments))
        keys = [
            argument.value
            for root in roots
            for directive in root.directives or ()
            if directive.name.value == "idempotent"
            for argument in directive.arguments or ()
        ]
        costs = compile_cost(self._schema, document, node)
        return Operation(node, document, roots, costs, recognise(document, node), keys)


def _fields(selection: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> list[FieldNode]:
    found = []
    for one in selection.selections:
        if isinstance(one, FieldNode):
            found.append(one)
        elif isinstance(one, InlineFragmentNode):
            found += _fields(one.selection_set, fragments)
        elif isinstance(one, FragmentSpreadNode):
            found += _fields(fragments[one.name.value].selection_set, fragments)
    return found
