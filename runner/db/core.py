"""The connection pool, and the only place where a SQLSTATE becomes one of our errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection
from psycopg import errors as pg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from runner import errors
from runner.db.outage import Outage

Row = DictRow
Connection = AsyncConnection[Row]

_BY_SQLSTATE: dict[str, type[errors.ShelfwireError]] = {
    "SW001": errors.LaneTaken,
    "SW002": errors.NotInstalled,
    "SW003": errors.LaneTaken,
    "SW004": errors.RunTaken,
    "SW005": errors.ShopHeld,
    "SW006": errors.PlanRefused,
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
    except (pg.LockNotAvailable, pg.QueryCanceled) as error:
        raise errors.DatabaseError(
            f"Postgres gave up waiting: {_first_line(error)}.", remedy="Somebody holds a lock; try again later."
        ) from error
    except (pg.DiskFull, pg.ReadOnlySqlTransaction) as error:
        raise errors.DatabaseError(
            f"Postgres cannot write: {_first_line(error)}.", remedy="Free disk space, or connect to the primary server."
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
        kind = _BY_SQLSTATE.get(error.sqlstate or "", errors.DatabaseError)
        raise kind(f"{_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


async def connect(dsn: str, *, timeout: float = 5.0) -> Connection:
    """Open one autocommit connection.

    Raises:
        DatabaseError: the server is out of reach.
    """
    with translated():
        return await AsyncConnection.connect(
            dsn, autocommit=True, row_factory=dict_row, connect_timeout=max(2, int(timeout))
        )


# Of a runner, whose statements look up some hundred rows by key: planning them anew for each call costs more than
# running them, and a plan made while a table was empty must not scan it once it is full.
_LOOK_UP = "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off"


async def _set_up_runner(connection: Connection) -> None:
    await connection.execute(f"set synchronous_commit = off; {_LOOK_UP}")


class Database:
    """A pool of autocommit connections: every call is one statement and one transaction."""

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self.pool = pool
        self.outage = Outage()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, dsn: str, *, size: int = 8, timeout: float = 5.0, durable: bool = True
    ) -> AsyncIterator[Database]:
        """Open the pool; the first connection is made at once, so that a wrong address shows here.

        Args:
            durable: whether every commit waits for the disk. The runner's need not: what a crash of Postgres takes
                away is done again, and what must not be lost waits by itself (`sync.open_lane`, `sync.store_request`).

        Raises:
            DatabaseError: the server is out of reach.
        """
        first = await connect(dsn, timeout=timeout)
        await first.close()
        pool = AsyncConnectionPool(
            dsn,
            connection_class=AsyncConnection[Row],
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=size,
            timeout=timeout,
            open=False,
            configure=None if durable else _set_up_runner,
        )
        with translated():
            await pool.open()
        try:
            yield cls(pool)
        finally:
            await pool.close()

    async def fetch(self, statement: LiteralString, params: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """Run one statement and return its rows as dicts."""
        with translated():
            async with self.pool.connection() as connection:
                cursor = await connection.execute(statement, params or None)
                return await cursor.fetchall() if cursor.description else []

    async def one(self, statement: LiteralString, params: Sequence[Any] | dict[str, Any] = ()) -> Row | None:
        """Run one statement and return its first row, if any."""
        rows = await self.fetch(statement, params)
        return rows[0] if rows else None

    async def row(self, statement: LiteralString, params: Sequence[Any] | dict[str, Any] = ()) -> Row:
        """Run one statement that always has a row, and return it."""
        (row,) = await self.fetch(statement, params)
        return row

    async def value(self, statement: LiteralString, params: Sequence[Any] | dict[str, Any] = ()) -> Any:
        """Run one statement and return the first column of its first row, None if there is none."""
        row = await self.one(statement, params)
        return next(iter(row.values())) if row else None

    async def now(self) -> datetime:
        """The database's clock, the only one whose order counts."""
        moment = await self.value("select clock_timestamp()")
        assert isinstance(moment, datetime)
        return moment
