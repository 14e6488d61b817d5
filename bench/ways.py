"""Ways to learn of a change to the warehouse's units: ours, and what else a team could choose.

Each is on for the length of a block, at whose end it must have seen what was written.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from psycopg.conninfo import make_conninfo

from bench.relaying import drain
from bench.server import Bench

Way = Callable[[Bench], AbstractContextManager[None]]

LOGGED = "select count(*) from sync.change_log"
SLOT = "bench"
PAUSE = 0.02
PATIENCE = 500

# The floor of every way by triggers.
EMPTY = """
create function warehouse.see_nothing() returns trigger language plpgsql as $$
begin
  return null;
end $$;
create trigger bench after update on warehouse.shipment_items for each row execute function warehouse.see_nothing()
"""
OUTBOX = """
create table warehouse.outbox (
  id bigint generated always as identity primary key,
  written_at timestamptz not null default now(),
  payload jsonb not null
);
create function warehouse.post() returns trigger language plpgsql as $$
begin
  insert into warehouse.outbox (payload) values (to_jsonb(new));
  perform pg_notify('outbox', '');
  return null;
end $$;
grant insert on warehouse.outbox to public;
create trigger bench after update on warehouse.shipment_items for each row execute function warehouse.post()
"""


@contextmanager
def bare(at: Bench) -> Iterator[None]:
    """Nobody learns of anything."""
    at.capture(False)
    before = at.value(LOGGED)
    yield
    if at.value(LOGGED) > before:
        raise RuntimeError("capture is not off")


@contextmanager
def capture(at: Bench) -> Iterator[None]:
    """Our triggers, as the role has attached them; what they have seen is relayed at the end."""
    at.capture(True)
    before = at.value(LOGGED)
    yield
    drain(at)
    if at.value(LOGGED) == before:
        raise RuntimeError("capture is not on")


@contextmanager
def empty_trigger(at: Bench) -> Iterator[None]:
    """A row trigger that does nothing."""
    with bare(at):
        at.run(EMPTY)
        yield
        at.run("drop function warehouse.see_nothing() cascade")


@contextmanager
def outbox(at: Bench) -> Iterator[None]:
    """A row trigger that appends the row as jsonb to a table and notifies; nobody reads the table meanwhile."""
    with bare(at):
        at.run(OUTBOX)
        yield
        if not at.value("select count(*) from warehouse.outbox"):
            raise RuntimeError("the outbox is empty")
        at.run("drop function warehouse.post() cascade")
        at.run("drop table warehouse.outbox")


@contextmanager
def slot(at: Bench) -> Iterator[None]:
    """A logical slot, read by pg_recvlogical while the writers write."""
    at.run(f"create publication {SLOT} for table warehouse.shipment_items")
    with bare(at), TemporaryDirectory() as folder:
        changes = Path(folder) / "changes"
        with _reading(at, changes):
            yield
        if not changes.stat().st_size:
            raise RuntimeError("nothing came out of the slot")
    at.run(f"drop publication {SLOT}")


@contextmanager
def _reading(at: Bench, file: Path) -> Iterator[None]:
    dsn = make_conninfo(at.server.dsn, dbname=at.connection.info.dbname)
    at.run("select pg_create_logical_replication_slot(%s, 'pgoutput')", SLOT)
    options = ["proto_version=1", f"publication_names={SLOT}"]
    reader = subprocess.Popen(
        [
            at.server.programs / "pg_recvlogical", f"--dbname={dsn}", f"--slot={SLOT}", "--start", f"--file={file}",
            *(f"--option={option}" for option in options),
        ]
    )  # fmt: skip
    try:
        _wait_until(at, "active")
        yield
    finally:
        reader.terminate()
        reader.wait()
        _wait_until(at, "not active")
        at.run("select pg_drop_replication_slot(%s)", SLOT)


def _wait_until(at: Bench, state: str) -> None:
    never = threading.Event()
    for _ in range(PATIENCE):
        if at.value(f"select count(*) from pg_replication_slots where slot_name = '{SLOT}' and {state}"):
            return
        never.wait(PAUSE)
    raise RuntimeError(f"after {PATIENCE * PAUSE:g} s the slot is still not: {state}")
