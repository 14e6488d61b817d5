"""Lines of a result, as the service prints them: without blanks, `/` and what HTML could take for its own escaped."""

from __future__ import annotations

import json
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
ESCAPES = (("/", "\\/"), ("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"))


def line_of(row: dict[str, Any]) -> str:
    """Not escaped yet."""
    return _encode(row)


def printed(lines: list[str]) -> bytes:
    """Escaped, with an end for each line. None of the characters stands in JSON but in a text."""
    text = "\n".join(lines) + "\n"
    for character, escape in ESCAPES:
        text = text.replace(character, escape)
    return text.encode()
