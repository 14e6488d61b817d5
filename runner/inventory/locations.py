"""Where a shop shows the stock of the warehouse's locations: said by people, never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from runner.db import Database, inventory, linking
from runner.db import shops as db_shops
from runner.db.core import Row
from runner.db.likeness import near_miss
from runner.errors import InvalidInput
from runner.plain import plain

NOWHERE = "none"


class Unnamed(InvalidInput):
    """A word names no location of the warehouse, or of the shop: none of ``names``."""

    def __init__(self, message: str, *, wanted: str, names: Sequence[str], remedy: str | None) -> None:
        super().__init__(message, remedy=remedy)
        self.wanted, self.names = wanted, names


Words = Sequence[str]
"""Each ``KEY=LOCATION``: the key or name of one of ours, the number or name of one of theirs, or ``none``."""


class Places(NamedTuple):
    """Both sides of a shop's map: the warehouse's locations, each as it is mapped, and those of the shop."""

    domain: str
    ours: list[Row]
    theirs: list[Row]

    def key(self, wanted: str) -> str:
        """The key of a warehouse location, of its key or name.

        Raises:
            InvalidInput: there is none, or there are several of this name.
        """
        return str(_pick(self.ours, wanted, "location_key", "the warehouse", None))

    def location_id(self, wanted: str) -> int | None:
        """The id of an active location of the shop, of its id or name; None of ``none``.

        Raises:
            InvalidInput: there is none, it is not active, or there are several of this name.
        """
        if wanted == NOWHERE:
            return None
        active = [row for row in self.theirs if row["is_active"]]
        remedy = f"If it is new or active again, run: shelfwire shop verify {self.domain}"
        if not _named(active, wanted, "location_id") and (closed := _named(self.theirs, wanted, "location_id")):
            there = _listed(active, "location_id")
            raise InvalidInput(
                f"{closed[0]['location_id']} ({closed[0]['name']}) is not active in Shopify; active are: {there}.",
                remedy=remedy,
            )
        return int(_pick(active, wanted, "location_id", self.domain, remedy))

    def pair(self, word: str) -> tuple[str, int | None]:
        """What ``KEY=LOCATION`` says, as key and id. Names may hold the sign: it is taken where both sides are known.

        Raises:
            InvalidInput: it can be read in no way, or in several.
        """
        splits = [(word[:at], word[at + 1 :]) for at, sign in enumerate(word) if sign == "="]
        splits = [(left, right) for left, right in splits if left and right]
        if not splits:
            raise InvalidInput(f"{word!r} says nothing: a mapping is written KEY=LOCATION, or KEY=none.")

        def known(split: tuple[str, str]) -> int:
            ours = bool(_named(self.ours, split[0], "location_key"))
            return ours + (split[1] == NOWHERE or bool(_named(self.theirs, split[1], "location_id")))

        best = max(map(known, splits))
        found = [split for split in splits if known(split) == best]
        if best == 2 and len(found) > 1:
            ways = " or ".join(f"{left!r} at {right!r}" for left, right in found)
            raise InvalidInput(f"{word!r} can be read as {ways}. Write the location's key and the shop's number.")
        # If it names nothing, only a key has no other name to go by.
        left, right = found[-1]
        return self.key(left), self.location_id(right)

    def choose(self, words: Words, rest: str | None) -> dict[str, int | None]:
        """What is said, as ids by key: ``words``, and where the ``rest`` of what is not mapped goes.

        Raises:
            InvalidInput: something names nothing, or several things; or a location is named twice.
        """
        chosen: dict[str, int | None] = {}
        for key, place in map(self.pair, words):
            if key in chosen:
                raise InvalidInput(f"The location {key} is mapped twice in one command. Say once where it is shown.")
            chosen[key] = place
        if rest is not None:
            others = [o["location_key"] for o in self.ours if not o["mapped"] and o["location_key"] not in chosen]
            chosen |= dict.fromkeys(others, self.location_id(rest))
        return chosen


async def places(database: Database, domain: str) -> Places:
    """The locations of the warehouse and those of a shop, as they were read last.

    Raises:
        InvalidInput: there is no such shop.
    """
    (shop,) = await db_shops.shops(database, domain)
    return Places(
        domain, await inventory.mapped_locations(database, shop.id), await db_shops.locations(database, shop.id)
    )


async def map_locations(database: Database, domain: str, words: Words, rest: str | None = None) -> list[Row]:
    """Show the stock of warehouse locations at locations of a shop, as the ``words`` say.

    Args:
        rest: where all go that are there now, not mapped and not among the words. What comes later is not mapped.

    Returns:
        As `runner.db.inventory.mapped_locations`.

    Raises:
        InvalidInput: there is no such shop, or what is said cannot be understood: then nothing is mapped.
    """
    (shop,) = await db_shops.shops(database, domain)
    try:
        chosen = (await places(database, domain)).choose(words, rest)
    except Unnamed as error:
        alike = await near_miss(database, error.wanted, error.names)
        raise InvalidInput(error.message + alike, remedy=error.remedy) from error
    if chosen:
        await inventory.map_locations(database, shop.id, chosen)
        if shop.linked_at is not None:
            await linking.mark_shop(database, shop.id)
    return await inventory.mapped_locations(database, shop.id)


def _named(rows: Sequence[Row], wanted: str, column: str) -> list[Row]:
    return [r for r in rows if str(r[column]) == wanted] or [r for r in rows if r["name"] == wanted]


def _listed(rows: Sequence[Row], column: str) -> str:
    return ", ".join(f"{r[column]} ({plain(r['name'] or '')})" for r in rows) or "none"


def _pick(rows: Sequence[Row], wanted: str, column: str, where: str, remedy: str | None) -> Any:
    found = _named(rows, wanted, column)
    if not found:
        raise Unnamed(
            f"{wanted!r} is no location of {where}; there are: {_listed(rows, column)}.",
            wanted=wanted, names=[row["name"] for row in rows if row["name"]], remedy=remedy,
        )  # fmt: skip
    if len(found) > 1:
        there = _listed(found, column)
        raise InvalidInput(f"{wanted!r} names several locations of {where}: {there}. Say which by its number or key.")
    return found[0][column]
