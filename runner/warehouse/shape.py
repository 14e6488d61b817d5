"""What a mapping comes to in this database: selects with every name qualified, their columns, the watched tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.db.shapes import Column, Read
from runner.warehouse.catalog import Metafield
from runner.warehouse.keys import KeyType, is_text_already


@dataclass(frozen=True)
class Select:
    """A select as the database understands it; ``is_opaque``: which columns it reads cannot be told."""

    sql: str
    columns: dict[str, Column]
    reads: list[Read]
    is_opaque: bool

    def key(self, column: str) -> KeyType:
        """The type of a column as that of keys."""
        return key_type(self.columns[column])


@dataclass(frozen=True)
class Capture:
    """A watched table.

    Attributes:
        entity: what its rows are about, ``product`` or ``customer``.
        key: the column of the key; it may need a ``translation`` to keys of the entity.
        compared: the columns whose change matters; None: any.
        feeds: entries of the mapping that read it, all of its entity if that cannot be told.
        by_row: whether statement triggers would miss rows.
        owner: who adds partitions, as SQL writes it, and must be allowed to give them our triggers; None: it has none.
        tables: where triggers stand, each with the events of its own.
    """

    relation: str
    oid: int
    entity: str
    key: Column
    translation: Select | None
    compared: list[Column] | None
    feeds: list[str]
    by_row: bool
    owner: str | None
    tables: list[tuple[str, tuple[str, ...]]]

    @property
    def gives(self) -> Column:
        """The column of the entity's keys: what is captured, or what it is translated to."""
        return next(iter(self.translation.columns.values())) if self.translation else self.key


EVENTS = ("insert", "update", "delete", "truncate")


@dataclass(frozen=True)
class Shape:
    """A mapping in this database.

    ``recheck`` is an interval, if the mapping wants one; ``metafields`` are columns of its products; ``writes`` is
    what writes a value of the shop, by column of the products, ``insert`` what makes a product that only the shop has,
    ``orders`` what writes the shop's orders, by its name in the mapping.
    """

    selects: dict[str, Select]
    captures: list[Capture]
    recheck: str | None
    metafields: Mapping[str, Metafield] = field(default_factory=dict)
    writes: Mapping[str, str] = field(default_factory=dict)
    insert: str | None = None
    orders: Mapping[str, str] = field(default_factory=dict)

    @property
    def product(self) -> KeyType:
        """The type of product keys: what one text stands for a product is decided by it."""
        return self.selects["products"].key("product")

    def key_of(self, entity: str) -> KeyType | None:
        """The type of an entity's keys; None: the mapping does not select it."""
        if entity == "product":
            return self.product
        return self.selects["customers"].key("customer") if "customers" in self.selects else None

    def is_translated(self, capture: Capture) -> bool:
        """Whether what is captured is not yet the one text of the entity's key."""
        of = self.key_of(capture.entity)
        return capture.translation is not None or (of is not None and not is_text_already(key_type(capture.key), of))

    @property
    def location(self) -> KeyType:
        """The type of location keys."""
        return self.selects["locations" if "locations" in self.selects else "stock"].key("location")


def key_type(column: Column) -> KeyType:
    """A column's type as that of keys."""
    return KeyType(column.type, column.base, column.schema, column.is_deterministic)
