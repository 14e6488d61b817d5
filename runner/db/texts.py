"""Texts in the encoding of the warehouse's database, which need not hold all that people write in a shop."""

from __future__ import annotations

import codecs
import json
from typing import Any

from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.json import set_json_loads
from psycopg.types.string import StrDumperUnknown

# Bytes whose encoding nobody knows. They are read as UTF-8, which most are; what is none comes through as lone
# surrogates and goes back as the same bytes, so that a key stays that key.
UNKNOWN = "SQL_ASCII"
TEXT_TYPES = (0, "text", "varchar", "bpchar", "name", '"char"')


class Encoding:
    """An encoding by Postgres' name of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        # The server converts to and from UTF-8, unless it does not know what it holds.
        self.client = UNKNOWN if name == UNKNOWN else "UTF8"
        self._codec = _codec(name)
        self._errors = "surrogateescape" if name == UNKNOWN else "backslashreplace"

    @classmethod
    def of(cls, connection: AsyncConnection[Any]) -> Encoding:
        """The encoding of a connection's database."""
        return cls(connection.info.parameter_status("server_encoding") or "UTF8")

    def held(self, text: str) -> str:
        """The text with what the encoding cannot hold escaped; to be shown, never to be compared."""
        return text.replace("\0", "\\x00").encode(self._codec, self._errors).decode(self._codec, self._errors)

    def holds(self, text: str) -> bool:
        """Whether a column of the database can have this text."""
        return self.held(text) == text

    def json(self, value: Any) -> str:
        """The value as JSON, its texts as `held`."""
        # Not in ASCII: Postgres cannot read \u00fc in a database whose encoding it does not know.
        text = json.dumps(value, ensure_ascii=False)
        if "\\u0000" in text or not self.holds(text):
            text = json.dumps(self._held(value), ensure_ascii=False)
        return text

    def _held(self, value: Any) -> Any:
        match value:
            case str():
                return self.held(value)
            case dict():
                return {key: self._held(one) for key, one in value.items()}
            case list() | tuple():
                return [self._held(one) for one in value]
        return value

    def teach(self, connection: AsyncConnection[Any]) -> None:
        """Let a connection send every text as `held`, and read whatever bytes there are."""
        if self.name == "UTF8":
            return
        held = self.held

        class HeldDumper(StrDumperUnknown):
            def dump(self, obj: str) -> bytes:
                return held(obj).encode("utf-8", "surrogateescape")

        connection.adapters.register_dumper(str, HeldDumper)
        if self.name == UNKNOWN:
            for oid in TEXT_TYPES:
                connection.adapters.register_loader(oid, _BytesLoader)
            set_json_loads(lambda data: json.loads(_read(data)), connection)


class _BytesLoader(Loader):
    def load(self, data: Buffer) -> str:
        return _read(data)


def _read(data: Buffer | str) -> str:
    return data if isinstance(data, str) else bytes(data).decode("utf-8", "surrogateescape")


def _codec(name: str) -> str:
    """Python's name of an encoding; of one that it does not know only what is ASCII may be used."""
    if name in ("UTF8", UNKNOWN):
        return "utf-8"
    try:
        return codecs.lookup({"KOI8R": "koi8_r", "KOI8U": "koi8_u"}.get(name, name.replace("WIN", "cp"))).name
    except LookupError:
        return "ascii"
