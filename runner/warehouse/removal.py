"""Take everything out of the database again, in one transaction for which no writer of the warehouse waits."""

from __future__ import annotations

from dataclasses import dataclass

from runner.db import relations
from runner.db import removal as db
from runner.db.core import Connection
from runner.errors import InvalidInput
from runner.schema import installation
from runner.warehouse import adapter


@dataclass(frozen=True)
class Removal:
    """What is to be taken out.

    Attributes:
        schemas: ours that are there.
        triggers: ours on the warehouse's tables.
        runners: how many are at work.
        waiting: what waits to reach a shop, by what it is.
        dependents: what is not ours and would go too.
        shops, refusals: how many would be forgotten.
        roles: ours that are there.
    """

    schemas: list[str]
    triggers: list[db.Trigger]
    runners: int
    waiting: dict[str, int]
    dependents: list[str]
    shops: int
    refusals: int
    roles: list[str]

    def __str__(self) -> str:
        parts = [f"schema {schema}" for schema in self.schemas]
        if self.triggers:
            parts.append(f"{len(self.triggers)} triggers on {len({t.table for t in self.triggers})} tables")
        if self.shops:
            parts.append(f"what is known of {self.shops} shops, {self.refusals:,} refusals among it")
        return ", ".join(parts + self.dependents)

    def check(self) -> None:
        """See that nothing is lost that anybody waits for.

        Raises:
            InvalidInput: something is.
        """
        reasons = []
        if self.runners:
            reasons.append(f"Runners are at work here: {self.runners}. Stop them.")
        if self.waiting:
            counted = ", ".join(f"{number:,} {what}" for what, number in self.waiting.items())
            reasons.append(f"Not everything has reached the shops: {counted}. Let a runner work until all has.")
        if self.dependents:
            reasons.append(f"These would go too, for they need Shelfwire's schemas: {', '.join(self.dependents)}.")
        if reasons:
            raise InvalidInput("\n".join(reasons), remedy="To take everything out all the same, add --force.")


async def survey(dsn: str) -> Removal:
    """See what is there.

    Raises:
        DatabaseError: the server is out of reach.
    """
    schemas = sorted(installation.look(dsn).schemas, reverse=True)
    async with relations.connected(dsn) as connection, relations.examining(connection):
        is_there = "sync" in schemas
        return Removal(
            schemas,
            await db.triggers(connection) if is_there else [],
            await db.count(connection, "sync.runners") if is_there else 0,
            await db.waiting(connection) if is_there else {},
            await db.dependents(connection, schemas),
            await db.count(connection, "sync.shops") if is_there else 0,
            await db.count(connection, "sync.refusals") if is_there else 0,
            list(await db.roles(connection)),
        )


async def remove(dsn: str, removal: Removal, *, roles: bool) -> list[str]:
    """Take it out, all or nothing; returns a line for each thing that is gone or had to stay.

    Raises:
        DatabaseError: no rights, or no lock in `adapter.ATTEMPTS` attempts; nothing is gone.
    """
    async with relations.connected(dsn) as connection:
        async with relations.examining(connection):
            statements = await _statements(connection, removal, roles=roles)
        await adapter.apply(connection, [], statements)
        notes = [f"Gone: {removal}."] if removal.schemas else ["Nothing else of Shelfwire is in this database."]
        if roles:
            async with relations.examining(connection):
                notes += _of_roles(removal.roles, await db.roles(connection))
        return notes


async def _statements(connection: Connection, removal: Removal, *, roles: bool) -> list[str]:
    return [
        db.OWN_LOCK_TIMEOUT,
        *db.HOLD,
        await db.lock_own(connection, removal.schemas),
        f"set local lock_timeout = '{adapter.LOCK_TIMEOUT_MS}ms'",
        # In the order in which writers take the locks: their tables, then ours.
        *map(db.drop_trigger, removal.triggers),
        *map(db.drop_schema, removal.schemas),
        *([db.DROP_ROLES] if roles else []),
    ]


def _of_roles(before: list[str], left: dict[str, list[str]]) -> list[str]:
    notes = [f"Gone: role {role}." for role in before if role not in left]
    for role, needed_by in left.items():
        why = f"it has rights in: {', '.join(needed_by)}" if needed_by else "you may not drop it"
        notes.append(f"Role {role} stays: {why}.")
    return notes
