"""What an attacker makes in a session of his own, and what he may do with it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.conftest import Login
from tests.seeds import Shelf, rows, value
from tests.test_roles import VIEWS

ITEMS = "warehouse.shipment_items"
# As many rows as the capture of updates notes one by one, and some more.
MANY = 5100

# What every attack wants to run in the place of something harmless.
SEIZE = """
create schema attack;
grant usage on schema attack to public;
create table attack.runs (ran_as name);
grant select, insert on attack.runs to public;
create function attack.seize() returns boolean language plpgsql set search_path = pg_catalog as $$
begin
  if not exists (select from attack.runs where ran_as = current_user) then
    insert into attack.runs values (current_user);
    begin
      execute format('alter role %I superuser', session_user);
    exception when insufficient_privilege then
      null;
    end;
  end if;
  return true;
end $$;
"""

TYPES = ["varchar", "int4", "int8", "numeric", "float8", "bool", "timestamptz", "date", "interval", "oid", "regclass",
         "name"]  # fmt: skip


def domain(schema: str, name: str, base: str = "") -> str:
    """A domain that takes the place of a built-in type, where its schema is searched first; pg_temp often is."""
    return f'create domain {schema}."{name}" as pg_catalog.{base or name} check (attack.seize());'


def operator(name: str, base: str) -> str:
    """An operator of two values of a type that says what the built-in one would."""
    function = f"attack.compare_{base}_{len(name)}_{ord(name[0])}"
    return (
        f"create function {function}({base}, {base}) returns boolean language sql as "
        f"'select attack.seize() and $1 operator(pg_catalog.{name}) $2'; "
        f"create operator attack.{name} (leftarg = {base}, rightarg = {base}, function = {function});"
    )


FUNCTIONS = """
create function attack.now() returns timestamptz language sql as 'select pg_catalog.now() where attack.seize()';
create function attack.to_timestamp(bigint) returns timestamptz language sql
as 'select pg_catalog.to_timestamp($1) where attack.seize()';
create function attack.pg_sequence_last_value(regclass) returns bigint language sql
as 'select 0::bigint where attack.seize()';
create function attack.pg_notify(text, text) returns void language sql as 'select from attack.seize()';
create function attack.set_config(text, text, boolean) returns text language sql
as 'select pg_catalog.set_config($1, $2, $3) where attack.seize()';
create function attack.current_setting(text, boolean) returns text language sql
as 'select pg_catalog.current_setting($1, $2) where attack.seize()';
create function attack.pg_stat_get_xact_tuples_updated(oid) returns bigint language sql
as 'select pg_catalog.pg_stat_get_xact_tuples_updated($1) where attack.seize()';
create function attack.to_char(date, text) returns text language sql
as 'select pg_catalog.to_char($1, $2) where attack.seize()';
create function attack.to_regclass(text) returns regclass language sql
as 'select pg_catalog.to_regclass($1) where attack.seize()';
create function attack.generate_series(date, date) returns setof timestamptz language sql
as 'select pg_catalog.now() where attack.seize()';
"""

CASTS = """
create type attack.whole as (number bigint);
create function attack.whole_of(bigint) returns attack.whole language sql
as 'select row($1)::attack.whole where attack.seize()';
create function attack.text_of(attack.whole) returns text language sql
as 'select ($1).number::pg_catalog.text where attack.seize()';
create cast (bigint as attack.whole) with function attack.whole_of(bigint) as implicit;
create cast (attack.whole as text) with function attack.text_of(attack.whole) as implicit;
create function attack.to_timestamp(attack.whole) returns timestamptz language sql
as 'select pg_catalog.now() where attack.seize()';
create function attack.pg_notify(attack.whole, attack.whole) returns void language sql as 'select from attack.seize()';
"""

NAMES = """
create function attack.pg_inherits() returns table (inhrelid oid, inhparent oid) language plpgsql as $$
begin
  perform attack.seize();
