"""Texts that others wrote, such as titles and messages, made plain: to be read, and never to be obeyed by a program."""

from __future__ import annotations

import re
import unicodedata

# Control and format characters: what moves a cursor, turns the direction of reading, or cannot be seen.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Two that letters and signs are joined by.
JOINERS = "\u200c\u200d"
# What a spreadsheet computes: a sign that begins a formula, where more than a number or a SKU follows.
FORMULA = re.compile(r"\s*(=|[+@-].*[(|!])", re.DOTALL)


def plain(text: str, keep: str = "") -> str:
    r"""The text with every character that is not shown as itself written as an escape, such as ``\x1b`` or ``\u202e``.

    Args:
        keep: such characters that stay as they are, as line ends do where lines are wanted.
    """
    if text.isascii() and text.isprintable():
        return text
    seen = {*keep, *JOINERS}
    return "".join(c if c in seen or unicodedata.category(c) not in UNSEEN else _escaped(c) for c in text)


def cell(text: str) -> str:
    """A plain text that stands alone, and may end in a spreadsheet: a formula is marked as text by an apostrophe."""
    shown = plain(text)
    return f"'{shown}" if FORMULA.match(shown) else shown


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
