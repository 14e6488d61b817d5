"""inventorySetQuantities, inventorySetOnHandQuantities, inventoryAdjustQuantities, inventoryMoveQuantities."""

from __future__ import annotations

from typing import Any

from sandbox.calls.call import Call, Info
from sandbox.calls.directive import idempotent
from sandbox.calls.errors import user_error
from sandbox.calls.resolvers import resolves
from sandbox.inventory.batch import TWICE, Batch, level_at, require_change_from
from sandbox.inventory.reasons import ledger_error, reason_errors
from sandbox.state.adjustments import Part

SET_LIMIT = 1_000_000_000
ADJUST_LIMIT = 2_000_000_000
ADJUSTABLE = ("available", "damaged", "incoming", "quality_control", "reserved", "safety_stock")

NEGATIVE = ("The quantity can't be negative.", "INVALID_QUANTITY_NEGATIVE")
UNKNOWN_NAME = (
    f"The specified quantity name is invalid. Valid values are: {', '.join(ADJUSTABLE)}.",
    "INVALID_QUANTITY_NAME",
)


def too_high(limit: int) -> tuple[str, str]:
    return f"The quantity can't be higher than {limit:,}.", "INVALID_QUANTITY_TOO_HIGH"


def too_low(limit: int) -> tuple[str, str]:
    return f"The quantity can't be lower than {-limit:,}.", "INVALID_QUANTITY_TOO_LOW"


