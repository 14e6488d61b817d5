"""How a mapping writes the shop's orders into the warehouse: one statement for each thing that is done there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from runner.db.writes import Gives


@dataclass(frozen=True)
class Use:
    """What a statement is for.

    Attributes:
        function: the function of schema sync that runs it.
        given: what it may use, with the types; the product's is that of [products].
        needs: what it must use, or it would do the same for each.
        gives: what its rows are.
    """

    function: str
    given: Mapping[str, str]
    needs: str
    gives: Gives


USES = {
    "find_customer": Use("find_customer", {"email": "text", "phone": "text"}, "email", Gives.KEY),
    "customer": Use(
        "write_customer", {"email": "text", "phone": "text", "name": "text", "json": "jsonb"}, "name", Gives.KEY
    ),
    "order": Use(
        "write_order",
        {
            "customer": "text", "number": "text", "created_at": "timestamptz", "currency": "text", "total": "numeric",
            "json": "jsonb",
        },
        "",
        Gives.KEY,
    ),
    "line": Use(
        "write_order_line",
        {"order": "text", "product": "", "quantity": "integer", "price": "numeric", "json": "jsonb"},
        "order",
        Gives.KEY,
    ),
    "reserve": Use(
        "reserve_units",
        {"order": "text", "line": "text", "product": "", "locations": "text[]", "units": "integer"},
        "units",
        Gives.UNITS,
    ),
    "unit": Use(
        "write_unit",
        {"order": "text", "line": "text", "product": "", "unit": "text", "price": "numeric"},
        "unit",
        Gives.NOTHING,
    ),
    "release": Use(
        "release_units",
        {
            "order": "text", "line": "text", "product": "", "location": "text", "units": "integer",
            "unit_keys": "text[]",
        },
        "",
        Gives.NOTHING,
    ),
    "cancel": Use("cancel_order", {"order": "text"}, "order", Gives.NOTHING),
}  # fmt: skip


def _statement(given: str) -> str:
    if not (statement := given.strip().rstrip("; \t\r\n")):
        raise ValueError("the statement is empty")
    return statement


Statement = Annotated[str, AfterValidator(_statement)]


class OrderWrites(BaseModel):
    """Statements of [orders.write]: an order is made with its customer, its units are reserved and given back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order: Statement
    reserve: Statement
    release: Statement
    find_customer: Statement | None = None
    customer: Statement | None = None
    line: Statement | None = None
    unit: Statement | None = None
    cancel: Statement | None = None

    def statements(self) -> dict[str, str]:
        """Those that are there, by name."""
        return {name: sql for name in USES if (sql := getattr(self, name)) is not None}


class Orders(BaseModel):
    """The section [orders]."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    write: OrderWrites
