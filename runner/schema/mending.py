"""How an object that is missing, or differs, is made as ``sql/`` says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import Connection
from psycopg import errors as pg

from runner.db.names import literal
from runner.db.relations import FORGET_MAPPING
from runner.schema import drift, rights
from runner.schema.drift import QUEUE, SQL, Difference

ROLES, GRANTS, DETACHED = SQL / "roles.sql", SQL / "grants.sql", SQL / "adapter" / "detached.sql"
# Whose file may be run at any time.
REPEATABLE = ("function", "view", "trigger")

# No job may get the number of one that some row still remembers.
_COUNT_ON = """
select setval('pgqueuer.pgqueuer_id_seq', 1 + greatest(
  0, (select max(job_id) from sync.lanes), (select max(job_id) from sync.pending),
  (select max(job_id) from sync.requests), (select max(job_id) from sync.refusals)
))
"""


def amiss(connection: Connection) -> list[Difference]:
    """What is missing, and what differs although its file may be run at any time.

    What else differs is left as it is: an owner may have reasons for it, but not for giving all, or our roles, more.
    Parts of what is listed are not.
    """
    found = [
        d for d in drift.differences(connection)
        if ((d.wanted is not None and (d.is_missing or d.kind in REPEATABLE)) or _is_opened(d))
        and (d.kind != "comment" or d.name.startswith("schema "))
    ]  # fmt: skip
    whole = {d.name for d in found if d.kind in ("table", "view")}
    return [d for d in found if _parent(d) not in whole and not _is_numbering(d)]


def is_of_queue(difference: Difference) -> bool:
    """Whether it is PgQueuer's."""
    return difference.name.startswith("pgqueuer.")


def is_lost(difference: Difference) -> bool:
    """Whether rows went with it, so that nothing can make it what it was."""
    return difference.kind in ("table", "column") and not is_of_queue(difference) and not _file(difference)


def mend(connection: Connection, differences: Sequence[Difference]) -> None:
    """Make what can be made; what needs others is tried again after them."""
    files = {d: path for d in differences if (path := _file(d))}
    statements = [statement.encode() for d in differences if (statement := _statement(d))]
    _pass_all(connection, [ROLES.read_bytes()])
    for opened in filter(_is_opened, differences):
        for revocation in _revocations(connection, opened):
            connection.execute(revocation)
    waiting = _pass_all(connection, [*statements, *(path.read_bytes() for path in sorted(set(files.values())))])
    if DETACHED in files.values():
        # Or what is not attached would read as a warehouse without a unit.
        connection.execute(FORGET_MAPPING.encode())
    # With another result, or other columns, it cannot be replaced: it is dropped first if nothing needs it.
    replaced = [(d, path) for d, path in files.items() if not d.is_missing and path.read_bytes() in waiting]
    _pass_all(connection, [f"drop {d.kind} {d.name};\n{path.read_text()}".encode() for d, path in replaced])
    _pass_all(connection, [GRANTS.read_bytes()])


def remake_queue(connection: Connection) -> None:
    """Make PgQueuer's schema anew: a job has no content, and the keys it had in hand are free when it is no more."""
    connection.execute("drop schema if exists pgqueuer cascade")
    connection.execute(QUEUE.read_bytes())
    connection.execute(_COUNT_ON)
    connection.execute(ROLES.read_bytes())


def remedy(difference: Difference) -> str:
    """What a person can do about what cannot be mended."""
    if statement := _statement(difference):
        return f"Find out what is in its way: {statement}"
    if difference.kind == "column":
        return f"Its values are lost. Put it back from a backup, or as in {_source(difference)}"
    if difference.kind == "table":
        return f"Its rows are lost. Put it back from a backup, or, empty: psql -f {_source(difference)}"
    return f"Drop it and what depends on it, then: psql -f {_source(difference)}"


