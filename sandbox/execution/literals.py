"""Arguments written in a document: literals and variables against the declared types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from graphql import (
    ArgumentNode,
    DirectiveNode,
    EnumValueNode,
    FieldNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    is_required_argument,
    is_required_input_field,
    print_ast,
    type_from_ast,
    value_from_ast_untyped,
)

from sandbox.calls.errors import location
from sandbox.execution.scalars import refusal

Declared = Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]


class LiteralChecks:
    """The part of validation that looks into argument values."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.errors: list[dict[str, Any]] = []
        self.declared: dict[str, VariableDefinitionNode] = {}
        self.used: set[str] = set()
        self.owner = ""

    def add(self, message: str, node: Node, path: list[str], code: str, **extensions: Any) -> None:
        self.errors.append(
            {
                "message": message,
                "locations": [location(node)],
                "path": path,
                "extensions": {"code": code, **extensions},
            }
        )

    def arguments(
        self,
        owner: str,
        name: str,
        given: Sequence[ArgumentNode] | Sequence[ObjectFieldNode],
        declared: Declared,
        node: Node,
        path: list[str],
    ) -> None:
        """`owner` is Field, Directive or InputObject; errors point at `node`, the owner itself."""
        for argument in given:
            label = argument.name.value
            within = [*path, label]
            definition = declared.get(label)
            if definition is None:
                self.add(
                    f"{owner} '{name}' doesn't accept argument '{label}'",
                    argument,
                    within,
                    "argumentNotAccepted",
                    name=name,
                    typeName=owner,
                    argumentName=label,
                )
                continue
            self.value(argument.value, definition.type, (owner, name, label), node, within)

    def missing(
        self,
        owner: str,
        name: str,
        node: FieldNode | DirectiveNode,
        declared: Mapping[str, GraphQLArgument],
        path: list[str],
    ) -> None:
        """Required arguments that are not given."""
        given = {one.name.value for one in node.arguments or ()}
        absent = [one for one, kind in declared.items() if is_required_argument(kind) and one not in given]
        if absent:
            names = ", ".join(absent)
            message = f"{owner} '{name}' is missing required arguments: {names}"
            self.add(message, node, path, "missingRequiredArguments", className=owner, name=name, arguments=names)

    def value(
        self,
        value: ValueNode,
        kind: GraphQLInputType,
        label: tuple[str, str, str],
        node: Node,
        path: list[str],
    ) -> None:
        if isinstance(value, VariableNode):
            self.variable(value, kind, label[2], path)
            return
        expected = kind
        if isinstance(kind, GraphQLNonNull):
            kind = kind.of_type
            if isinstance(value, NullValueNode):
                self.incompatible(value, expected, label, node, path)
                return
        if isinstance(value, NullValueNode):
            return
        if isinstance(kind, GraphQLList):
            for one in value.values if isinstance(value, ListValueNode) else [value]:
                self.value(one, kind.of_type, label, node, path)
        elif isinstance(kind, GraphQLInputObjectType):
            if isinstance(value, ObjectValueNode):
                self.input_object(value, kind, path)
            else:
                self.incompatible(value, expected, label, node, path)
        elif not self.leaf(value, kind):
            if isinstance(kind, GraphQLScalarType) and kind.name == "ID":
                text = value_from_ast_untyped(value)
                extensions = {"typeName": "CoercionError"}
                self.add(f"Invalid global id '{text}'", node, path, "argumentLiteralsIncompatible", **extensions)
            else:
                self.incompatible(value, expected, label, node, path)

    def leaf(self, value: ValueNode, kind: GraphQLScalarType | GraphQLEnumType) -> bool:
        if kind.name == "JSON":
            return True
        if isinstance(value, EnumValueNode) != isinstance(kind, GraphQLEnumType):
            return False
        return refusal(kind, value_from_ast_untyped(value)) is None

    def incompatible(
        self,
        value: ValueNode,
        expected: GraphQLInputType,
        label: tuple[str, str, str],
        node: Node,
        path: list[str],
    ) -> None:
        owner, name, argument = label
        self.add(
            f"Argument '{argument}' on {owner} '{name}' has an invalid value ({print_ast(value)}). "
            f"Expected type '{expected}'.",
            node,
            path,
            "argumentLiteralsIncompatible",
            typeName=owner,
            argumentName=argument,
        )

    def input_object(self, value: ObjectValueNode, kind: GraphQLInputObjectType, path: list[str]) -> None:
        given = {one.name.value for one in value.fields}
        for name, field in kind.fields.items():
            if is_required_input_field(field) and name not in given:
                self.add(
                    f"Argument '{name}' on InputObject '{kind.name}' is required. Expected type {field.type}",
                    value,
                    [*path, name],
                    "missingRequiredInputObjectAttribute",
                    argumentName=name,
                    argumentType=str(field.type),
                    inputObjectType=kind.name,
                )
        if kind.is_one_of and len(value.fields) != 1:
            self.add(
                f"OneOf Input Object '{kind.name}' must specify exactly one key.",
                value,
                path,
                "invalidOneOfInputObject",
                inputObjectType=kind.name,
            )
        self.arguments("InputObject", kind.name, value.fields, kind.fields, value, path)

    def variable(self, node: VariableNode, kind: GraphQLInputType, argument: str, path: list[str]) -> None:
        name = node.name.value
        self.used.add(name)
        definition = self.declared.get(name)
        if definition is None:
            message = f"Variable ${name} is used by {self.owner} but not declared"
            self.add(message, node, path, "variableNotDefined", variableName=name)
            return
        given = cast(GraphQLInputType | None, type_from_ast(self.schema, definition.type))
        if given is None:
            return
        if definition.default_value is not None and not isinstance(given, GraphQLNonNull):
            given = GraphQLNonNull(given)
        trouble = _mismatch(given, kind)
        if trouble:
            self.add(
                f"{trouble} on variable ${name} and argument {argument} ({given} / {kind})",
                node,
                path,
                "variableMismatch",
                variableName=name,
                typeName=str(given),
                argumentName=argument,
                errorMessage=trouble,
            )


def _mismatch(given: Any, wanted: Any) -> str | None:
    if get_named_type(given) is not get_named_type(wanted):
        return "Type mismatch"
    if str(given).count("[") != str(wanted).count("["):
        return "List dimension mismatch"
    while True:
        if isinstance(wanted, GraphQLNonNull):
            if not isinstance(given, GraphQLNonNull):
                return "Nullability mismatch"
            wanted = wanted.of_type
        if isinstance(given, GraphQLNonNull):
            given = given.of_type
        if not isinstance(wanted, GraphQLList):
            return None
        given, wanted = given.of_type, wanted.of_type
