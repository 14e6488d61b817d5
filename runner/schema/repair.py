"""Bring the schema to a revision from whatever is there: what was dropped by hand, or is left of a removal, is mended.

Nothing that holds data is dropped or altered. What cannot be made anew without it is named, with what to do.
"""

from __future__ import annotations

from psycopg import Connection

from runner.db import session
from runner.errors import DatabaseError, InvalidInput
from runner.schema import installation, mending, revisions, rights
from runner.schema.drift import Difference
from runner.schema.head import head

# What waits longer for a lock of ours gives up. Writers of the warehouse need none of these.
LOCK_TIMEOUT = "4s"


def upgrade(dsn: str, revision: str = "head") -> list[str]:
    """Bring the schema to a revision; returns a line for everything that was found amiss and mended.

    Raises:
        InvalidInput: there is no such revision, or a schema of our names is not ours.
        DatabaseError: a revision failed; or something is missing that cannot be made anew, each with its remedy.
    """
    notes = _settle(dsn) + _prepare(dsn)
    revisions.upgrade(dsn, revision)
    return notes + (_mend(dsn) if revision in ("head", head()) else [])


def _settle(dsn: str) -> list[str]:
    """See that our roles are there and have what they should, before anything is given to them."""
    with installation.alone(dsn) as connection:
        return rights.settle(connection)


def _prepare(dsn: str) -> list[str]:
    """Make of what is there something that the revisions can go on from."""
    with installation.alone(dsn) as connection:
        found = installation.found(connection)
        found.check()
        if found.revision is not None:
            known = revisions.revisions()
            if found.revision not in known:
                raise InvalidInput(
                    f"The schema is at revision {found.revision}, this release knows none after {known[-1]}.",
                    remedy="Use the release that made it.",
                )
            return []
        if "sync" in found.filled:
            _see_that_it_is_head(connection)
        elif "pgqueuer" in found.filled:
            _set_timeout(connection)
            connection.execute("drop schema pgqueuer cascade")
            return ["PgQueuer's schema was left of an installation that is no more: it was made anew."]
        else:
            return []
    revisions.stamp(dsn, head())
    return [f"The schema did not say at which revision it is: by what it holds it is at {head()}, and says so now."]


def _see_that_it_is_head(connection: Connection) -> None:
    """See that a schema that does not say at which revision it is has what the newest has.

    Raises:
        DatabaseError: it has not.
    """
    lacking = [d for d in mending.amiss(connection) if mending.is_lost(d)]
    if lacking:
        raise DatabaseError(
            f"The schema does not say at which revision it is: sync.alembic_version is gone or empty. It is not at "
            f"{head()}: {'; '.join(map(str, lacking))}.",
            remedy="Put sync.alembic_version back from a backup: one row, version_num.",
        )
    if connection.execute("select from sync.kinds limit 1").fetchone() is None:
        raise DatabaseError(
            "The schema is there without the rows that it begins with, as a dump of nothing but schemas leaves it.",
            remedy="Run: shelfwire uninstall, then shelfwire db upgrade and shelfwire attach",
        )


def _mend(dsn: str) -> list[str]:
    """Make the schema, which is at head, what ``sql/`` says."""
    with installation.alone(dsn) as connection:
        amiss = mending.amiss(connection)
        if lost := [d for d in amiss if mending.is_lost(d)]:
            raise _refusal(lost)
        notes = _told(amiss)
        if any(mending.is_of_queue(d) and d.kind not in ("index", "constraint") for d in amiss):
            _set_timeout(connection)
            mending.remake_queue(connection)
            connection.commit()
            notes.append("PgQueuer's schema was not whole: it was made anew. What its jobs had in hand is pending.")
            amiss = mending.amiss(connection)
        # First what would stand open again as soon as it is made.
        _set_timeout(connection)
        for opened in rights.opened(connection):
            connection.execute(opened.statement.encode())
            notes.append(f"{opened.finding.capitalize()}: mended.")
        connection.commit()
        if amiss:
            _set_timeout(connection)
            mending.mend(connection, amiss)
            connection.commit()
            if left := mending.amiss(connection):
                raise _refusal(left)
        return notes


def _set_timeout(connection: Connection) -> None:
    # What held until the last rollback or commit has to hold again.
    connection.execute(session.local({**session.SETTINGS, "lock_timeout": LOCK_TIMEOUT}))


def _refusal(differences: list[Difference]) -> DatabaseError:
    return DatabaseError(
        "\n".join(["The schema is not whole:", *(f"- {d}. {mending.remedy(d)}" for d in differences)]),
        remedy="Then run: shelfwire db upgrade",
    )


def _told(amiss: list[Difference]) -> list[str]:
    notes = []
    ours = [d for d in amiss if not mending.is_of_queue(d)]
    given = [d for d in ours if d.kind == "grant"]
    grants = [d for d in given if d.is_missing]
    if made := [f"{d.kind} {d.name}" for d in ours if d.is_missing and d not in grants]:
        notes.append(f"What was missing was made anew: {', '.join(made)}.")
    if taken := [d.name for d in given if d.wanted is None]:
        notes.append(f"What sql/ does not give was taken back: {', '.join(taken)}.")
    if replaced := [f"{d.kind} {d.name}" for d in ours if not d.is_missing and d.wanted is not None]:
        notes.append(f"What differed from sql/ was replaced: {', '.join(replaced)}.")
    if grants:
        notes.append(f"{len(grants)} grants to Shelfwire's roles were missing: they are given again.")
    if any(d.kind == "adapter" for d in ours):
        notes.append("What reads the warehouse was among it. Run: shelfwire attach")
    return notes