@resolves("Mutation", "inventorySetQuantities")
@idempotent
def resolve_set(_: Any, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    require_change_from(info, input["quantities"], "InventoryQuantityInput")
    return set_quantities(info.context, input, "quantities", input["name"])


@resolves("Mutation", "inventorySetOnHandQuantities")
@idempotent
def resolve_set_on_hand(_: Any, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    require_change_from(info, input["setQuantities"], "InventorySetQuantityInput")
    return set_quantities(info.context, input, "setQuantities", "on_hand")


def set_quantities(call: Call, given: dict[str, Any], list_name: str, name: str) -> dict[str, Any]:
    """Every entry's quantity, whatever it was; `on_hand` is set by changing what is available."""
    batch = Batch(call, list_name, reason_errors(given))
    if name not in ("available", "on_hand"):
        message = "The quantity name must be either 'available' or 'on_hand'."
        batch.errors.append(user_error(["input", "name"], message, "INVALID_NAME"))
        name = "available"
    lowest = -SET_LIMIT if name == "available" else 0
    part = Part(("available", "on_hand"), [], [])
    seen: dict[tuple[int, int], int] = {}
    twice: set[int] = set()
    for n, entry in enumerate(given[list_name]):
        item = batch.item(n, entry["inventoryItemId"])
        location = batch.location(n, ("locationId",), entry["locationId"])
        quantity = entry["quantity"]
        if quantity > SET_LIMIT:
            batch.refuse(n, ("quantity",), too_high(SET_LIMIT))
        elif quantity < lowest:
            batch.refuse(n, ("quantity",), too_low(SET_LIMIT) if lowest else NEGATIVE)
        if item is None or location is None:
            continue
        if (first := seen.setdefault((item.id, location.id), n)) != n:
            twice |= {first, n}
        level = level_at(call, item, location)
        present = level.available if name == "available" else level.on_hand
        if entry["changeFromQuantity"] != present:
            batch.compare(n, (), entry["changeFromQuantity"], present)
        part.levels.append(level)
        part.deltas.append(quantity - present)
    for n in sorted(twice):
        batch.refuse(n, ("locationId",), TWICE)
    batch.parts.append(part)
    return batch.settle(given)


@resolves("Mutation", "inventoryAdjustQuantities")
@idempotent
def resolve_adjust(_: Any, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    require_change_from(info, input["changes"], "InventoryChangeInput")
    batch = Batch(info.context, "changes", reason_errors(input))
    name = input["name"]
    if name not in ADJUSTABLE:
        batch.errors.append(user_error(["input", "name"], *UNKNOWN_NAME))
    documents = {entry.get("ledgerDocumentUri") for entry in input["changes"]} - {None}
    if len(documents) > 1:
        message = "All changes must have the same ledger document URI or, in the case of adjusting available, "
        message += "no ledger document URI."
        batch.errors.append(user_error(["input", "changes"], message, "MAX_ONE_LEDGER_DOCUMENT"))
    part = Part(written(name), [], [], next(iter(documents), None))
    sums: dict[int, int] = {}
    for n, entry in enumerate(input["changes"]):
        item = batch.item(n, entry["inventoryItemId"])
        location = batch.location(n, ("locationId",), entry["locationId"])
        trouble = ledger_error(name, entry.get("ledgerDocumentUri"))
        if trouble and name in ADJUSTABLE:
            batch.refuse(n, ("ledgerDocumentUri",), trouble)
        if item is None or location is None or name not in ADJUSTABLE:
            continue
        level = level_at(info.context, item, location)
        present = level.quantity(name)
        sums[id(level)] = sums.get(id(level), present) + entry["delta"]
        if max(sums[id(level)], entry["delta"]) > ADJUST_LIMIT:
            batch.refuse(n, ("delta",), too_high(ADJUST_LIMIT))
        elif min(sums[id(level)], entry["delta"]) < -ADJUST_LIMIT:
            batch.refuse(n, ("delta",), too_low(ADJUST_LIMIT))
        batch.compare(n, (), entry["changeFromQuantity"], present)
        part.levels.append(level)
        part.deltas.append(entry["delta"])
    batch.parts.append(part)
    return batch.settle(input)


@resolves("Mutation", "inventoryMoveQuantities")
@idempotent
def resolve_move(_: Any, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    ends = [entry[end] for entry in input["changes"] for end in ("from", "to")]
    require_change_from(info, ends, "InventoryMoveQuantityTerminalInput")
    batch = Batch(info.context, "changes", reason_errors(input))
    for n, entry in enumerate(input["changes"]):
        move(batch, n, entry)
    return batch.settle(input)


def move(batch: Batch, n: int, entry: dict[str, Any]) -> None:
    """From one state to another at one location."""
    item = batch.item(n, entry["inventoryItemId"])
    quantity = entry["quantity"]
    if quantity < 0:
        batch.refuse(n, ("quantity",), NEGATIVE)
    elif quantity > ADJUST_LIMIT:
        batch.refuse(n, ("quantity",), too_high(ADJUST_LIMIT))
    if entry["from"]["locationId"] != entry["to"]["locationId"]:
        message = "The quantities can't be moved between different locations."
        batch.refuse(n, (), (message, "DIFFERENT_LOCATIONS"))
    if entry["from"]["name"] == entry["to"]["name"]:
        batch.refuse(n, (), ("The quantity names for each change can't be the same.", "SAME_QUANTITY_NAME"))
    for end, sign in (("from", -1), ("to", 1)):
        given = entry[end]
        location = batch.location(n, (end, "locationId"), given["locationId"])
        if given["name"] not in ADJUSTABLE:
            batch.refuse(n, (end, "name"), UNKNOWN_NAME)
            continue
        trouble = ledger_error(given["name"], given.get("ledgerDocumentUri"))
        if trouble:
            batch.refuse(n, (end, "ledgerDocumentUri"), trouble)
        if item is None or location is None:
            continue
        level = level_at(batch.call, item, location)
        batch.compare(n, (end,), given["changeFromQuantity"], level.quantity(given["name"]))
        uri = given.get("ledgerDocumentUri")
        names = (given["name"],) if not crosses(entry) else written(given["name"])
        batch.parts.append(Part(names, [level], [sign * quantity], uri))


def crosses(entry: dict[str, Any]) -> bool:
    """Whether the move changes what is on hand: only goods that are still coming are not."""
    return "incoming" in (entry["from"]["name"], entry["to"]["name"])


def written(name: str) -> tuple[str, ...]:
    """The rows a change of this quantity makes."""
    return (name,) if name == "incoming" else (name, "on_hand")
