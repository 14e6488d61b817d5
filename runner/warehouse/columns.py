"""The short form of a mapping: sections that name a table and its columns, from which the selects are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from runner.db.names import literal, name
from runner.db.writes import PRODUCT, SKU


def _renderable(given: str) -> str:
    if not given.isprintable():
        raise ValueError("names with control characters in them cannot be mapped")
    return given


Name = Annotated[str, Field(min_length=1, max_length=63), AfterValidator(_renderable)]
# A status may be written as a number; the database casts it to the column's type.
Status = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


def _statement(given: str) -> str:
    if not (statement := given.strip().rstrip("; \t\r\n")):
        raise ValueError("the statement is empty")
    if PRODUCT not in statement:
        raise ValueError(f"the statement does not use {PRODUCT}, the product that has changed")
    return statement


def _insertion(given: str) -> str:
    if not (statement := given.strip().rstrip("; \t\r\n")):
        raise ValueError("the statement is empty")
    if SKU not in statement:
        raise ValueError(f"the statement does not use {SKU}, by which the new product is known")
    return statement


Statement = Annotated[str, AfterValidator(_statement)]
Insertion = Annotated[str, AfterValidator(_insertion)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    table: Name

    def columns(self) -> Iterator[tuple[str, str]]:
        """Each column with the entry that names it."""
        for entry, value in self.model_dump(exclude={"table", "states", "writable", "write", "insert"}).items():
            for column in value if isinstance(value, list) else [value]:
                if column is not None:
                    yield entry, column

    def watched(self) -> str | None:
        """The column by which the table is watched; None: it is not."""
        return None

    def _from(self, schema: str) -> str:
        return f"from {name(schema)}.{name(self.table)} as r"


class Products(_Section):
    """Columns of the products table. ``sku`` links a product to its Shopify variant; the others are its catalogue."""

    key: Name
    sku: Name
    title: Name
    product_group: Name | None = None
    position: Name | None = None
    option1_name: Name | None = None
    option1_value: Name | None = None
    option2_name: Name | None = None
    option2_value: Name | None = None
    option3_name: Name | None = None
    option3_value: Name | None = None
    description: Name | None = None
    vendor: Name | None = None
    product_type: Name | None = None
    tags: Name | None = None
    status: Name | None = None
    seo_title: Name | None = None
    seo_description: Name | None = None
    handle: Name | None = None
    category: Name | None = None
    collections: Name | None = None
    price: Name | None = None
    compare_at_price: Name | None = None
    cost: Name | None = None
    barcode: Name | None = None
    weight: Name | None = None
    weight_unit: Name | None = None
    requires_shipping: Name | None = None
    taxable: Name | None = None
    inventory_policy: Name | None = None
    writable: list[Name] = []
    write: dict[Name, Statement] = {}
    insert: Insertion | None = None

    def watched(self) -> str:
        return self.key

    def sql(self, schema: str, further: Iterable[str] = ()) -> str:
        """The select; ``further`` columns, which become metafields, keep their names."""
        named = {entry: column for entry, column in self.columns() if entry != "key"}
        columns = {"product": self.key, **named, **{column: column for column in further}}
        return f"select {', '.join(f'r.{name(c)} as {name(n)}' for n, c in columns.items())} {self._from(schema)}"


class Locations(_Section):
    """Columns of the table of storage locations."""

    key: Name
    name: Name

    def sql(self, schema: str) -> str:
        return f"select r.{name(self.key)} as location, r.{name(self.name)} as name {self._from(schema)}"


class States(BaseModel):
    """Which status counts as what. A status that is named nowhere does not count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    available: list[Status] = Field(min_length=1)
    reserved: list[Status] = []
    committed: list[Status] = []


class Items(_Section):
    """Columns of the table of stock: one row per unit, or per ``units`` of them."""

    product: Name
    status: Name
    states: States
    location: Name | None = None
    units: Name | None = None

    def watched(self) -> str:
        return self.product

    def sql(self, schema: str) -> str:
        status = f"r.{name(self.status)}"
        units = f"r.{name(self.units)}" if self.units else "1"
        counted = [
            f"case when {status} in ({', '.join(map(literal, statuses))}) then {units} else 0 end as {state}"
            for state, statuses in self.states
            if statuses
        ]
        location = [f"r.{name(self.location)} as location"] if self.location else []
        every = [literal(value) for _, statuses in self.states for value in statuses]
        columns = ", ".join([f"r.{name(self.product)} as product", *location, *counted])
        return f"select {columns} {self._from(schema)} where {status} in ({', '.join(every)})"


class Customers(_Section):
    """The customers table; ``watch`` are the columns whose change matters."""

    key: Name
    watch: list[Name] = Field(min_length=1)

    def watched(self) -> str:
        return self.key

    def sql(self, schema: str) -> str:
        watched = ", ".join(f"r.{name(column)}" for column in self.watch if column != self.key)
        return f"select r.{name(self.key)} as customer{', ' if watched else ''}{watched} {self._from(schema)}"
