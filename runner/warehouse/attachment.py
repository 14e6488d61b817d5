"""What is attached, beside what should be: fingerprint, triggers, mapping."""

from __future__ import annotations

from dataclasses import dataclass

from runner.db import relations as db
from runner.warehouse import adapter
from runner.warehouse.mapping import MappingFile

# Every mapping has these; customers are captured where it names them.
ALWAYS = ("item", "product")


@dataclass(frozen=True)
class Attachment:
    """What stands in the database. ``gaps`` are triggers that are missing or do not fire."""

    fingerprint: str | None
    triggers: int
    gaps: list[str]


async def read(dsn: str) -> Attachment:
    """Look at the triggers, without any mapping file."""
    async with db.connected(dsn) as connection:
        fingerprint = await db.attached_fingerprint(connection)
        there = {t.name for t in await db.capture_triggers(connection)}
        functions = {f for entity in ALWAYS for f in adapter.functions_of(entity)}
        functions |= set(await db.capture_functions(connection))
        gaps = [f"sync_{f} is missing" for f in sorted(functions) if f"sync_{f}" not in there]
        gaps += [f"{trigger} does not fire" for trigger in await db.silent_triggers(connection)]
        return Attachment(fingerprint, len(there), gaps if fingerprint else [])


async def fingerprint(dsn: str, file: MappingFile) -> str:
    """What attaching this file now would note.

    Raises:
        MappingError: it names what the warehouse does not have.
    """
    async with db.connected(dsn) as connection:
        return adapter.render(file, await adapter.verify(connection, file))[1]
