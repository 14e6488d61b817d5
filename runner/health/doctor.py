"""Look at everything that has to be right, and say of what is not how to put it right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from runner.config import Settings
from runner.db import Database
from runner.db import revision as db_revision
from runner.db import shops as db_shops
from runner.db import vitals as db
from runner.db.pooler import BETWEEN, DIRECTLY, Pooling, pooling
from runner.errors import DatabaseError, MappingError, ShelfwireError
from runner.health import standing, vitals
from runner.health.finding import FAILED, OK, WARNING, Check, Finding
from runner.schema import drift
from runner.schema.head import head
from runner.shopify.shops import Shops
from runner.warehouse import adapter, attachment
from runner.warehouse.mapping import MappingFile

OLDEST_SERVER = 150_000
CLOCK_SECONDS = 10.0
THROUGH = {Pooling.NONE: "no pooler", Pooling.SESSION: "a pooler in session mode"}


CHECKS: tuple[Check, ...] = (
    vitals.waking, vitals.runner, vitals.backlog, vitals.lanes, vitals.vacuum, vitals.budgets, standing.refusals,
    standing.catalogs, standing.shops, standing.locations, standing.writers, standing.flow, vitals.upkeep,
    vitals.alerts,
)  # fmt: skip


class Stop(Exception):
    """What was found makes every further look useless."""


async def examine(settings: Settings, *, with_shops: bool = False) -> list[Finding]:
    """Every finding, good ones as well. ``with_shops`` asks the shops too: it calls Shopify.

    A check that cannot be made is a finding, never an error.
    """
    findings: list[Finding] = []
    try:
        async with Database.open(settings.database_url, size=2, timeout=settings.connect_timeout) as database:
            patient = Patient(settings, database)
            checks = [patient.server, patient.rights, patient.schema, patient.capture, patient.notifications]
            for check in (*checks, *([patient.shops] if with_shops else [])):
                await _make(check.__name__, check(), findings)
            for judge in CHECKS:
                await _make(judge.__name__, judge(database), findings)
    except Stop:
        pass
    except DatabaseError as error:
        findings.append(Finding("postgres", FAILED, error.message, error.remedy))
    return findings


async def _make(name: str, check: AsyncIterator[Finding], findings: list[Finding]) -> None:
    try:
        async for finding in check:
            findings.append(finding)
    except ShelfwireError as error:
        findings.append(Finding(name, FAILED, f"This could not be looked at: {error.message}", error.remedy))


class Patient:
    """What must be right before anything can run. Each check yields its findings."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._dsn = settings.database_url
        self._db = database
        self._owns = False

    async def server(self) -> AsyncIterator[Finding]:
        """Is the server new enough, writable, and its clock about ours?"""
        found = await db.server(self._db)
        if found["version"] < OLDEST_SERVER:
            yield Finding(
                "postgres", FAILED, f"Postgres {found['version_text']} is too old.", "Use Postgres 15 or later."
            )
            raise Stop
        if found["read_only"] and found["follows"]:
            yield Finding("postgres", FAILED, "This server takes no writes.", "Connect to the primary server.")
        elif found["read_only"]:
            yield Finding(
                "postgres", FAILED, "This server takes no writes: default_transaction_read_only is on.",
                "Switch it off for this database and role, or free the disk if the host has set it for that.",
            )  # fmt: skip
        else:
            beyond = "" if found["encoding"] == "UTF8" else f" In {found['encoding']}: other texts are shown escaped."
            yield Finding("postgres", OK, f"Postgres {found['version_text']} answers.{beyond}")
        apart = abs((datetime.now(UTC) - found["now"]).total_seconds())
        if apart > CLOCK_SECONDS:
            yield Finding(
                "clock", WARNING, f"The clocks of this machine and of Postgres are {apart:,.0f} seconds apart.",
                "Set both by NTP. The sync goes by the database's; logs of this machine mislead.",
            )  # fmt: skip
        else:
            yield Finding("clock", OK, "The clocks of this machine and of Postgres agree.")

    async def rights(self) -> AsyncIterator[Finding]:
        """May this role do what it is asked to?"""
        if not await db.is_installed(self._db):
            yield Finding("schema", FAILED, "The schema sync is not there.", "Run: shelfwire db upgrade")
            raise Stop
        role = await db.role(self._db)
        self._owns = role["owns"]
        if role["owns"]:
            yield Finding("rights", OK, f"{role['name']} owns the schema: it may upgrade, attach and run.")
        elif role["runs"]:
            yield Finding("rights", OK, f"{role['name']} is a member of sync_runner: it may run, and change no schema.")
        else:
            yield Finding(
                "rights", FAILED, f"{role['name']} is no member of sync_runner: it may not run.",
                f'As the owner of the schema: grant sync_runner to "{role["name"]}"',
            )  # fmt: skip
            raise Stop

    async def schema(self) -> AsyncIterator[Finding]:
        """Is the schema the one this code needs, and what the files in sql/ say?"""
        revision, needed = await db_revision.revision(self._db), head()
        if revision != needed:
            yield Finding(
                "schema", FAILED, f"The schema is at revision {revision or 'none'}, this code needs {needed}.",
                "Run: shelfwire db upgrade, or use the release that made it.",
            )  # fmt: skip
            raise Stop
        if not self._owns:
            yield Finding("schema", OK, f"The schema is at revision {needed}. Its owner may compare it with sql/ too.")
            return
        found = drift.check(self._dsn)
        for line in found:
            yield Finding(
                "schema", FAILED, f"{line}.", "Somebody changed it by hand. Run its file in sql/, or ask who did."
            )
        if not found:
            yield Finding("schema", OK, f"The schema is at revision {needed}, as the files in sql/ say.")

    async def capture(self) -> AsyncIterator[Finding]:
        """Is the warehouse attached, does every trigger fire, and is the mapping still true?"""
        found = await attachment.read(self._dsn)
        if found.fingerprint is None:
            yield Finding("capture", FAILED, "No warehouse is attached.", "Run: shelfwire attach --map warehouse.toml")
            return
        for fault in found.faults:
            yield Finding(
                "mapping", FAILED, f"{fault}. What it feeds is not pushed.",
                "See it with: shelfwire attach --check; correct the file or the warehouse, then run: shelfwire attach",
            )  # fmt: skip
        for gap in found.gaps:
            yield Finding(
                "capture", FAILED, f"Changes are missed: {gap}.",
                "Run: shelfwire attach: it puts the triggers back, and looks at what was missed.",
            )  # fmt: skip
        if not found.gaps:
            yield Finding("capture", OK, f"All {found.triggers} triggers are there and fire.")
        async for finding in self._mapping(found.fingerprint):
            yield finding

    async def _mapping(self, attached: str) -> AsyncIterator[Finding]:
        path = Path(self._settings.warehouse_map)
        if not _is_there(path):
            yield Finding("mapping", OK, f"Not compared: the mapping file {path} is not at hand.")
            return
        if not self._owns:
            yield Finding("mapping", OK, f"Not compared: only the owner of the tables can compare {path} with them.")
            return
        try:
            wanted = await adapter.fingerprint(self._dsn, MappingFile(path))
        except MappingError as error:
            yield Finding(
                "mapping", FAILED, error.message,
                "The warehouse or the mapping file was changed: correct the file, then run: shelfwire attach",
            )  # fmt: skip
            return
        if wanted == attached:
            yield Finding("mapping", OK, f"What is attached is what {path} says.")
        else:
            yield Finding(
                "mapping", WARNING, f"{path} says something else than what is attached.",
                "Run: shelfwire attach --dry-run, and shelfwire attach if that is what you want.",
            )  # fmt: skip

    async def notifications(self) -> AsyncIterator[Finding]:
        """Does a pooler stand before Postgres, and does a notification come back?"""
        found = await pooling(self._dsn, timeout=self._settings.connect_timeout)
        if found is Pooling.TRANSACTION:
            yield Finding("notify", WARNING, f"{BETWEEN} Commands work through it, a runner does not.", DIRECTLY)
        elif not await db.hears_itself(self._dsn):
            yield Finding("notify", FAILED, "A notification did not come back to its listener.", DIRECTLY)
        else:
            yield Finding("notify", OK, f"A notification came back to its listener; {THROUGH[found]} in between.")

    async def shops(self) -> AsyncIterator[Finding]:
        """Does every shop answer, in our API version, with the scopes we need?"""
        async with Shops.open(self._db, self._settings) as shops:
            for shop in await db_shops.shops(self._db):
                try:
                    about = await shops.verify(shop.domain)
                    version = f"version {about['version']}" if about["version"] else "a version it does not name"
                    yield Finding("shop", OK, f"{shop.domain} answers with {version} and all scopes.")
                except ShelfwireError as error:
                    yield Finding("shop", FAILED, error.message, error.remedy)


def _is_there(path: Path) -> bool:
    return path.exists()
