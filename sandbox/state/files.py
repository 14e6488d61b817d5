"""Files of the shop's storage: what apps upload, and what bulk operations write."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

DAY = 24 * 3600
PIECE = 256 * 1024


@dataclass(slots=True, eq=False)
class StagedUpload:
    """A place for one file; `file` is None until it was uploaded."""

    key: str
    method: str
    parameters: list[dict[str, str]]
    """Fields of the form that a POST sends before the file, in their order; of a PUT they are headers."""
    signature: str
    longest: int
    """In bytes."""
    expires_at: float
    file: IO[bytes] | None = None
    size: int = 0


@dataclass(slots=True, eq=False)
class ResultFile:
    """What a bulk operation has written: without a name on this machine, and gone with its process."""

    expires_at: float = 0
    """When its address stops working, in seconds since 1970."""
    name: str = field(default_factory=lambda: secrets.token_hex(14))
    signature: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    size: int = 0
    file: IO[bytes] = field(default_factory=TemporaryFile)

    def write(self, text: bytes) -> None:
        self.file.write(text)
        self.size += len(text)
