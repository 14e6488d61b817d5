"""Changing levels: entries are checked together, and either all are written or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, VariableNode

from sandbox.calls.call import Call, Info
from sandbox.calls.errors import user_error
from sandbox.state.adjustments import InventoryAdjustmentGroup, Part
from sandbox.state.entities import InventoryItem, InventoryLevel, Location

NO_ITEM = ("The specified inventory item could not be found.", "INVALID_INVENTORY_ITEM")
NO_LOCATION = ("The specified location could not be found.", "INVALID_LOCATION")
STALE = (
    "The changeFromQuantity argument no longer matches the persisted quantity.",
    "CHANGE_FROM_QUANTITY_STALE",
)
TWICE = (
    "The combination of inventoryItemId and locationId must be unique.",
    "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
)


@dataclass(slots=True)
class Batch:
    """One call's work: what is wrong with it, and what it would write."""

    call: Call
    list_name: str
    errors: list[dict[str, Any]] = field(default_factory=list)
    stale: list[dict[str, Any]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def refuse(self, n: int, names: tuple[str, ...], reason: tuple[str, str]) -> None:
        self.errors.append(user_error(["input", self.list_name, str(n), *names], *reason))

    def item(self, n: int, gid: str) -> InventoryItem | None:
        item = self.call.store.item(gid)
        if item is None:
            self.refuse(n, ("inventoryItemId",), NO_ITEM)
        elif self.call.spoiled.items:
            self.poison(n, gid, item)
        return item

    def poison(self, n: int, gid: str, item: InventoryItem) -> None:
        fault = self.call.spoiled.poison((gid, item.sku))
        if fault is not None:
            self.call.spoiled.strike(fault)
            message = fault.message or "The inventory item cannot be changed."
            where = ["input", self.list_name, str(n), "inventoryItemId"] if fault.index else None
            self.errors.append(user_error(where, message, fault.code or "NON_MUTABLE_INVENTORY_ITEM"))

    def location(self, n: int, names: tuple[str, ...], gid: str) -> Location | None:
        location = self.call.store.location(gid)
        if location is None:
            self.refuse(n, names, NO_LOCATION)
        return location

    def compare(self, n: int, names: tuple[str, ...], expected: int | None, present: int) -> None:
        """Compare-and-set; `None` skips the check."""
        if expected is not None and expected != present:
            where = ["input", self.list_name, str(n), *names, "changeFromQuantity"]
            self.stale.append(user_error(where, *STALE))

    def problems(self) -> list[dict[str, Any]]:
        """Stale entries are looked for only where nothing else is wrong."""
        if self.errors or not self.stale:
            return self.errors
        faults = self.call.spoiled.stale
        if faults:
            self.call.spoiled.strike(faults[0])
            return [user_error(None, *STALE)]
        return self.stale

    def settle(self, given: dict[str, Any]) -> dict[str, Any]:
        """Write every part and answer with the group, or answer with the errors and write nothing."""
        problems = self.problems()
        if problems:
            return refusal(problems)
        call = self.call
        parts = [one for part in self.parts if (one := part.without_zeros()).levels]
        if not parts:
            return {"inventoryAdjustmentGroup": None, "userErrors": []}
        group = InventoryAdjustmentGroup(
            id=call.store.new_id("InventoryAdjustmentGroup"),
            created_at=call.now,
            reason=given["reason"],
            reference_document_uri=given.get("referenceDocumentUri"),
            app=call.app,
            parts=parts,
        )
        for part in parts:
            self.write(part)
        call.store.record(group)
        content = hash(tuple((tuple(part.names), tuple(part.deltas)) for part in parts))
        call.journal.wrote(call.app, call.key, content, sum(len(part.levels) for part in parts))
        return {"inventoryAdjustmentGroup": group, "userErrors": []}

    def write(self, part: Part) -> None:
        name, now = part.names[0], self.call.now
        for at, delta in enumerate(part.deltas):
            level = part.levels[at]
            if not level.is_stored:
                level = part.levels[at] = self.call.store.keep_level(level)
            self.call.store.changing_stock(level)
            level.change(name, delta, now)


def adjust(call: Call, level: InventoryLevel, delta: int) -> None:
    """Change what is available at one level, beside some other work; zero changes nothing."""
    if delta:
        call.store.changing_stock(level)
        level.change("available", delta, call.now)
        part = Part(("available", "on_hand"), [level], [delta])
        number = call.store.new_id("InventoryAdjustmentGroup")
        call.store.record(InventoryAdjustmentGroup(number, call.now, "other", None, call.app, [part]))
        call.journal.wrote(call.app, call.key, hash((level.row, delta)), 1)


def refusal(problems: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inventoryAdjustmentGroup": None, "userErrors": problems}


def level_at(call: Call, item: InventoryItem, location: Location) -> InventoryLevel:
    """The level there; a new one, kept only when it is written, where the item is not stocked yet."""
    return item.level(location) or call.store.new_level(item, location)


def require_change_from(info: Info | None, entries: list[dict[str, Any]], kind: str) -> None:
    """The key must be there, even though the schema lets it be absent; null skips the comparison."""
    if any("changeFromQuantity" not in entry for entry in entries):
        message = f"{kind} must include the following argument: changeFromQuantity."
        nodes: list[Any] = list(info.field_nodes[:1]) if info else []
        if info:
            values = [argument.value for argument in info.field_nodes[0].arguments or ()]
            used = {value.name.value for value in values if isinstance(value, VariableNode)}
            nodes += [one for one in info.operation.variable_definitions or () if one.variable.name.value in used]
        raise GraphQLError(message, nodes or None, extensions={"code": "INVALID_FIELD_ARGUMENTS"})
