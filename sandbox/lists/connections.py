"""Pages of a connection: cursors over a sort value and an id, forwards and backwards."""

from __future__ import annotations

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sandbox.calls.errors import bad_request

PAGE = 250
DEPTH = 25_000
"""A connection cannot be followed beyond this many objects."""

WHOLE = object()
"""As `first`: everything at once, as bulk operations read it."""

Key = Callable[[Any], tuple[Any, int]]
"""Sort value and number of a row; rows are unique by it."""


@dataclass(slots=True)
class Connection:
    nodes: list[Any]
    key: Key
    has_next: bool
    has_previous: bool

    def cursor(self, row: Any) -> str:
        value, number = self.key(row)
        text = json.dumps({"last_id": number, "last_value": str(value)}, separators=(",", ":"))
        return base64.b64encode(text.encode()).decode()

    @property
    def edges(self) -> list[dict[str, Any]]:
        return [{"cursor": self.cursor(row), "node": row} for row in self.nodes]

    @property
    def page_info(self) -> dict[str, Any]:
        return {
            "hasNextPage": self.has_next,
            "hasPreviousPage": self.has_previous,
            "startCursor": self.cursor(self.nodes[0]) if self.nodes else None,
            "endCursor": self.cursor(self.nodes[-1]) if self.nodes else None,
        }


def by_number(row: Any) -> tuple[int, int]:
    return row.id, row.id


def by_place(rows: Sequence[Any]) -> Key:
    """The order that the rows are in already, whatever their numbers."""
    places = {id(row): at for at, row in enumerate(rows)}
    return lambda row: (places[id(row)], row.id)


def paginate(
    rows: Sequence[Any],
    args: dict[str, Any],
    key: Key = by_number,
    accepts: Callable[[Any], bool] | None = None,
) -> Connection:
    """The page of `rows`, ordered by `key`, that first or last, after, before and reverse name.

    Raises BAD_REQUEST for neither or both of first and last, for more than 250, for a cursor of
    another sorting and beyond 25,000 objects.
    """
    reverse = bool(args.get("reverse"))
    if args.get("first") is WHOLE:
        everything = [row for row in rows if accepts is None or accepts(row)]
        return Connection(everything[::-1] if reverse else everything, key, has_next=False, has_previous=False)
    size, from_end = _size(args)
    low, high = 0, len(rows)
    for name in ("after", "before"):
        if args.get(name) is not None:
            position = _position(args[name], rows, key)
            if (name == "after") != reverse:
                low = bisect_right(rows, position, key=key)
            else:
                high = bisect_left(rows, position, key=key)
    window, below, above = range(low, high), range(low), range(high, len(rows))
    upwards = reverse == from_end
    behind, ahead = (below, above) if upwards else (above, below)

    def matching(positions: Iterable[int]) -> Iterator[Any]:
        return (rows[at] for at in positions if accepts is None or accepts(rows[at]))

    if len(behind) >= DEPTH and sum(1 for _ in matching(behind)) >= DEPTH:
        raise bad_request(f"Only the first {DEPTH} objects of a connection can be paged through.")
    picked = list(islice(matching(window if upwards else reversed(window)), size + 1))
    more = len(picked) > size or any(True for _ in matching(ahead))
    passed = any(True for _ in matching(behind))
    del picked[size:]
    if from_end:
        return Connection(picked[::-1], key, has_next=passed, has_previous=more)
    return Connection(picked, key, has_next=more, has_previous=passed)


def _size(args: dict[str, Any]) -> tuple[int, bool]:
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise bad_request("you must provide one of first or last")
    if first is not None and last is not None:
        raise bad_request("providing both first and last is not supported")
    name = "last" if first is None else "first"
    size = int(args[name])
    if size > PAGE:
        raise bad_request(f"{name} cannot exceed {PAGE}")
    if size < 0:
        raise bad_request(f"{name} must be a positive number")
    return size, first is None


def _position(cursor: str, rows: Sequence[Any], key: Key) -> tuple[Any, int]:
    try:
        parts = json.loads(base64.b64decode(cursor, validate=True))
        value = parts["last_value"]
        if rows:
            value = type(key(rows[0])[0])(value)
        return value, int(parts["last_id"])
    except (ValueError, KeyError, TypeError):
        raise bad_request("Invalid cursor for current pagination sort.") from None
