"""Alembic environment: one transaction per revision, a short lock timeout, one upgrade at a time."""

import psycopg
from alembic import context
from sqlalchemy import NullPool, create_engine, text

from runner.config import Settings
from runner.schema import installation

# An upgrade that must wait longer than this for the warehouse's own locks gives up instead.
LOCK_TIMEOUT = "4s"
VERSION_SCHEMA = "sync"


def offline() -> None:
    context.configure(dialect_name="postgresql", version_table_schema=VERSION_SCHEMA, transaction_per_migration=True)
    context.get_context().impl.static_output(f"create schema if not exists {VERSION_SCHEMA};")
    with context.begin_transaction():
        context.run_migrations()


def online() -> None:
    dsn = context.config.attributes.get("dsn") or Settings().database_url
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": installation.LOCK})
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"create schema if not exists {VERSION_SCHEMA}"))
        connection.commit()
        context.configure(connection=connection, version_table_schema=VERSION_SCHEMA, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


offline() if context.is_offline_mode() else online()
