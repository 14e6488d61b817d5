"""API versions: which are served, and what a request for another one gets.

https://shopify.dev/docs/api/usage/versioning
"""

from __future__ import annotations

import re

VERSIONS = ("2026-07", "2026-10", "2027-01")
"""The last one is the release candidate."""

FORM = re.compile(r"20\d\d-(01|04|07|10)\Z")


def served(asked: str) -> str | None:
    """The version that answers: a dead one falls forward to the oldest supported; None for no version."""
    if asked in VERSIONS:
        return asked
    if FORM.match(asked) and asked < VERSIONS[0]:
        return VERSIONS[0]
    return None


def title(version: str) -> str:
    label = "Release candidate" if version == VERSIONS[-1] else "Latest" if version == VERSIONS[-2] else ""
    return f"{version} ({label})" if label else version
