"""PgBouncer as a team may have it before its database, where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_pgbouncer = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed")

# As few server sessions as there can be: whatever one client leaves behind, the next one finds.
CONFIG = """
[databases]
{dbname} = host={host} port={port} dbname={dbname}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = {size}
ignore_startup_parameters = extra_float_digits
logfile = {folder}/log
query_wait_timeout = 30
"""


@contextmanager
def pooled(dsn: str, mode: str, size: int = 20) -> Iterator[str]:
    """PgBouncer with its usual settings before a database, for the length of a block; yields the DSN through it."""
    assert PGBOUNCER is not None
    server = conninfo_to_dict(dsn)
    # It refuses to run as root, and as another user it must reach what is here and the server's socket.
    socket_folder = Path(str(server["host"]))
    user = (socket_folder.owner() if socket_folder.is_absolute() else "nobody") if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="shelfwire-pooler-"))
    folder.chmod(0o777)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        listen = free.getsockname()[1]
    (folder / "users").write_text(f'"{server["user"]}" "{server.get("password") or ""}"\n')
    (folder / "pgbouncer.ini").write_text(CONFIG.format(**server, listen=listen, folder=folder, mode=mode, size=size))
    process = subprocess.Popen([PGBOUNCER, "-q", folder / "pgbouncer.ini"], user=user)
    try:
        through = make_conninfo(dsn, host="127.0.0.1", port=listen)
        _wait(through, process)
        yield through
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(dsn: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            psycopg.connect(dsn, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert process.poll() is None, "pgbouncer did not start"
            time.sleep(0.05)
        else:
            return
    raise AssertionError("pgbouncer does not answer")
