"""What a metafield's type takes for a value, how it is stored, and the words for what it does not take."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

SCHEMES = ("http", "https", "mailto", "sms", "tel")
CURRENCY = re.compile(r"(?!ZZZ)[A-Z]{3}\Z")
HIGHEST = Decimal(10) ** 18


class Unfit(Exception):
    """The value does not fit its type; the message is the service's."""


def stored(type_: str, value: str) -> str:
    """The value as it is stored.

    Raises:
        Unfit: the type does not take it.
    """
    if not value:
        raise Unfit("Value can't be blank.")
    return FORMS[type_](value) if type_ in FORMS else value


def _boolean(value: str) -> str:
    if value.strip().lower() in ("true", "t", "1"):
        return "true"
    if value.strip().lower() in ("false", "f", "0"):
        return "false"
    raise Unfit("Value must be true or false.")


def _integer(value: str) -> str:
    if not re.fullmatch(r"-?\d+(\.0+)?", value):
        raise Unfit("Value must be an integer.")
    return value.partition(".")[0]


def _decimal(value: str) -> str:
    """To nine places, the rest cut off."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise Unfit("Value must be a decimal.")
    whole, _, part = value.partition(".")
    return f"{whole}.{part[:9]}" if part else f"{whole}.0"


def _json(value: str) -> str:
    try:
        json.loads(value)
    except ValueError as error:
        raise Unfit(f"Value is invalid JSON: {error}.") from error
    return value


def _money(value: str) -> str:
    try:
        given: Any = json.loads(value)
    except ValueError:
        given = None
    if not isinstance(given, dict) or set(given) != {"amount", "currency_code"}:
        raise Unfit(
            "Value must be a stringified JSON object with amount (numeric) and currency_code (string matching the "
            "shop's currency) fields."
        )
    try:
        amount = Decimal(str(given["amount"]))
    except InvalidOperation:
        raise Unfit("Value must have a numeric amount.") from None
    if not given["currency_code"]:
        raise Unfit("Value must have a currency code.")
    if not CURRENCY.match(given["currency_code"]):
        raise Unfit(f"Value contains an invalid currency, {given['currency_code']}.")
    if abs(amount) > HIGHEST:
        raise Unfit(f"Value must be within +/-{HIGHEST}.")
    return value


def _url(value: str) -> str:
    scheme, found, _ = value.partition(":")
    if not found:
        raise Unfit(
            "Value cannot have an empty scheme (protocol), must include one of the following URL schemes: "
            '["http", "https", "mailto", "sms", "tel"].\''
        )
    if scheme not in SCHEMES:
        raise Unfit(f"Value must be one of the following URL schemes: {', '.join(SCHEMES)}.")
    return value


def _moment(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise Unfit("Value must be in “YYYY-MM-DDTHH:MM:SS” format. For example: 2022-06-01T15:30:00") from None
    return value


FORMS: dict[str, Callable[[str], str]] = {
    "boolean": _boolean,
    "date_time": _moment,
    "json": _json,
    "money": _money,
    "number_decimal": _decimal,
    "number_integer": _integer,
    "url": _url,
}
"""Of the types whose values were recorded; every other takes any text."""
