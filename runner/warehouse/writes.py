"""What a mapping lets us write into the warehouse, compared with the database."""

from __future__ import annotations

import re
from collections.abc import Mapping

import psycopg

from runner.db import shapes
from runner.db import writes as db
from runner.db.core import Connection
from runner.db.names import name
from runner.db.shapes import Column
from runner.errors import MappingError
from runner.warehouse.columns import Products
from runner.warehouse.mapping import MappingFile
from runner.warehouse.orders import USES
from runner.warehouse.shape import Select

# As Postgres writes it.
GIVES_ROWS = re.compile(r"(\A|;\n)\s*(SELECT|VALUES|TABLE)\b|^\s*RETURNING\b", re.MULTILINE)


async def examine_writes(
    connection: Connection, file: MappingFile, schemas: list[str], products: Select
) -> dict[str, str]:
    """What writes a value of the shop into the warehouse, by the column of [products], with every name qualified.

    Raises:
        MappingError: a statement cannot be run, gives rows, or writes to a table of somebody else.
    """
    section = file.mapping.products
    statements = dict(section.write)
    if isinstance(section, Products) and section.writable:
        table = await shapes.find_table(connection, schemas[:1], section.table)
        assert table is not None
        named = dict(section.columns())
        for column in section.writable:
            if (of := table.columns.get(named.get(column, column))) is None:
                where = file.at("products", "writable")
                raise MappingError(f"{where}: [products] maps no column to {column}, so none can be written.")
            statements[column] = _written(table.relation, section.key, of)
    given = {db.PRODUCT: products.columns["product"].type, db.VALUE: "text", db.JSON: "jsonb"}
    found = {}
    for number, (column, statement) in enumerate(statements.items()):
        where = file.at("products", "write" if column in section.write else "writable", column)
        found[column] = await _examine(
            connection, schemas, where, column, f"probe_write_{number}", given, statement, "write_product"
        )
    return found


async def examine_insert(connection: Connection, file: MappingFile, schemas: list[str]) -> str | None:
    """What makes a product of the warehouse out of one that only the shop has, every name qualified; None: nothing.

    Raises:
        MappingError: as `examine_writes`.
    """
    statement = file.mapping.products.insert
    if statement is None:
        return None
    given = {db.SKU: "text", db.TITLE: "text", db.JSON: "jsonb"}
    where = file.at("products", "insert")
    return await _examine(connection, schemas, where, "a product", "probe_insert", given, statement, "insert_product")


async def examine_orders(
    connection: Connection, file: MappingFile, schemas: list[str], products: Select
) -> dict[str, str]:
    """What writes the shop's orders into the warehouse, by its name in the mapping, every name qualified.

    Raises:
        MappingError: as `examine_writes`; or a statement does not use what tells one from another.
    """
    found: dict[str, str] = {}
    if file.mapping.orders is None:
        return found
    for name_, statement in file.mapping.orders.write.statements().items():
        use, where = USES[name_], file.at("orders", "write", name_)
        if use.needs and f"%({use.needs})s" not in statement:
            raise MappingError(f"{where}: the statement {name_} does not use %({use.needs})s.")
        given = {f"%({n})s": type_ or products.columns["product"].type for n, type_ in use.given.items()}
        found[name_] = await _examine(
            connection, schemas, where, f"what {name_} says", f"probe_orders_{name_}", given,
            use.gives.value.format(sql=statement), use.function, gives_rows=use.gives is not db.Gives.NOTHING,
        )  # fmt: skip
    return found


async def _examine(
    connection: Connection,
    schemas: list[str],
    where: str,
    what: str,
    function: str,
    given: Mapping[str, str],
    statement: str,
    into: str,
    *,
    gives_rows: bool = False,
) -> str:
    await shapes.look_in(connection, schemas)
    try:
        async with connection.transaction():
            await db.make_write(connection, function, given, statement)
    except psycopg.Error as error:
        raise MappingError(f"{where}: {what} cannot be written so: {error.diag.message_primary}.") from error
    await shapes.look_nowhere(connection)
    if foreign := await db.foreign_tables(connection, function):
        raise MappingError(
            f"{where}: {what} would be written to {foreign[0]}, which belongs to somebody else: attach as the "
            "owner of the table, as whom it is written then."
        )
    body = await db.write_body(connection, function, into)
    if not gives_rows and GIVES_ROWS.search(body):
        raise MappingError(f"{where}: the statement for {what} must give no rows: no select, no returning.")
    return body


def _written(relation: str, key: str, column: Column) -> str:
    """The statement that writes a value of the shop into a column of the products' table."""
    lists = f"array(select jsonb_array_elements_text({db.JSON}))::{column.type}"
    value = (
        lists
        if column.base[0] == "_"
        else f"({db.JSON if column.base in ('json', 'jsonb') else db.VALUE})::{column.type}"
    )
    return f"update {relation} set {name(column.name)} = {value} where {name(key)} = {db.PRODUCT}"
