"""What others wrote is shown, and obeyed by no program that shows it."""

from __future__ import annotations

import pytest

from runner.plain import cell, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mug, 9 €, 马克杯, 👩\u200d🔧", "Mug, 9 €, 马克杯, 👩\u200d🔧"),
        ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb\nc\td\x7f", "a\\rb\\nc\\td\\x7f"),
        ("TEE\u202exls.exe\u2066", "TEE\\u202exls.exe\\u2066"),
        ("a\u2028b\u200bc\ufeffd\udc80", "a\\u2028b\\u200bc\\ufeffd\\udc80"),
    ],
)
def test_what_moves_a_cursor_or_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert plain("a\nb\x1b", keep="\n") == "a\nb\\x1b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('=HYPERLINK("http://x.test";"Tee")', '\'=HYPERLINK("http://x.test";"Tee")'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        (" =1+1", "' =1+1"),
        ("-5", "-5"),
        ("-TEE", "-TEE"),
        ("+49 30", "+49 30"),
        ("Tee = good", "Tee = good"),
    ],
)
def test_a_formula_is_marked_as_text_and_a_sku_is_none(text: str, shown: str) -> None:
    assert cell(text) == shown
