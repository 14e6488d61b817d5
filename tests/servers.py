"""Servers and templates: what pytest-postgresql needs to know to clone databases for the tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from house import postgres, warehouse
from runner.schema import revisions

# Nothing here outlives a crash and no test measures: speed before safety.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "max_wal_size": "128MB",
}
# A database for each test is hundreds of files, and ext4 is slow where many were just deleted: half of the time.
MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30


@dataclass(frozen=True)
class Server:
    """A server, with the attributes by which pytest-postgresql asks for it."""

    host: str
    port: int
    user: str
    password: str | None
    maintenance_dbname: str
    options: str = ""
    template_dbname: str | None = None

    def dsn(self, dbname: str) -> str:
        """The connection string of one of its databases, as superuser."""
        return make_conninfo(host=self.host, port=self.port, user=self.user, password=self.password, dbname=dbname)


def known(dsn: str) -> Server:
    """A server that runs already."""
    with psycopg.connect(dsn) as connection:
        password = conninfo_to_dict(dsn).get("password", os.environ.get("PGPASSWORD"))
        info = connection.info
        return Server(info.host, info.port, info.user, str(password) if password else None, info.dbname)


def memory() -> Path | None:
    """Where a server of the tests keeps its files, if there is room in memory."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@contextmanager
def embedded() -> Iterator[Server]:
    """A server of this process, in memory where there is room."""
    with postgres.serve(SETTINGS, memory()) as started:
        yield known(started.dsn)


def migrate(*, dbname: str, host: str, port: int, user: str, password: str | None, autocommit: bool) -> None:
    """Fill the template of an empty schema at head."""
    revisions.upgrade(Server(host, port, user, password, dbname).dsn(dbname))


def attach(*, dbname: str, host: str, port: int, user: str, password: str | None, autocommit: bool) -> None:
    """Fill the template of the reference warehouse, attached."""
    warehouse.furnish(Server(host, port, user, password, dbname).dsn(dbname))
