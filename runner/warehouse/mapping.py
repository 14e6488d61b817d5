"""The mapping file: which of the warehouse's tables and columns are products, items, locations and customers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from runner.errors import MappingError


def _renderable(name: str) -> str:
    if "$sync$" in name or not name.isprintable():
        raise ValueError("names with control characters or $sync$ in them cannot be mapped")
    return name


Name = Annotated[str, Field(min_length=1, max_length=63), AfterValidator(_renderable)]
# A status may be written as a number; the database casts it to the column's type.
Status = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Products(_Section):
    """Columns of the products table. ``sku`` links a product to its Shopify variant."""

    table: Name
    key: Name
    sku: Name
    title: Name


class Locations(_Section):
    """Columns of the table of storage locations."""

    table: Name
    key: Name
    name: Name


class States(_Section):
    """Which status counts as what. A status that is named nowhere does not count."""

    available: list[Status] = Field(min_length=1)
    reserved: list[Status] = []
    committed: list[Status] = []


class Items(_Section):
    """Columns of the table of stock: one row per unit, or per ``units`` of them."""

    table: Name
    product: Name
    status: Name
    states: States
    location: Name | None = None
    units: Name | None = None


class Customers(_Section):
    """The customers table; ``watch`` are the columns whose change matters."""

    table: Name
    key: Name
    watch: list[Name] = Field(min_length=1)


class Mapping(_Section):
    """A whole mapping file. ``schema`` holds all mapped tables."""

    schema_: Name = Field(alias="schema")
    products: Products
    items: Items
    locations: Locations | None = None
    customers: Customers | None = None


class MappingFile:
    """A mapping together with its text, so that an error can name the line it comes from."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding="utf-8")
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

    def _problem(self, error: ErrorDetails) -> str:
        where = [part for part in error["loc"] if not isinstance(part, int)]
        return f"{self.at(*where)}: {'.'.join(where)}: {error['msg']}."

    def at(self, *where: str) -> str:
        """``file:line`` of a key such as ``("items", "status")``; of its section, or the file, if it is missing."""
        section: list[str] = []
        found = 0
        for number, line in enumerate(self.text.split("\n"), start=1):
            if header := re.match(r"\s*\[([\w.-]+)\]", line):
                section = header[1].split(".")
                if section == list(where[: len(section)]):
                    found = number
            elif (key := re.match(r"\s*([\w-]+)\s*=", line)) and [*section, key[1]] == list(where):
                return f"{self.path}:{number}"
        return f"{self.path}:{found}" if found else str(self.path)
