"""Documents against the schema, before anything runs: Shopify's codes, texts and paths.

Shopify's server reports what graphql-ruby reports, so the wording here is that library's. graphql-core's own
rules run behind these, for what only they look at (such as fields that cannot be merged).
"""

from __future__ import annotations

from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    is_input_type,
    is_leaf_type,
    print_ast,
    specified_rules,
    type_from_ast,
    validate,
)

from sandbox.calls.errors import location
from sandbox.execution.literals import LiteralChecks

Error = dict[str, Any]

CORE_RULES = {
    "ExecutableDefinitionsRule": "unexpectedDefinition",
    "LoneAnonymousOperationRule": "uniquelyNamedOperations",
    "NoFragmentCyclesRule": "infiniteLoop",
    "OverlappingFieldsCanBeMergedRule": "fieldConflict",
    "UniqueArgumentNamesRule": "argumentNotUnique",
    "UniqueDirectivesPerLocationRule": "directiveNotUniqueForLocation",
    "UniqueFragmentNamesRule": "fragmentNotUnique",
    "UniqueInputFieldNamesRule": "inputFieldNotUnique",
    "UniqueOperationNamesRule": "uniquelyNamedOperations",
    "UniqueVariableNamesRule": "variableNotUnique",
    "ValuesOfCorrectTypeRule": "argumentLiteralsIncompatible",
}
"""Rules left to graphql-core, with its wording and graphql-ruby's code."""


def static_errors(schema: GraphQLSchema, document: DocumentNode) -> list[Error]:
    """Everything wrong with `document`; an answer then has these errors and neither data nor cost."""
    errors = _Validator(schema, document).run()
    if errors:
        return errors
    for rule in specified_rules:
        code = CORE_RULES.get(rule.__name__)
        for error in validate(schema, document, [rule]) if code else ():
            errors.append(
                {
                    "message": error.message,
                    "locations": [location(node) for node in error.nodes or ()],
                    "extensions": {"code": code},
                }
            )
    return errors


