"""The mutation that is sent all day takes a shortcut: it must not be seen in any answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphql import OperationDefinitionNode, parse

from house.sandbox import SET, Sandbox, set_variables
from sandbox.execution.execution import Execution
from sandbox.execution.shortcut import recognise

Start = Callable[..., Sandbox]

FRAGMENT = " fragment Group on InventoryAdjustmentGroup { id }"
LONG = SET.replace("{ id }", "{ ...Group }") + FRAGMENT
RUNNERS = Path(__file__).parents[3] / "runner/shopify/graphql/InventorySetQuantities.graphql"

ITEM, PLACE = "gid://shopify/InventoryItem/{}", "gid://shopify/Location/{}"
ITEMS = [ITEM.format(53_000_000_000_001 + n) for n in range(4)]
MAIN, SECOND = (PLACE.format(106_000_000_001 + n) for n in range(2))


def entry(n: int, quantity: Any, before: Any, place: str = MAIN) -> tuple[Any, ...]:
    return (ITEMS[n], place, quantity, before)


def with_variables(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    variables = set_variables((ITEMS[0], MAIN, 1, None), key="changed")
    change(variables)
    return variables


CASES: list[dict[str, Any]] = [
    set_variables(entry(0, 5, 0), entry(1, 6, 0), key="a"),
    set_variables(entry(0, 5, 0), entry(1, 6, 0), key="a"),
    set_variables(entry(0, 5, 1), key="a"),
    set_variables(entry(0, 7, 0), key="b"),
    set_variables(entry(0, 7, 0), key="b"),
    set_variables(entry(0, 5, 5), key="c"),
    set_variables(entry(0, 9, 5), entry(0, 9, 5), key="d"),
    set_variables((ITEM.format(1), MAIN, 1, 0), (ITEMS[0], PLACE.format(1), 1, 0), key="e"),
    set_variables(entry(2, 3, None, SECOND), key="f", referenceDocumentUri="gid://wms/Sync/1"),
    set_variables(entry(2, 3, None), key="g", referenceDocumentUri="nothing"),
    set_variables(entry(2, 3, None), key="h", reason="because"),
    set_variables(entry(2, 3, None), key="i", name="damaged"),
    set_variables(entry(2, 8, 0), key="j", name="on_hand"),
    set_variables(entry(2, -8, None), key="k", name="on_hand"),
    set_variables(entry(2, 2_000_000_000, None), entry(1, -2_000_000_000, None), key="l"),
    set_variables(*[entry(3, n, None) for n in range(251)], key="m"),
    set_variables(key="n"),
    set_variables(entry(2, 2**40, None), key="o"),
    set_variables(entry(2, True, None), key="p"),
    set_variables(("3", MAIN, 1, None), key="q"),
    set_variables(entry(2, 3, None), key=" "),
    set_variables(entry(2, 3, None), key="r", unknown=1),
    with_variables(lambda one: one["input"]["quantities"][0].pop("changeFromQuantity")),
    with_variables(lambda one: one["input"]["quantities"][0].pop("quantity")),
    with_variables(lambda one: one["input"].pop("reason")),
    with_variables(lambda one: one.pop("key")),
    with_variables(lambda one: one.pop("input")),
    with_variables(lambda one: one.update(extra=1)),
    with_variables(lambda one: one["input"].update(quantities=one["input"]["quantities"][0])),
]


def test_the_well_known_document_is_recognised_and_the_long_one_is_not() -> None:
    assert shortcut_of(SET)
    assert shortcut_of(RUNNERS.read_text())
    assert not shortcut_of(LONG)
    for change in (
        ("{ id }", "{ id reason }"),
        ("field message", "field text: message"),
        ("inventorySetQuantities(", "all: inventorySetQuantities("),
        ("@idempotent(key: $key)", '@idempotent(key: "fixed")'),
        ("userErrors", "__typename userErrors"),
        ("key: String!", 'key: String! = "k"'),
    ):
        assert not shortcut_of(SET.replace(*change)), change


def shortcut_of(text: str) -> bool:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return recognise(document, operation) is not None


def test_the_long_way_is_valid_too() -> None:
    document = Execution().documents.get(LONG)
    assert not document.errors
    assert document.operations[0].shortcut is None


def test_both_ways_give_the_same_answers_and_the_same_stock(start: Start) -> None:
    options = ("--products", "4", "--locations", "Main,Second", "--unlimited")
    short, long = start(*options), start(*options)
    for n, variables in enumerate(CASES):
        assert short.query(SET, variables) == long.query(LONG, variables), n
    states = [[{k: v for k, v in level.items() if k != "available_at"} for level in s.state()] for s in (short, long)]
    assert states[0] == states[1]
    lines = [[(one["cost"], one["outcome"], one["entries"]) for one in each.requests()] for each in (short, long)]
    assert lines[0] == lines[1]


def test_both_ways_ask_for_the_scope(start: Start) -> None:
    sandbox = start("--scopes", "read_inventory", "--unlimited")
    short, long = (sandbox.query(text, CASES[0]) for text in (SET, LONG))
    assert short == long
    assert short["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
