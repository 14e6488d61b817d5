"""Alembic environment: one transaction per revision, a short lock timeout, one upgrade at a time."""

from functools import partial

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine, event, text

from runner.config import Settings
from runner.db import session
from runner.schema import installation

# An upgrade that must wait longer than this for the warehouse's own locks gives up instead.
LOCK_TIMEOUT = "4s"
VERSION_SCHEMA = "sync"


def offline() -> None:
    context.configure(dialect_name="postgresql", version_table_schema=VERSION_SCHEMA, transaction_per_migration=True)
    context.get_context().impl.static_output(f"create schema if not exists {VERSION_SCHEMA};")
    with context.begin_transaction():
        context.run_migrations()


def settle(connection: Connection) -> None:
    """Begin a transaction as all of ours begin."""
    connection.exec_driver_sql(session.local({**session.SETTINGS, "lock_timeout": LOCK_TIMEOUT}).decode())


def online() -> None:
    dsn = context.config.attributes.get("dsn") or Settings().database_url
    engine = create_engine("postgresql+psycopg://", creator=partial(session.connect, dsn), poolclass=NullPool)
    event.listen(engine, "begin", settle)
    # In a transaction of its own: a lock of the session would stay behind in a pooler.
    with session.transaction(dsn) as turn, engine.connect() as connection:
        installation.take_turn(turn, dsn)
        connection.execute(text(f"create schema if not exists {VERSION_SCHEMA}"))
        connection.commit()
        context.configure(connection=connection, version_table_schema=VERSION_SCHEMA, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


offline() if context.is_offline_mode() else online()
