"""Three ways: base, ours, theirs. The same judge for any entity."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.seeds import Shelf, rows

VALUES = st.sampled_from(["a", "b", "c"])
RULES = ("ours", "theirs", "newest", "merge", "manual")
keys = itertools.count()


def judge(shelf: Shelf, ours: Any, base: dict[str, Any], rule: str | None = None) -> tuple[Any, ...]:
    """Verdict, value and outcome of one field; ``base``: ours, theirs, seen, decided, each if it is known."""
    key, field = str(next(keys)), "f"
    c = shelf.connection
    c.execute("delete from sync.field_rules")
    if rule:
        c.execute("insert into sync.field_rules values (%s, 'thing', %s, %s)", (shelf.shop, field, rule))
    c.execute(
        "insert into sync.field_bases (shop_id, entity, key, ours, theirs, seen, decided) "
        "values (%s, 'thing', %s, %s, %s, %s, %s)",
        (
            shelf.shop,
            key,
            *(json.dumps({field: base[n]} if n in base else {}) for n in ("ours", "theirs", "seen", "decided")),
        ),
    )
    found = rows(
        c,
        "select verdict, value, outcome from sync.judge_fields(%s, 'thing', %s, %s, now(), now() - interval '1 hour')",
        shelf.shop, key, json.dumps({field: ours}),
    )  # fmt: skip
    return tuple(found[0].values()) if found else ()


AGREED = {"ours": "a", "theirs": "A", "seen": "A"}


@pytest.mark.parametrize(
    ("ours", "base", "rule", "expected"),
    [
        ("a", AGREED, None, ()),
        ("b", AGREED, None, ("send", "b", None)),
        ("a", {**AGREED, "seen": "x"}, None, ("send", "a", "ours")),
        ("b", {**AGREED, "seen": "x"}, None, ("send", "b", "ours")),
        ("x", {**AGREED, "seen": "x"}, None, ("keep", "x", None)),
        ("a", {**AGREED, "seen": "x"}, "theirs", ("keep", "a", "theirs")),
        ("b", AGREED, "theirs", ("keep", "b", None)),
        ("b", {}, "theirs", ("send", "b", None)),
        ("b", {**AGREED, "seen": "x"}, "newest", ("send", "b", "ours")),
        ("a", {**AGREED, "seen": "x"}, "newest", ("keep", "a", "theirs")),
        ("b", {**AGREED, "seen": "x"}, "manual", ("hold", "b", None)),
        ("b", {**AGREED, "seen": "x"}, "merge", ("hold", "b", None)),
        ("b", {**AGREED, "ours": "b", "seen": "x", "decided": "y"}, "manual", ("send", "y", None)),
        # What the warehouse has said since is newer than what somebody has decided.
        ("b", {**AGREED, "seen": "x", "decided": "y"}, "ours", ("send", "b", "ours")),
        ("b", {"seen": "x"}, None, ("send", "b", None)),
        ("x", {"seen": "x"}, None, ("keep", "x", None)),
        (
            ["a", "b"],
            {"ours": ["a"], "theirs": ["a"], "seen": ["a", "c"]},
            "merge",
            ("send", ["a", "b", "c"], "merged"),
        ),
        (
            {"title": "t", "text": "n"},
            {
                "ours": {"title": "t", "text": "o"},
                "theirs": {"title": "t", "text": "o"},
                "seen": {"title": "s", "text": "o"},
            },
            "merge",
            ("send", {"title": "s", "text": "n"}, "merged"),
        ),
    ],
)
def test_a_difference_is_judged_three_ways(
    shelf: Shelf, ours: Any, base: dict[str, Any], rule: str | None, expected: tuple[Any, ...]
) -> None:
    assert judge(shelf, ours, base, rule) == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=VALUES, ours=VALUES, theirs=VALUES, rule=st.sampled_from(RULES))
def test_nothing_is_lost_and_our_echo_is_no_conflict(
    shelf: Shelf, base: str, ours: str, theirs: str, rule: str
) -> None:
    found = judge(shelf, ours, {"ours": base, "theirs": base, "seen": theirs}, rule)
    if ours == base == theirs:
        assert found == ()
    elif theirs == base:
        # Only the warehouse has changed it: sent, or left to the shop; never a conflict.
        assert found[2] is None and found[0] == ("keep" if rule == "theirs" else "send")
    elif ours == theirs:
        assert found[0] == "keep" and found[2] is None
    else:
        # The shop has changed it: whatever comes of it is told.
        assert found[2] is not None or found[0] == "hold"


def test_a_field_with_a_dot_has_the_rule_of_what_stands_before_it(shelf: Shelf) -> None:
    c = shelf.connection
    c.execute("insert into sync.field_rules values (%s, 'product', 'metafields', 'theirs')", (shelf.shop,))
    found = rows(c, "select sync.rule_of(%s, 'product', f) as r from unnest(%s::text[]) as f", shelf.shop,
                 ["metafields.a.b", "metafields", "title"])  # fmt: skip
    assert [r["r"] for r in found] == ["theirs", "theirs", "ours"]
