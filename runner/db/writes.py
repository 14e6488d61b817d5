"""Statements that write a value of the shop into the warehouse, as the database understands them.

Each is made a function for a moment, in a transaction that is rolled back: a function knows its own text with every
name qualified, and the tables that it depends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from runner.db.core import Connection

# What a statement is given: the product, the value as text and as JSON.
PRODUCT, VALUE, JSON = "%(product)s", "%(value)s", "%(json)s"
# What one that makes a product is given: its SKU, its title, all that the shop shows of it as JSON.
SKU, TITLE = "%(sku)s", "%(title)s"


class Gives(Enum):
    """What a statement gives, and how its rows are read: a key, units with their location, or nothing."""

    KEY = "with given (key) as (\n{sql}\n) select g.key::text from given as g"
    UNITS = (
        "with given as (\n{sql}\n) select coalesce(n.row ->> 'location', '(none)'), "
        "coalesce((n.row ->> 'units')::integer, 1), n.row ->> 'unit' "
        "from (select pg_catalog.to_jsonb(g) as row from given as g) as n"
    )
    NOTHING = "{sql}"


async def make_write(connection: Connection, function: str, given: Mapping[str, str], statement: str) -> None:
    """Make a statement that writes into the warehouse a function of schema sync, for a moment.

    Args:
        given: what it is given, with the types, such as ``{PRODUCT: "bigint"}``.

    Raises:
        psycopg.Error: it is none, or names what is not there.
    """
    for placeholder in given:
        statement = statement.replace(placeholder, f"{function}.p_{placeholder[2:-2]}")
    parameters = ", ".join(f"p_{placeholder[2:-2]} {type_}" for placeholder, type_ in given.items())
    await connection.execute(
        f"create function sync.{function}({parameters}) returns void "
        f"language sql begin atomic\n{statement};\nend".encode()
    )


async def write_body(connection: Connection, function: str, into: str) -> str:
    """What such a function does, every name qualified after `look_nowhere`, as the text of the function ``into``."""
    cursor = await connection.execute("select pg_get_function_sqlbody(%s::regproc) as sql", (f"sync.{function}",))
    row = await cursor.fetchone()
    assert row is not None
    body = str(row["sql"]).strip().removeprefix("BEGIN ATOMIC").removesuffix("END").strip()
    return body.replace(f"{function}.p_product", "wanted.p_product").replace(f"{function}.", f"{into}.")


async def foreign_tables(connection: Connection, function: str) -> list[str]:
    """Tables that such a function uses and that do not belong to the role at work."""
    cursor = await connection.execute(
        """
        select distinct format('%%I.%%I', n.nspname, c.relname) as relation
        from pg_depend as d
        join pg_class as c on c.oid = d.refobjid
        join pg_namespace as n on n.oid = c.relnamespace
        where d.classid = 'pg_proc'::regclass and d.objid = %s::regproc and d.refclassid = 'pg_class'::regclass
          and c.relowner <> current_user::regrole
        order by 1
        """,
        (f"sync.{function}",),
    )
    return [r["relation"] for r in await cursor.fetchall()]
