"""Keys as text: one text for one key, whatever types the warehouse's columns have.

Our tables hold keys as text. The same product may be a uuid in one table and an upper-case varchar in another, a number
of another scale, or citext: each family says how SQL writes the one text, and how a list of such texts finds rows by
the warehouse's own index.
"""

from __future__ import annotations

from dataclasses import dataclass

# By the name of the base type in pg_catalog, or of the extension's; an enum is called so, whatever its name.
FAMILIES = {
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "numeric": "numeric",
    "uuid": "uuid",
    "text": "text",
    "varchar": "text",
    "bpchar": "text",
    "name": "text",
    "citext": "citext",
    "enum": "enum",
}
_NUMBERS = ("integer", "numeric")
# How a key that is spelled in one way only becomes text: not by a cast, which takes any type. A column that has become
# one of another family fails aloud, instead of giving keys that nobody knows.
_OUTPUT = {"integer": "int8out", "uuid": "uuid_out", "text": "textout"}
# What may meet: a key of the first family is compared with columns of the others.
_MEETING = {
    "integer": ("numeric", "text", "citext", "enum"),
    "numeric": ("integer", "text", "citext", "enum"),
    "uuid": ("text", "citext"),
    "text": ("integer", "numeric", "uuid", "citext", "enum"),
    "citext": ("text",),
    "enum": ("text",),
}


@dataclass(frozen=True)
class KeyType:
    """Type of a column that holds keys.

    Attributes:
        name: as SQL writes it.
        base: name of what a domain is made of, else of itself.
        schema: where the base type lives, as SQL writes it.
        is_deterministic: whether equal texts are equal bytes by its collation.
    """

    name: str
    base: str
    schema: str
    is_deterministic: bool = True

    @property
    def family(self) -> str | None:
        """None: it cannot be a key."""
        return FAMILIES.get(self.base) if self.is_deterministic else None

    def meets(self, other: KeyType) -> bool:
        """Whether a column of the other type can hold keys of this one."""
        return self.family == other.family or other.family in _MEETING.get(self.family or "", ())


def text(expression: str, column: KeyType, key: KeyType) -> str:
    """The one text of a key of type ``key`` that an expression of type ``column`` holds."""
    if key.family == "citext":
        return f"lower({expression}::text)"
    if column.family == key.family and key.family in _OUTPUT:
        return f"textin({_OUTPUT[key.family]}({expression}))"
    if key.family in _NUMBERS:
        return f"sync.number_text({expression}::text)"
    if key.family == "uuid":
        return f"sync.uuid_text({expression}::text)"
    if column.family == "numeric":
        # Its scale is no part of it.
        return f"sync.number_text({expression}::text)"
    return f"{expression}::text"


def is_text_already(column: KeyType, key: KeyType) -> bool:
    """Whether what the column shows as text is the one text of its key."""
    return (column.family == key.family and key.family in _OUTPUT) or text("x", column, key) == "x::text"


def is_one_to_one(column: KeyType, key: KeyType) -> bool:
    """Whether two values of the column are equal where their texts are, so that rows may be grouped by either."""
    return column.family == key.family and key.family in ("integer", "uuid")


def is_by_index(column: KeyType, key: KeyType) -> bool:
    """Whether an index on the column itself finds some keys."""
    return among("x", column, key, "y").startswith("x ")


def among(expression: str, column: KeyType, key: KeyType, keys: str) -> str:
    """The condition that an expression of type ``column`` is one of some keys (a text[]), by its index if it can."""
    same = column.family == key.family
    if column.family in _NUMBERS and (same or key.family in (*_NUMBERS, "text")):
        return f"{expression} = any (sync.{column.family}_keys({keys}))"
    if column.family == "uuid":
        return f"{expression} = any (sync.uuid_keys({keys}))"
    if same and column.family == "citext":
        return f"{expression} operator({column.schema}.=) any ({keys}::{column.schema}.citext[])"
    if same and column.base == "bpchar":
        return f"{expression} = any ({keys}::bpchar[])"
    if same and column.base not in ("name", "enum"):
        return f"{expression} = any ({keys})"
    return f"{text(expression, column, key)} = any ({keys})"
