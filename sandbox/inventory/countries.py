"""Countries and their provinces by code, in the order in which the service lists them."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def places() -> dict[str, str]:
    """Names by code: `US` and, for some countries, `US-MA`."""
    lines = resources.files("sandbox.inventory").joinpath("countries.txt").read_text("utf-8").splitlines()
    return {code: name for code, _, name in (line.partition(" ") for line in lines)}


def country(code: str | None) -> str | None:
    return places().get(code or "")


def province(country_code: str | None, code: str | None) -> str | None:
    """Its code where the name is not known."""
    return places().get(f"{country_code}-{code}", code) if code else None
