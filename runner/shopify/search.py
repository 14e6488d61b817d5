"""Shopify's search syntax."""

from __future__ import annotations

from datetime import UTC, datetime


def since_query(since: datetime) -> str:
    """What finds objects that have changed since; Shopify's times have no fractions."""
    return f"updated_at:>='{_second(since)}'"


def created_query(since: datetime) -> str:
    """What finds objects that were made since."""
    return f"created_at:>='{_second(since)}'"


def _second(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
