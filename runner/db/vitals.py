"""What ``doctor`` looks at: the server, the role, who listens, how far behind everything is.

What is asked before it is known whether the schema is there, and may be used, is asked of Postgres alone.
"""

from __future__ import annotations

import uuid

from psycopg import sql

from runner.db.core import Connection, Database, Row, connect, translated

# How long a notification of our own may take to come back.
ECHO_SECONDS = 5.0


async def server(db: Database) -> Row:
    """``version`` (a number, and ``version_text``), ``encoding``, ``now``; ``read_only``, and ``follows`` a primary."""
    return await db.row(
        "select current_setting('server_version_num')::integer as version, clock_timestamp() as now, "
        "current_setting('server_version') as version_text, "
        "current_setting('transaction_read_only')::boolean as read_only, pg_is_in_recovery() as follows, "
        "current_setting('server_encoding') as encoding"
    )


async def is_installed(db: Database) -> bool:
    """Whether the schema sync is there, at any revision."""
    statement = "select 1 from pg_tables where schemaname = 'sync' and tablename = 'alembic_version'"
    return await db.one(statement) is not None


async def role(db: Database) -> Row:
    """The role of this connection: ``name``, ``owns`` the schema, ``runs`` as a member of sync_runner."""
    return await db.row(
        "select current_user as name, pg_has_role(nspowner, 'usage') as owns, "
        "exists (select from pg_roles where rolname = 'sync_runner' and pg_has_role(oid, 'usage')) as runs "
        "from pg_namespace where nspname = 'sync'"
    )


async def hears_itself(dsn: str, *, timeout: float = ECHO_SECONDS) -> bool:
    """Whether a notification comes back to the connection that sent it. Not to be asked through a pooler in
    transaction mode: what listens is its session, whoever is given it next."""
    channel = f"sync_doctor_{uuid.uuid4().hex}"
    connection: Connection
    async with await connect(dsn) as connection:
        with translated():
            await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            await connection.execute("select pg_notify(%s, '')", (channel,))
            heard = [_ async for _ in connection.notifies(timeout=timeout, stop_after=1)]
            await connection.execute("unlisten *")
    return bool(heard)


async def notifying(db: Database) -> Row:
    """Whether runners are notified: ``prepared`` transactions that are possible at a time, ``used`` of the notification
    queue (a share), ``has_room``: not too much of it."""
    return await db.row(
        "select current_setting('max_prepared_transactions')::integer as prepared, "
        "pg_notification_queue_usage() as used, sync.can_notify() as has_room"
    )


async def runners(db: Database) -> list[Row]:
    """``pid, role`` of every runner that listens, and the ``trouble`` that it has with Postgres, if any."""
    return await db.fetch("select pid, role, trouble from sync.runners order by pid")


async def backlog(db: Database) -> Row:
    """``queued`` changes, ``pending`` keys and ``jobs``; ``queued_for`` and ``pending_for``, how long the oldest waits;
    ``relay_silent_for``, how long no relay was heard of, None if one is at work."""
    return await db.row("select * from sync.backlog")


async def silent_lanes(db: Database) -> list[Row]:
    """Lanes with something pending for a minute that no job has taken for a minute: ``shop, kind, lane, pending``."""
    return await db.fetch("select * from sync.silent_lanes order by shop, kind, lane")


async def open_snapshots(db: Database, seconds: int) -> list[Row]:
    """What has kept vacuum from its work for so long, oldest first: ``what, held_for, transactions``."""
    return await db.fetch(
        "select * from sync.open_snapshots where coalesce(held_for > make_interval(secs => %s), true) "
        "order by held_for desc nulls first",
        (seconds,),
    )


async def budgets(db: Database) -> list[Row]:
    """``shop, points`` left now, ``capacity, restore_rate``, calls ``throttled`` within ten minutes."""
    return await db.fetch("select * from sync.budget_status order by shop")


async def refusals(db: Database) -> list[Row]:
    """Open refusals: ``class, refusals``, most first."""
    return await db.fetch("select class, count(*) as refusals from sync.open_refusals group by 1 order by 2 desc, 1")


async def has_log_partition(db: Database) -> bool:
    """Whether the change log is ready for the next day (of UTC)."""
    return bool(await db.value("select sync.has_log_partition()"))