def _parent(part: Difference) -> str:
    """The relation that something is a part of."""
    if part.kind == "index" and part.wanted:
        return part.wanted.partition(" ON ")[2].removeprefix("ONLY ").split()[0]
    return part.name.rpartition(".")[0]


def _is_opened(difference: Difference) -> bool:
    """Whether it is a grant that nothing in ``sql/`` gives, to all or to a role of ours."""
    grantee = difference.name.rpartition(" to ")[2]
    return difference.kind == "grant" and difference.wanted is None and grantee in ("public", *rights.ROLES)


_OBJECTS = """
select format('function %s', p.oid::regprocedure), null
from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
where format('%s.%s()', n.nspname, p.proname) = {name}
union all
select case c.relkind when 'S' then 'sequence ' else 'table ' end || c.oid::regclass, null
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where format('%s.%s', n.nspname, c.relname) = {name} and c.relkind in ('r', 'p', 'v', 'S')
union all
select 'table ' || c.oid::regclass, quote_ident(a.attname)
from pg_attribute as a
join pg_class as c on c.oid = a.attrelid join pg_namespace as n on n.oid = c.relnamespace
where format('%s.%s.%s', n.nspname, c.relname, a.attname) = {name}
union all
select {name}, null where {name} in ('schema sync', 'schema pgqueuer')
"""


def _revocations(connection: Connection, grant: Difference) -> list[bytes]:
    """The statements that take a grant back: of a function, from all of its name."""
    privilege, _, rest = grant.name.partition(" on ")
    name, _, grantee = rest.rpartition(" to ")
    found = connection.execute(_OBJECTS.replace("{name}", literal(name)).encode()).fetchall()
    return [
        f"revoke {privilege}{f' ({column})' if column else ''} on {what} from {grantee}".encode()
        for what, column in found
    ]


def _is_sequence(difference: Difference) -> bool:
    return difference.kind == "table" and str(difference.wanted).startswith("S ")


def _is_numbering(difference: Difference) -> bool:
    """Whether it is the sequence of an identity column, which comes and goes with its table."""
    return _is_sequence(difference) and not is_of_queue(difference) and not _file(difference)


def _last(name: str) -> str:
    return name.partition("(")[0].rpartition(".")[2]


def _file(difference: Difference) -> Path | None:
    """The file that makes an object and may be run: always, or because the object is missing and holds no rows."""
    if difference.kind == "adapter":
        return DETACHED
    if difference.kind not in (*REPEATABLE, "type") and not _is_sequence(difference):
        return None
    return next((path for path in drift.files() if path.stem == _last(difference.name)), None)


def _source(difference: Difference) -> Path:
    """Where a person finds it."""
    name = _parent(difference) if difference.kind == "column" else difference.name
    told = (path for path in drift.files() if f"create table {name} " in path.read_text())
    return _file(difference) or next(told, GRANTS)


def _statement(difference: Difference) -> str | None:
    """The statement that makes an index or a constraint, which have nothing of their own."""
    if difference.kind == "index":
        # Of a partitioned table: with the indexes of its partitions.
        return str(difference.wanted).replace(" ON ONLY ", " ON ", 1)
    if difference.kind == "constraint":
        return f"ALTER TABLE {_parent(difference)} ADD CONSTRAINT {_last(difference.name)} {difference.wanted}"
    return None


def _pass_all(connection: Connection, scripts: Sequence[bytes]) -> list[bytes]:
    """Run scripts, each wholly or not at all, for as long as one more passes; returns those that do not."""
    waiting = list(scripts)
    while waiting:
        failed = [script for script in waiting if not _passes(connection, script)]
        if len(failed) == len(waiting):
            break
        waiting = failed
    return waiting


def _passes(connection: Connection, script: bytes) -> bool:
    try:
        with connection.transaction():
            connection.execute(script)
    except pg.InsufficientPrivilege:
        raise
    except (psycopg.ProgrammingError, psycopg.IntegrityError, pg.DependentObjectsStillExist):
        return False
    return True
