"""Handles: made from a title, kept unique, normalised when given."""

from __future__ import annotations

import re
from collections.abc import Container


def normalised(text: str) -> str:
    """Lower case, letters of any script and digits; everything else becomes one hyphen."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def free_handle(wanted: str, taken: Container[str]) -> str:
    """`wanted`, or with the next number behind it: `shirt`, `shirt-1`; `shirt-41`, `shirt-42`."""
    if wanted not in taken:
        return wanted
    match = re.match(r"(.+)-(\d+)\Z", wanted)
    stem, number = (match[1], int(match[2])) if match else (wanted, 0)
    while True:
        number += 1
        if f"{stem}-{number}" not in taken:
            return f"{stem}-{number}"