class _Validator(LiteralChecks):
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        super().__init__(schema)
        self.document = document
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.spread: set[str] = set()

    def run(self) -> list[Error]:
        for definition in self.document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                self.operation(definition)
        for name, fragment in self.fragments.items():
            if name not in self.spread:
                self.add(
                    f"Fragment {name} was defined, but not used",
                    fragment,
                    [f"fragment {name}"],
                    "useAndDefineFragment",
                    fragmentName=name,
                )
        return self.errors

    def operation(self, node: OperationDefinitionNode) -> None:
        kind = node.operation.value
        name = node.name.value if node.name else None
        path: list[str] = [f"{kind} {name}" if name else kind]
        root = {"query": self.schema.query_type, "mutation": self.schema.mutation_type}.get(kind)
        if root is None:
            self.add(f"Schema is not configured for {kind}s", node, path, f"missing{kind.title()}Configuration")
            return
        self.declared = {one.variable.name.value: one for one in node.variable_definitions or ()}
        self.used = set()
        for definition in self.declared.values():
            self.variable_type(definition.type, definition.variable.name.value, path, definition)
        owner = name or f"anonymous {kind}"
        self.owner = owner
        self.selections(node.selection_set, root, path, [])
        for variable in self.declared:
            if variable not in self.used:
                self.add(
                    f"Variable ${variable} is declared by {owner} but not used",
                    node,
                    path,
                    "variableNotUsed",
                    variableName=variable,
                )

    def variable_type(self, node: Any, variable: str, path: list[str], definition: Node) -> None:
        kind = type_from_ast(self.schema, node)
        if kind is None:
            name = print_ast(node).strip("[]!")
            message = f"{name} isn't a defined input type (on ${variable})"
            self.add(message, definition, path, "undefinedType", typeName=name, variableName=variable)
        elif not is_input_type(kind):
            name = get_named_type(kind).name
            message = f"{name} isn't a valid input type (on ${variable})"
            self.add(message, definition, path, "invalidType", typeName=name, variableName=variable)

    def selections(self, node: SelectionSetNode, parent: GraphQLNamedType, path: list[str], inside: list[str]) -> None:
        for selection in node.selections:
            self.directives(selection.directives or (), [*path, _label(selection)])
            if isinstance(selection, FieldNode):
                self.field(selection, parent, path, inside)
            elif isinstance(selection, InlineFragmentNode):
                self.inline(selection, parent, path, inside)
            elif isinstance(selection, FragmentSpreadNode):
                self.named(selection, parent, path, inside)

    def field(self, node: FieldNode, parent: GraphQLNamedType, path: list[str], inside: list[str]) -> None:
        name = node.name.value
        path = [*path, (node.alias or node.name).value]
        definition = self.schema.get_field(parent, name) if is_composite_type(parent) else None
        if definition is None:
            message = f"Field '{name}' doesn't exist on type '{parent.name}'"
            self.add(message, node, path, "undefinedField", typeName=parent.name, fieldName=name)
            return
        self.arguments("Field", name, node.arguments or (), definition.args, node, path)
        self.missing("Field", name, node, definition.args, path)
        returned = get_named_type(definition.type)
        if node.selection_set is None and not is_leaf_type(returned):
            message = (
                f"Field must have selections (field '{name}' returns {returned.name} "
                f"but has no selections. Did you mean '{name} {{ ... }}'?)"
            )
            self.mismatch(message, node, path, name, returned)
        elif node.selection_set is not None and is_leaf_type(returned):
            chosen = ", ".join(f'"{print_ast(one)}"' for one in node.selection_set.selections)
            message = (
                f"Selections can't be made on scalars (field '{name}' returns {returned.name} "
                f"but has selections [{chosen}])"
            )
            self.mismatch(message, node, path, name, returned)
        elif node.selection_set is not None:
            self.selections(node.selection_set, returned, path, inside)

    def mismatch(self, message: str, node: Node, path: list[str], name: str, returned: GraphQLNamedType) -> None:
        self.add(message, node, path, "selectionMismatch", nodeName=f"field '{name}'", typeName=returned.name)

    def inline(self, node: InlineFragmentNode, parent: GraphQLNamedType, path: list[str], inside: list[str]) -> None:
        condition = node.type_condition
        path = [*path, f"... on {condition.name.value}" if condition else "..."]
        kind = self.condition(condition.name.value, node, parent, path, None) if condition else parent
        if kind is not None:
            self.selections(node.selection_set, kind, path, inside)

    def named(self, node: FragmentSpreadNode, parent: GraphQLNamedType, path: list[str], inside: list[str]) -> None:
        name = node.name.value
        self.spread.add(name)
        fragment = self.fragments.get(name)
        if fragment is None:
            message = f"Fragment {name} was used, but not defined"
            self.add(message, node, [*path, f"... {name}"], "useAndDefineFragment", fragmentName=name)
            return
        if name in inside:
            return
        within = [f"fragment {name}"]
        kind = self.condition(fragment.type_condition.name.value, node, parent, within, name)
        if kind is not None:
            self.selections(fragment.selection_set, kind, within, [*inside, name])

    def condition(
        self, name: str, node: Node, parent: GraphQLNamedType, path: list[str], fragment: str | None
    ) -> GraphQLNamedType | None:
        kind = self.schema.get_type(name)
        if kind is None:
            message = f"No such type {name}, so it can't be a fragment condition"
            self.add(message, node, path, "undefinedType", typeName=name)
            return None
        if not is_composite_type(kind):
            message = f"Invalid fragment on type {name} (must be Union, Interface or Object)"
            self.add(message, node, path, "fragmentOnNonCompositeType", typeName=name)
            return None
        if not set(self.possible(kind)) & set(self.possible(parent)):
            label = f" {fragment}" if fragment else ""
            self.add(
                f"Fragment{label} on {name} can't be spread inside {parent.name}",
                node,
                path,
                "cannotSpreadFragment",
                typeName=name,
                fragmentName=fragment or "unknown",
                parentName=parent.name,
            )
            return None
        return kind

    def possible(self, kind: Any) -> list[GraphQLObjectType]:
        return [kind] if isinstance(kind, GraphQLObjectType) else list(self.schema.get_possible_types(kind))

    def directives(self, nodes: tuple[DirectiveNode, ...], path: list[str]) -> None:
        for node in nodes:
            name = node.name.value
            definition = self.schema.get_directive(name)
            if definition is None:
                self.add(f"Directive @{name} is not defined", node, path, "undefinedDirective", directiveName=name)
                continue
            self.arguments("Directive", name, node.arguments or (), definition.args, node, path)
            self.missing("Directive", name, node, definition.args, path)


def _label(selection: SelectionNode) -> str:
    """What a path calls it."""
    if isinstance(selection, FieldNode):
        return (selection.alias or selection.name).value
    if isinstance(selection, FragmentSpreadNode):
        return f"... {selection.name.value}"
    condition = selection.type_condition if isinstance(selection, InlineFragmentNode) else None
    return f"... on {condition.name.value}" if condition else "..."
