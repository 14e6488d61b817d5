"""What is attached, beside what should be: fingerprint, triggers, gaps."""

from __future__ import annotations

from dataclasses import dataclass

from runner.db import relations as db


@dataclass(frozen=True)
class Attachment:
    """What stands in the database. ``gaps`` say where changes may escape, ``faults`` what cannot be read."""

    fingerprint: str | None
    triggers: int
    gaps: list[str]
    faults: list[str]


async def read(dsn: str) -> Attachment:
    """Look at the triggers, without any mapping file."""
    async with db.connected(dsn) as connection, db.examining(connection):
        return Attachment(
            await db.attached_fingerprint(connection),
            len(await db.capture_triggers(connection)),
            await db.capture_gaps(connection),
            await db.mapping_faults(connection),
        )
