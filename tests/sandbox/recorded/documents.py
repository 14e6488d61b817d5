"""A document for a recorded call whose own was not kept: made from its variables and the shape of its answer."""

from __future__ import annotations

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from tests.sandbox.recorded.calls import Call
from tests.sandbox.recorded.given import ALIASES

PAGE = 50
KEYED = {
    "inventoryActivate",
    "inventoryAdjustQuantities",
    "inventoryMoveQuantities",
    "inventorySetOnHandQuantities",
    "inventorySetQuantities",
}
"""Mutations that are not run without an idempotency key."""


class Unmade(Exception):
    """No document can be made; the message says why."""


def document_for(schema: GraphQLSchema, call: Call) -> str:
    """Fields that the sandbox does not serve are left out, and out of the recorded answer as well.

    Raises Unmade.
    """
    if call.variables is None:
        raise Unmade("neither document nor variables were kept")
    roots = list(call.data)
    kinds = [
        (word, kind)
        for word, kind in (("mutation", schema.mutation_type), ("query", schema.query_type))
        if kind and roots and all(ALIASES.get(root, (root,))[0] in kind.fields for root in roots)
    ]
    if not kinds:
        raise Unmade("its document was not kept, and the answer's names are aliases or none")
    word, kind = kinds[0]
    declared: dict[str, str] = {}
    fields = [_root(schema, kind.fields[ALIASES.get(root, (root,))[0]], root, call, declared) for root in roots]
    head = f"{word} ({', '.join(f'${name}: {type_}' for name, type_ in declared.items())})" if declared else word
    return f"{head} {{ {' '.join(fields)} }}"


def _root(schema: GraphQLSchema, field: GraphQLField, root: str, call: Call, declared: dict[str, str]) -> str:
    variables = call.variables or {}
    name, of_alias = ALIASES.get(root, (root, ""))
    arguments = []
    for argument, definition in field.args.items():
        if argument == "id":
            wanted = next((one for one in (of_alias, f"{root}Id", "id") if one in variables), None)
            wanted = next(iter(variables)) if wanted is None and len(variables) == 1 else wanted
        else:
            wanted = argument if argument in variables else None
        if wanted is not None:
            declared[wanted] = str(definition.type)
            arguments.append(f"{argument}: ${wanted}")
        elif is_required_argument(definition):
            raise Unmade(f"its document was not kept, and no variable is named {argument}")
    if get_named_type(field.type).name.endswith("Connection") and not {"first", "last"} & set(declared):
        arguments.append(f"first: {PAGE}")
    given = f"({', '.join(arguments)})" if arguments else ""
    value = call.data[root]
    shown = _selection(schema, field, value) if value is not None else "{ __typename }"
    return f"{'' if name == root else f'{root}: '}{name}{given}{_directive(name, call, declared)} {shown}".rstrip()


def _directive(root: str, call: Call, declared: dict[str, str]) -> str:
    if any("@idempotent" in error["message"] for error in call.body.get("errors") or ()):
        return ""
    if "idempotencyKey" in (call.variables or {}):
        declared["idempotencyKey"] = "String!"
        return " @idempotent(key: $idempotencyKey)"
    return f' @idempotent(key: "{call.label}")' if root in KEYED else ""


def _selection(schema: GraphQLSchema, field: GraphQLField, value: Any) -> str:
    kind = get_named_type(field.type)
    if is_leaf_type(kind):
        return ""
    if value == [] and kind.name.endswith("UserError"):
        return "{ field message }"
    shapes = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    if isinstance(kind, GraphQLInterfaceType):
        parts = ["__typename"] if any("__typename" in shape for shape in shapes) else []
        for name in sorted({_type_name(shape) for shape in shapes} & set(schema.type_map)):
            own = [shape for shape in shapes if _type_name(shape) == name]
            parts.append(f"... on {name} {{ {' '.join(_fields(schema, schema.type_map[name], own))} }}")
    else:
        parts = _fields(schema, kind, shapes)
    return f"{{ {' '.join(parts) or '__typename'} }}"


def _type_name(shape: dict[str, Any]) -> str:
    """Of an object whose field is an interface: as told, else from its id."""
    return str(shape.get("__typename") or (str(shape.get("id", "")).split("/") + [""] * 4)[3])


def _fields(schema: GraphQLSchema, kind: Any, shapes: list[dict[str, Any]]) -> list[str]:
    parts = []
    for name in dict.fromkeys(name for shape in shapes for name in shape if name != "__typename"):
        below = kind.fields.get(name) if isinstance(kind, GraphQLObjectType) else None
        values = [shape.get(name) for shape in shapes]
        arguments = _arguments(below, values) if below else None
        if below is None or arguments is None:
            for shape in shapes:
                shape.pop(name, None)
            continue
        merged = [one for some in values for one in (some if isinstance(some, list) else [some])]
        parts.append(f"{name}{arguments} {_selection(schema, below, merged)}".rstrip())
    return parts


def _arguments(field: GraphQLField, values: list[Any]) -> str | None:
    """For a field's recorded values; None where what was asked cannot be told from them."""
    given = []
    if get_named_type(field.type).name.endswith("Connection"):
        given.append(f"first: {PAGE}")
        nodes = [node for value in values if value for node in value.get("nodes") or () if node]
        if "includeInactive" in field.args and any(node.get("isActive") is False for node in nodes):
            given.append("includeInactive: true")
    elif "names" in field.args:
        lists = [value for value in values if value]
        names = [one["name"] for one in lists[0]] if lists else ["available"]
        given.append("names: [" + ", ".join(f'"{name}"' for name in names) + "]")
    elif any(is_required_argument(one) for one in field.args.values()):
        return None
    return f"({', '.join(given)})" if given else ""
