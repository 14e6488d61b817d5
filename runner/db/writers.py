"""Who writes to a shop: our mark there, and what another one means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from runner.db.core import Database, Row


@dataclass(frozen=True)
class Beat:
    """A mark that is due: ``says`` is what the shop is to hold; ``digest`` that of what
    its ``owner`` held last, None: nothing."""

    shop_id: int
    sent: str
    owner: str | None
    digest: str | None
    says: dict[str, Any]


async def lease_beats(db: Database, seconds: float) -> list[Beat]:
    """The live shops whose mark is due; nobody else renews them for so many seconds."""
    rows = await db.fetch("select shop_id, sent::text, owner, digest, says from sync.lease_beats(%s)", (seconds,))
    return [Beat(**row) for row in rows]


async def confirm(db: Database, beat: Beat, owner: str, digest: str, seconds: float) -> None:
    """The shop holds our mark; it is renewed after so many seconds."""
    await db.fetch("select sync.confirm_writer(%s, %s, %s, %s, %s)", (beat.shop_id, beat.sent, owner, digest, seconds))


async def judge(db: Database, shop_id: int, found: dict[str, Any] | None, seconds_old: float) -> str:
    """What a mark means that the shop holds: ``ours, free, wait, restored, other``; see judge_mark.sql."""
    given = None if found is None else db.encoding.json(found)
    return str(await db.value("select sync.judge_mark(%s, %s::jsonb, %s)", (shop_id, given, seconds_old)))


async def note_silence(
    db: Database, shop_id: int, message: str, seconds: float, code: str | None = None, *, refused: bool = False
) -> None:
    """The mark could not be renewed; it is tried again after so many seconds.

    ``code``: the class of what every call of the shop may fail by; ``refused``: it does.
    """
    await db.fetch("select sync.note_silence(%s, %s, %s, %s, %s)", (shop_id, message, seconds, code, refused))


async def adopt(db: Database, shop_id: int) -> Beat:
    """Become the writer under another name; returns the mark that says so. Nobody else renews it for ten seconds."""
    await db.fetch("select sync.adopt_shop(%s)", (shop_id,))
    row = await db.row(
        "select w.shop_id, w.sent::text, w.owner, w.digest, sync.mark_of(w) as says from sync.writers as w "
        "where w.shop_id = %s",
        (shop_id,),
    )
    return Beat(**row)


async def unread(db: Database) -> list[int]:
    """Live shops whose levels have to be read before anything is written."""
    rows = await db.fetch(
        "select w.shop_id from sync.writers as w join sync.shops as h on h.id = w.shop_id "
        "where w.unread_since is not null and h.mode = 'live' order by 1"
    )
    return [row["shop_id"] for row in rows]


async def writers(db: Database) -> list[Row]:
    """Who writes to each shop: ``shop, mode, stops, other, error``."""
    return await db.fetch("select shop, mode, stops, other, error from sync.writer_status order by shop")
