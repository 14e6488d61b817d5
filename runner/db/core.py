"""The connection pool, and the only place where a SQLSTATE becomes one of our errors."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, LiteralString

import psycopg
import structlog
from psycopg import AsyncConnection
from psycopg import errors as pg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from runner import errors
from runner.db.outage import Outage
from runner.db.session import COMMAND, ISOLATION, Session
from runner.db.texts import Encoding

log = structlog.get_logger()

# How often a statement is made that has to give way to another transaction.
ATTEMPTS = 5

Row = DictRow
Connection = AsyncConnection[Row]

_BY_SQLSTATE: dict[str, type[errors.ShelfwireError]] = {
    "SW001": errors.LaneTaken,
    "SW002": errors.NotInstalled,
    "SW003": errors.LaneTaken,
    "SW004": errors.RunTaken,
    "SW005": errors.ShopHeld,
    "SW006": errors.PlanRefused,
    "SW007": errors.MappingBroken,
    "SW008": errors.InvalidInput,
    "SW009": errors.RunCancelled,
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours; the cause stays attached."""
    try:
        yield
    except (pg.UndefinedTable, pg.UndefinedFunction, pg.InvalidSchemaName, pg.UndefinedColumn) as error:
        raise errors.NotInstalled(
            f"The database lacks what this version needs: {_first_line(error)}.",
            remedy="Run: shelfwire db upgrade",
        ) from error
    except pg.InsufficientPrivilege as error:
        raise errors.DatabaseError(
            f"The database role may not do this: {_first_line(error)}.",
            remedy="The runner's role must be a member of sync_runner; attach and db upgrade need the tables' owner.",
        ) from error
    except (pg.TransactionRollback, pg.SerializationFailure, pg.DeadlockDetected) as error:
        raise errors.RolledBack(
            f"Postgres rolled back in favour of another transaction: {_first_line(error)}.", remedy="Try again."
        ) from error
    except (pg.LockNotAvailable, pg.QueryCanceled) as error:
        raise errors.DatabaseError(
            f"Postgres gave up waiting: {_first_line(error)}.", remedy="Somebody holds a lock; try again later."
        ) from error
    except (pg.DiskFull, pg.ReadOnlySqlTransaction) as error:
        raise errors.DatabaseError(
            f"Postgres cannot write: {_first_line(error)}.",
            remedy="Free disk space, or connect to the primary server; "
            "or the setting default_transaction_read_only is on for this database or role: switch it off.",
        ) from error
    except pg.ProgramLimitExceeded as error:
        raise errors.DatabaseError(
            f"Postgres is at a limit: {_first_line(error)}.",
            remedy="If it is the notification queue, shelfwire doctor says at waking how to empty it.",
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
        raise errors.OutOfReach(
            f"Postgres is out of reach: {_first_line(error)}.", remedy="Check SHELFWIRE_DATABASE_URL."
        ) from error
    except psycopg.Error as error:
        if error.sqlstate == "SW007":
            raise errors.MappingBroken(
                f"The mapping's [{error.diag.message_detail}] cannot be read: {_first_line(error)}.",
                remedy="See it with: shelfwire attach --check; correct file or warehouse, then run: shelfwire attach",
            ) from error
        kind = _BY_SQLSTATE.get(error.sqlstate or "", errors.DatabaseError)
        raise kind(f"{_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


async def connect(dsn: str, *, timeout: float = 5.0) -> Connection:
    """Open one autocommit connection, on which nothing is set or prepared: others may be given its session.

    Raises:
        DatabaseError: the server is out of reach.
    """
    with translated():
        connection = await _connect(dsn, timeout, "UTF8")
        encoding = Encoding.of(connection)
        if encoding.client != "UTF8":
            await connection.close()
            connection = await _connect(dsn, timeout, encoding.client)
        await _adopt(connection)
        return connection


async def _connect(dsn: str, timeout: float, encoding: str) -> Connection:
    return await AsyncConnection.connect(
        dsn,
        autocommit=True,
        row_factory=dict_row,
        prepare_threshold=None,
        connect_timeout=max(2, int(timeout)),
        client_encoding=encoding,
    )


async def _adopt(connection: Connection) -> None:
    await connection.set_isolation_level(ISOLATION)
    Encoding.of(connection).teach(connection)


@asynccontextmanager
async def _bounded(connection: Connection, patience: float | None) -> AsyncIterator[None]:
    """A block whose statement is broken off after so many seconds; its connection stays good."""
    if patience is None:
        yield
        return

    ended = asyncio.Event()

    async def break_off() -> None:
        try:
            await asyncio.wait_for(ended.wait(), patience)
        except TimeoutError:
            await connection.cancel_safe()

    timer = asyncio.create_task(break_off())
    try:
        yield
    finally:
        ended.set()
        await timer  # or the next statement on the connection would be met


class Database:
    """A pool of autocommit connections: every call is one statement and one transaction."""

    def __init__(self, pool: AsyncConnectionPool[Connection], session: Session, encoding: Encoding) -> None:
        self.pool = pool
        self.encoding = encoding
        self.outage = Outage()
        self._session = session

    @classmethod
    @asynccontextmanager
    async def open(
        cls, dsn: str, *, size: int = 8, timeout: float = 5.0, session: Session = COMMAND
    ) -> AsyncIterator[Database]:
        """Open the pool; the first connection is made at once, so that a wrong address shows here.

        Raises:
            DatabaseError: the server is out of reach.
        """
        async with await connect(dsn, timeout=timeout) as first:
            encoding = Encoding.of(first)
        pool = AsyncConnectionPool(
            session.conninfo(dsn),
            connection_class=AsyncConnection[Row],
            kwargs={
                "autocommit": True,
                "row_factory": dict_row,
                "client_encoding": encoding.client,
                # A prepared statement belongs to a session.
                "prepare_threshold": 5 if session.is_own else None,
            },
            min_size=1,
            max_size=size,
            timeout=timeout,
            open=False,
            configure=_adopt,
        )
        with translated():
            await pool.open()
        try:
            yield cls(pool, session, encoding)
        finally:
            await pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection on which our settings hold for the length of a block; errors are the driver's."""
        async with self.pool.connection() as connection, self._session.settled(connection):
            yield connection

    async def fetch(
        self, statement: LiteralString, params: Sequence[Any] | dict[str, Any] = (), *, patience: float | None = None
    ) -> list[Row]:
        """Run one statement and return its rows as dicts; again, if it had to give way to another transaction.

        After ``patience`` seconds Postgres is asked to break it off, as by a user who does not want to wait.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                return await self._fetch(statement, params, patience)
            except errors.RolledBack as error:
                log.info("postgres.rolled_back", attempt=attempt, error=error.message)
                await asyncio.sleep(random.uniform(0.0, 0.02 * 2**attempt))
        return await self._fetch(statement, params, patience)

    async def _fetch(
        self, statement: LiteralString, params: Sequence[Any] | dict[str, Any], patience: float | None
    ) -> list[Row]:
        with translated():
            async with self.connection() as connection, _bounded(connection, patience):
                cursor = await connection.execute(statement, params or None)
                return await cursor.fetchall() if cursor.description else []

    async def one(
        self, statement: LiteralString, params: Sequence[Any] | dict[str, Any] = (), *, patience: float | None = None
    ) -> Row | None:
        """Run one statement and return its first row, if any."""
        rows = await self.fetch(statement, params, patience=patience)
        return rows[0] if rows else None

    async def row(self, statement: LiteralString, params: Sequence[Any] | dict[str, Any] = ()) -> Row:
        """Run one statement that always has a row, and return it."""
        (row,) = await self.fetch(statement, params)
        return row

    async def value(self, statement: LiteralString, params: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """Run one statement and return the first column of its first row, None if there is none."""
        row = await self.one(statement, params)
        return next(iter(row.values())) if row else None

    async def tick(self) -> int:
        """The next number of `sync.ticks`: what is read by a call that begins now was read later than all before."""
        return int(await self.value("select nextval('sync.ticks')"))

    async def now(self) -> datetime:
        """The database's clock."""
        moment = await self.value("select clock_timestamp()")
        assert isinstance(moment, datetime)
        return moment
