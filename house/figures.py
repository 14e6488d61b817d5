"""What is measured, and what a person who waits is told meanwhile."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number; as text, ``name value unit``."""

    name: str
    value: float
    unit: str

    def __str__(self) -> str:
        number = f"{self.value:.0f}" if abs(self.value) >= 1000 else f"{self.value:.3g}"
        return f"{self.name} {number} {self.unit}"


def progress(text: str) -> None:
    """Tell the person who waits; stdout is for figures."""
    print(text, file=sys.stderr, flush=True)
