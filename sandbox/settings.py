"""What the command line decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    host: str
    port: int
    shop: str
    catalog: Path | None
    track_all: bool
    products: int
    variants_per_product: int
    seed: int
    stock: int
    locations: tuple[str, ...]
    token: str
    client_id: str
    client_secret: str
    token_lifetime: float
    scopes: tuple[str, ...]
    capacity: int
    restore_rate: int
    unlimited: bool
    latency_ms: float
    currency: str
    index_lag_seconds: float

    @property
    def domain(self) -> str:
        return f"{self.shop}.myshopify.com"
