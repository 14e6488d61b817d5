"""The one mutation that is sent all day, without the machinery: same work, same answer, less time.

Recognised by its shape: `inventorySetQuantities(input: $a) @idempotent(key: $b)` that asks for the group's
id and the user errors. Input out of the ordinary goes the long way, which knows what to say about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, FieldNode, OperationDefinitionNode, VariableNode

from sandbox.calls.call import Call
from sandbox.calls.directive import once
from sandbox.calls.keys import fingerprint
from sandbox.inventory.quantities import set_quantities
from sandbox.state.gids import gid

ROOT = "inventorySetQuantities"
LIMIT = 250
INPUT = {"name", "quantities", "reason", "referenceDocumentUri"}
ENTRY = {"changeFromQuantity", "inventoryItemId", "locationId", "quantity"}
ASKED = {"inventoryAdjustmentGroup": {"id"}, "userErrors": {"code", "field", "message"}}
INT = 2**31
ID = "gid://shopify/[A-Za-z]+/[0-9]+"
IDS = re.compile(rf"{ID}(?: {ID})*\Z")


@dataclass(frozen=True, slots=True)
class Shortcut:
    input: str
    key: str
    group: tuple[str, ...]
    """What is answered, in the document's order."""
    errors: tuple[str, ...]
    order: tuple[str, ...]

    def accepts(self, variables: dict[str, Any]) -> bool:
        """Whether the variables need no refusal that belongs to GraphQL itself."""
        key = variables.get(self.key)
        names = variables.keys() == {self.input, self.key}
        return names and isinstance(key, str) and bool(key.strip()) and ordinary(variables[self.input])

    def run(self, call: Call) -> dict[str, Any]:
        """`data` of the answer."""
        given, key = call.variables[self.input], call.variables[self.key]
        payload = once(
            call,
            key,
            fingerprint(ROOT, {"input": given}),
            lambda: set_quantities(call, given, "quantities", given["name"]),
        )
        group = payload.get("inventoryAdjustmentGroup")
        parts = {
            "inventoryAdjustmentGroup": group and {"id": gid("InventoryAdjustmentGroup", group.id)},
            "userErrors": [{name: error[name] for name in self.errors} for error in payload["userErrors"]],
        }
        return {ROOT: {name: parts[name] for name in self.order}}


def ordinary(given: Any) -> bool:
    if not isinstance(given, dict) or not given.keys() <= INPUT or len(given) < 3:
        return False
    entries = given.get("quantities")
    if not isinstance(entries, list) or not 0 < len(entries) <= LIMIT:
        return False
    if not isinstance(given.get("name"), str) or not isinstance(given.get("reason"), str):
        return False
    if not isinstance(given.get("referenceDocumentUri"), str | None):
        return False
    ids: list[str] = []
    for entry in entries:
        if type(entry) is not dict or entry.keys() != ENTRY:
            return False
        quantity, before = entry["quantity"], entry["changeFromQuantity"]
        if type(quantity) is not int or not -INT <= quantity < INT:
            return False
        if before is not None and (type(before) is not int or not -INT <= before < INT):
            return False
        ids += entry["inventoryItemId"], entry["locationId"]
    if not all(type(text) is str for text in ids):
        return False
    # All at once: one by one they would take as long as everything else.
    joined = " ".join(ids)
    return joined.count(" ") == len(ids) - 1 and IDS.match(joined) is not None


def recognise(document: DocumentNode, operation: OperationDefinitionNode) -> Shortcut | None:
    """The shortcut through this operation, if it has exactly the well-known shape."""
    selected = operation.selection_set.selections
    root = selected[0]
    if len(document.definitions) != 1 or len(selected) != 1 or not isinstance(root, FieldNode):
        return None
    if root.name.value != ROOT or len(root.directives or ()) != 1 or len(root.arguments or ()) != 1:
        return None
    if root.alias or operation.directives:
        return None
    directive, argument = next(iter(root.directives or ())), next(iter(root.arguments or ()))
    keys = directive.arguments or ()
    if directive.name.value != "idempotent" or not isinstance(argument.value, VariableNode):
        return None
    if len(keys) != 1 or not isinstance(keys[0].value, VariableNode):
        return None
    if any(one.default_value for one in operation.variable_definitions or ()):
        return None
    asked = _plain(root)
    if asked is None or set(asked) != set(ASKED):
        return None
    if any(set(asked[name]) != ASKED[name] for name in ASKED):
        return None
    return Shortcut(
        argument.value.name.value,
        keys[0].value.name.value,
        asked["inventoryAdjustmentGroup"],
        asked["userErrors"],
        tuple(asked),
    )


def _plain(root: FieldNode) -> dict[str, tuple[str, ...]] | None:
    """Fields and their own fields, in order; None if there is more to it than names."""
    found: dict[str, tuple[str, ...]] = {}
    for field in root.selection_set.selections if root.selection_set else ():
        if not isinstance(field, FieldNode) or not _bare(field) or field.selection_set is None:
            return None
        below = field.selection_set.selections
        names = tuple(one.name.value for one in below if isinstance(one, FieldNode) and _bare(one))
        if len(names) != len(below) or field.name.value in found or len(set(names)) != len(names):
            return None
        found[field.name.value] = names
    return found


def _bare(field: FieldNode) -> bool:
    return not (field.alias or field.arguments or field.directives)
