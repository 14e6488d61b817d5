"""What ``doctor`` looks at: the server, the role, who listens, how far behind everything is."""

from __future__ import annotations

import uuid

from psycopg import sql

from runner.db.core import Connection, Database, Row, connect, translated

# How long a notification of our own may take to come back.
ECHO_SECONDS = 5.0


async def server(db: Database) -> Row:
    """``version`` (a number, and ``version_text``), ``read_only``, ``now``."""
    return await db.row(
        "select current_setting('server_version_num')::integer as version, "
        "current_setting('server_version') as version_text, "
        "pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean as read_only, "
        "clock_timestamp() as now",
    )


async def is_installed(db: Database) -> bool:
    """Whether the schema sync is there, at any revision."""
    return bool(
        await db.value(
            "select exists (select from pg_class as c join pg_namespace as n on n.oid = c.relnamespace "
            "where n.nspname = 'sync' and c.relname = 'alembic_version')"
        )
    )


async def role(db: Database) -> Row:
    """The role of this connection: ``name``, ``owns`` the schema, ``runs`` as a member of sync_runner."""
    return await db.row(
        "select current_user as name, pg_has_role(n.nspowner, 'usage') as owns, "
        "coalesce((select pg_has_role(r.oid, 'usage') from pg_roles as r where r.rolname = 'sync_runner'), false) "
        "as runs from pg_namespace as n where n.nspname = 'sync'",
    )


async def hears_itself(dsn: str, *, timeout: float = ECHO_SECONDS) -> bool:
    """Whether a notification comes back to the connection that sent it: not through every connection pooler."""
    channel = f"sync_doctor_{uuid.uuid4().hex}"
    connection: Connection
    async with await connect(dsn) as connection:
        with translated():
            await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
            await connection.execute("select pg_notify(%s, '')", (channel,))
            async for _ in connection.notifies(timeout=timeout, stop_after=1):
                return True
    return False


async def runners(db: Database, application_name: str) -> Row:
    """``listening`` connections of runners, the ``trouble`` that one has with Postgres, and ``silent_seconds`` since
    one last said that it sleeps, if none has."""
    return await db.row(
        "select r.listening, r.trouble, "
        "case when a.until > 0 then extract(epoch from clock_timestamp())::double precision - a.until "
        "else 0 end as silent_seconds from (select pg_sequence_last_value('sync.asleep_until') as until) as a "
        "cross join (select count(*) as listening, max(split_part(application_name, ': ', 2)) as trouble "
        "from pg_stat_activity where split_part(application_name, ': ', 1) = %s and datname = current_database()) as r",
        (application_name,),
    )


async def backlog(db: Database) -> Row:
    """``queued`` changes and ``pending`` products, with the age in seconds of the oldest of each."""
    return await db.row(
        "select q.queued, q.queued_seconds, p.pending, p.pending_seconds from ("
        "select count(*) as queued, extract(epoch from clock_timestamp() - min(changed_at))::double precision "
        "as queued_seconds from sync.queued_changes) as q cross join ("
        "select count(*) as pending, extract(epoch from clock_timestamp() - min(since))::double precision "
        "as pending_seconds from sync.pending) as p",
    )


async def silent_lanes(db: Database) -> list[Row]:
    """Lanes with something pending for a minute that no job has taken for a minute: ``shop, lane, pending``."""
    return await db.fetch(
        "select h.domain as shop, l.lane, count(*) as pending, l.claimed_at from sync.lanes as l "
        "join sync.shops as h on h.id = l.shop_id "
        "join sync.pending as p on p.shop_id = l.shop_id and p.kind = l.kind and p.lane = l.lane "
        "where coalesce(l.claimed_at < clock_timestamp() - interval '1 minute', true) "
        "group by h.domain, l.lane, l.claimed_at having min(p.since) < clock_timestamp() - interval '1 minute' "
        "order by 1, 2"
    )


async def old_snapshots(db: Database, seconds: int) -> list[Row]:
    """What keeps vacuum from removing rows that died since: ``what, seconds, transactions``, oldest first.

    Sessions of other roles show themselves only to members of ``pg_read_all_stats``.
    """
    return await db.fetch(
        "select what, seconds, transactions from ("
        "select format('session %%s of %%s (%%s)', pid, usename, coalesce(nullif(application_name, ''), state)) "
        "as what, "
        "extract(epoch from clock_timestamp() - xact_start)::double precision as seconds, "
        "age(backend_xmin) as transactions from pg_stat_activity "
        "where backend_xmin is not null and datname = current_database() and pid <> pg_backend_pid() "
        "and backend_type = 'client backend' and xact_start < clock_timestamp() - make_interval(secs => %s) "
        "union all select format('prepared transaction %%s of %%s', gid, owner), "
        "extract(epoch from clock_timestamp() - prepared)::double precision, age(transaction) from pg_prepared_xacts "
        "where prepared < clock_timestamp() - make_interval(secs => %s) "
        "union all select format('replication slot %%s', slot_name), null, age(xmin) from pg_replication_slots "
        "where xmin is not null and not active) as held order by seconds desc nulls first",
        (seconds, seconds),
    )


async def budgets(db: Database) -> list[Row]:
    """``shop, points`` left now, ``capacity, restore_rate``, calls ``throttled`` within ten minutes."""
    return await db.fetch(
        "select h.domain as shop, b.capacity, b.restore_rate, sync.budget_level(b) as points, "
        "(select count(*) from sync.calls as c where c.shop_id = b.shop_id and c.error_class = 'THROTTLED' "
        "and c.at > clock_timestamp() - interval '10 minutes') as throttled "
        "from sync.budgets as b join sync.shops as h on h.id = b.shop_id order by 1"
    )


async def refusals(db: Database) -> list[Row]:
    """Open refusals: ``class, refusals``, most first."""
    return await db.fetch("select class, count(*) as refusals from sync.open_refusals group by 1 order by 2 desc, 1")


async def flow(db: Database) -> list[Row]:
    """What may be written to each shop: ``shop, mode, held_reason, circuit, circuit_reason``."""
    return await db.fetch(
        "select shop, mode, held_reason, circuit, circuit_reason from sync.sync_health where linked_at is not null "
        "order by 1"
    )


async def shops(db: Database) -> list[Row]:
    """``shop, is_linked``, and ``verified_days`` since it was verified, if ever."""
    return await db.fetch(
        "select domain as shop, linked_at is not null as is_linked, "
        "extract(day from clock_timestamp() - verified_at)::integer as verified_days from sync.shops order by 1"
    )


async def has_partition_for_tomorrow(db: Database) -> bool:
    """Whether the change log is ready for the next day (of UTC)."""
    return bool(
        await db.value(
            "select to_regclass('sync.change_log_' || to_char(clock_timestamp() at time zone 'UTC' + interval '1 day', "
            "'YYYYMMDD')) is not null"
        )
    )
