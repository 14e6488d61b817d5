"""The mapping file: what the warehouse's rows mean, said in SQL, and which tables to watch."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from runner.errors import MappingError
from runner.warehouse.catalog import WRITABLE, Metafield
from runner.warehouse.columns import Customers, Insertion, Items, Locations, Name, Products, Statement
from runner.warehouse.orders import Orders

INTERVAL = re.compile(r"^[1-9]\d* ?(s|sec|second|min|minute|h|hour)s?$")
# A line of TOML that begins a section, or says something; names between dots, quoted or not.
HEADER = re.compile(r"\s*\[\[?([^\]]+)\]")
NAME = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
KEY = re.compile(rf"\s*({NAME}(?:\s*\.\s*{NAME})*)\s*=")
PART = re.compile(r""""[^"]*"|'[^']*'|[^.]+""")
# What a select of [watch] is given: the keys that were captured.
KEYS = "%(keys)s"


def _one_select(sql: str) -> str:
    if not (select := sql.strip().rstrip("; \t\r\n")):
        raise ValueError("the select is empty")
    return select


def _interval(text: str) -> str:
    if not INTERVAL.match(text):
        raise ValueError('write a number and a unit, such as "30 s", "5 min" or "1 h"')
    return text


Sql = Annotated[str, AfterValidator(_one_select)]
Entity = Literal["product", "customer"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Select(_Section):
    """A select, whose columns are told apart by their names."""

    sql: Sql


class ProductSelect(Select):
    """The select of products.

    ``write`` holds, by its columns, what takes a value of the shop into the warehouse, ``insert`` what takes a product
    that only the shop has.
    """

    write: dict[Name, Statement] = {}
    insert: Insertion | None = None


class Stock(Select):
    """The select of units; ``recheck`` is how often all of it is looked at although nothing was written."""

    recheck: Annotated[str, AfterValidator(_interval)] | None = None


class Watch(_Section):
    """A watched table: ``column`` holds the key, or what ``products`` or ``customers`` makes keys of."""

    column: Name
    entity: Entity = "product"
    products: Sql | None = None
    customers: Sql | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_customers(cls, given: Any) -> Any:
        return {"entity": "customer", **given} if isinstance(given, dict) and "customers" in given else given

    @model_validator(mode="after")
    def _is_one_thing(self) -> Watch:
        if self.products and self.customers:
            raise ValueError("a table is watched either for products or for customers; write a list of both")
        for sql in (self.products, self.customers):
            if sql is not None and KEYS not in sql:
                raise ValueError(f"the select does not use {KEYS}, the keys that have changed")
        return self

    @property
    def translation(self) -> str | None:
        return self.products or self.customers


def _watches(given: Any) -> Any:
    """One watch, or several of one table; a column alone is the short form of one."""
    listed = given if isinstance(given, list) else [given]
    if not all(isinstance(entry, str | dict | Watch) for entry in listed):
        raise ValueError("write the column that holds the product's key")
    return [{"column": entry} if isinstance(entry, str) else entry for entry in listed]


def _schemas(given: Any) -> Any:
    return given if isinstance(given, list) else [given]


def _dotted(given: Any) -> Any:
    """``[watch.other.table]`` and ``other.table = "column"`` are TOML for a table within a table."""
    if not isinstance(given, dict):
        return given
    found: dict[str, Any] = {}
    for name, entry in given.items():
        if _is_watch(name, entry):
            found[name] = entry
        else:
            found |= {f"{name}.{table}": part for table, part in entry.items()}
    return found


def _is_watch(name: str, entry: Any) -> bool:
    """Whether an entry tells of one table, rather than of the tables of a schema."""
    if "." in name or not isinstance(entry, dict) or not entry:
        return True
    return "column" in entry or any(isinstance(part, str) and KEYS in part for part in entry.values())


def _form(short: type[BaseModel], long: type[BaseModel]) -> Any:
    """A section in either form: the one with a select has ``sql``."""

    def read(given: Any) -> Any:
        if isinstance(given, BaseModel):
            return given
        return (long if isinstance(given, dict) and "sql" in given else short).model_validate(given)

    return BeforeValidator(read)


class Mapping(_Section):
    """A whole mapping file. Each section is a select, or names the columns from which one is made."""

    schema_: Annotated[list[Name], BeforeValidator(_schemas)] = Field(default=[], alias="schema")
    products: Annotated[Products | ProductSelect, _form(Products, ProductSelect)]
    stock: Stock | None = None
    items: Items | None = None
    locations: Annotated[Locations | Select, _form(Locations, Select)] | None = None
    customers: Annotated[Customers | Select, _form(Customers, Select)] | None = None
    images: Select | None = None
    orders: Orders | None = None
    metafields: dict[Name, Metafield] = {}
    local_only: list[Name] = []
    watch: Annotated[dict[str, Annotated[list[Watch], BeforeValidator(_watches)]], BeforeValidator(_dotted)] = {}

    @model_validator(mode="after")
    def _is_whole(self) -> Mapping:
        if (self.stock is None) == (self.items is None):
            raise ValueError("say what is in stock: either [stock] with sql, or [items] with columns")
        if not self.schema_ and any(True for _ in self.short()):
            raise ValueError("schema is missing: where the tables are")
        for column in (*self.products.write, *(self.products.writable if isinstance(self.products, Products) else ())):
            if column not in WRITABLE and column not in self.metafields:
                raise ValueError(
                    f"{column} of [products] cannot be written; these can: {', '.join(WRITABLE)}, and metafields"
                )
        places = [(m.namespace, m.key or column) for column, m in self.metafields.items()]
        if twice := next((place for place in places if places.count(place) > 1), None):
            raise ValueError(f"two columns of [metafields] would be {'.'.join(twice)}")
        return self

    def short(self) -> Iterator[tuple[str, Products | Locations | Items | Customers]]:
        """The sections that name columns."""
        for name in ("products", "locations", "items", "customers"):
            section = getattr(self, name)
            if section is not None and not isinstance(section, Select):
                yield name, section


@dataclass(frozen=True)
class Watched:
    """A table to watch, as the mapping names it; ``where`` is its entry."""

    table: str
    watch: Watch
    where: tuple[str, ...]


class MappingFile:
    """A mapping together with its text, so that an error can name the line it comes from."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise MappingError(
                f"The mapping file {path} cannot be read: {error.strerror}.",
                remedy="Name it with --map or SHELFWIRE_WAREHOUSE_MAP.",
            ) from error
        except UnicodeDecodeError as error:
            raise MappingError(f"{path}: this is not TOML: {error}.") from error
        try:
            self.mapping = Mapping.model_validate(tomllib.loads(self.text))
        except tomllib.TOMLDecodeError as error:
            raise MappingError(f"{path}: this is not TOML: {error}.") from error
        except ValidationError as error:
            raise MappingError("\n".join(self._problem(e) for e in error.errors())) from error

    @property
    def selects(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Each select by what it gives (products, locations, stock, customers, images), with its entry in the file."""
        m = self.mapping
        found: dict[str, tuple[str, tuple[str, ...]]] = {}
        for name in ("products", "locations", "stock", "items", "customers", "images"):
            section = getattr(m, name)
            if isinstance(section, Select):
                found[name] = section.sql, (name, "sql")
            elif isinstance(section, Products):
                found[name] = section.sql(m.schema_[0], m.metafields), (name,)
            elif section is not None:
                found["stock" if name == "items" else name] = section.sql(m.schema_[0]), (name,)
        return found

    @property
    def watched(self) -> list[Watched]:
        """Every table to watch: those that sections in columns name, and those of [watch]."""
        found = []
        for name, section in self.mapping.short():
            if key := section.watched():
                entity: Entity = "customer" if name == "customers" else "product"
                found.append(Watched(section.table, Watch(column=key, entity=entity), (name, "table")))
        for table, watches in self.mapping.watch.items():
            found += [Watched(table, watch, ("watch", table)) for watch in watches]
        return found

    def _problem(self, error: ErrorDetails) -> str:
        where = [part for part in error["loc"] if not isinstance(part, int)]
        named = f"{'.'.join(where)}: " if where else ""
        return f"{self.at(*where)}: {named}{error['msg'].removeprefix('Value error, ')}."

    def at(self, *where: str) -> str:
        """``file:line`` of a key such as ``("items", "status")``; of its section, or the file, if it is missing."""
        wanted, section = ".".join(where), ""
        found, length = 0, 0
        for number, line in enumerate(self.text.split("\n"), start=1):
            if header := HEADER.match(line):
                section = place = _plain(header[1])
            elif key := KEY.match(line):
                place = f"{section}.{_plain(key[1])}" if section else _plain(key[1])
            else:
                continue
            if len(place) > length and f"{wanted}.".startswith(f"{place}."):
                found, length = number, len(place)
        return f"{self.path}:{found}" if found else str(self.path)


def _plain(key: str) -> str:
    """A key of TOML without its quotes."""
    return ".".join(part.strip(" \t\"'") for part in PART.findall(key))