end $$;
create temp view pg_inherits as select * from attack.pg_inherits();
create temp view pg_class as
select p.inhrelid as oid, 'change_log_20000101'::pg_catalog.name as relname from attack.pg_inherits() as p;
create temp view shop_locations as select * from attack.pg_inherits();
create temp table change_queue_0 (entity text, op text, key text, old_key text check (attack.seize()));
create temp table change_queue_1 (like change_queue_0 including constraints);
create temp table changed (product_id bigint);
create temp table change_log (relayed_at timestamptz);
create temp table change_log_default (relayed_at timestamptz);
create temp sequence asleep_until;
"""


@dataclass(frozen=True)
class Attack:
    """What an attacker makes in a session, and the weakness of which it could make use.

    Attributes:
        weakness: what a superuser must do to the database for it to succeed; None, nothing of ours is like that.
        group: of whom, then, the attacker must be a member.
    """

    made: str
    weakness: str | None = None
    group: str = ""


# Whatever is named without its schema is looked for where the writer says.
UNNAMED = "do $do$ begin execute replace(pg_get_functiondef('sync.capture_2_{}'::regproc), 'pg_catalog.', ''); end $do$"
ATTACKS = {
    "a temporary domain text": Attack(domain("pg_temp", "text"), UNNAMED.format("insert")),
    "a domain text": Attack(domain("attack", "text"), UNNAMED.format("update")),
    "other domains": Attack("".join(map(partial(domain, "pg_temp"), TYPES)) + domain("pg_temp", "bigint", "int8")),
    "operators": Attack(
        "".join(operator(n, t) for n in ("=", "<>", "<") for t in ("int4", "int8", "text", "timestamptz", "date")),
        UNNAMED.format("update"),
    ),
    "functions": Attack(FUNCTIONS, UNNAMED.format("insert")),
    "casts": Attack(CASTS),
    "names": Attack(NAMES, "alter function sync.keep_log_partitions set search_path = ''", "sync_runner"),
    "settings": Attack(
        "select set_config('sync.noted_2', '', false); set role none; set standard_conforming_strings = off"
    ),
}


@dataclass
class Attacker:
    """A session of a role that may write the warehouse and make what it likes in a schema of its own."""

    shelf: Shelf
    session: psycopg.Connection[tuple[object, ...]]
    name: str
    key: str

    def make(self, made: str) -> None:
        """Prepare an attack: from here on our functions meet what it has made before anything built in."""
        self.session.execute((SEIZE + made).encode())
        self.session.execute("set search_path = pg_temp, attack, pg_catalog, warehouse")

    def write(self) -> None:
        """Change the warehouse in every way that is captured, while a runner sleeps."""
        self.shelf.connection.execute("select sync.note_sleep(extract(epoch from now())::bigint + 600)")
        for statement in (
            f"insert into {ITEMS} (shipment_id, product_id, location_id, status) "
            f"select 1, {self.key}, 1, 'received' from pg_catalog.generate_series(1, {MANY})",
            f"update {ITEMS} set status = 'reserved' where id = 1",
            f"update {ITEMS} set status = 'sold'",
            f"delete from {ITEMS} where id = 2",
            f"update warehouse.products set sku = 'B' where id = {self.key}",
            "insert into warehouse.customers (name) values ('A')",
            f"truncate {ITEMS} cascade",
        ):
            self.session.execute(statement.encode())

    def call(self, group: str) -> None:
        """Call whatever the group may call that runs as its owner, and read what it may read."""
        if group == "sync_runner":
            self.session.execute("select * from sync.read_stock(array[%s]::pg_catalog.text[])", (self.key,))
            self.session.execute("select * from sync.keep_log_partitions(9)")
        if group == "sync_reporting":
            for view in VIEWS:
                self.session.execute(f"select * from sync.{view}".encode())

    def victims(self) -> set[str]:
        """As whom else something of the attacker's ran, and the attacker, if it is a superuser by now."""
        ran = {r["ran_as"] for r in rows(self.shelf.connection, "table attack.runs")}
        risen = value(self.shelf.connection, "select rolsuper from pg_roles where rolname = %s", self.name)
        return (ran - {self.name}) | ({self.name} if risen else set())


@contextlib.contextmanager
def attacking(shelf: Shelf, login: Login, group: str) -> Iterator[Attacker]:
    """An attacker of a group."""
    key = shelf.product("A", 3)
    shelf.drain()
    dsn = login(group)
    name = str(conninfo_to_dict(dsn)["user"])
    shelf.connection.execute(
        sql.SQL(
            "grant create on database {1} to {0}; grant usage on schema warehouse to {0}; "
            "grant select, insert, update, delete, truncate on all tables in schema warehouse to {0}"
        ).format(sql.Identifier(name), sql.Identifier(shelf.connection.info.dbname))
    )
    try:
        with psycopg.connect(dsn, autocommit=True) as session:
            yield Attacker(shelf, session, name, key)
            session.execute("discard temp")
    finally:
        shelf.connection.execute("drop schema if exists attack cascade")
