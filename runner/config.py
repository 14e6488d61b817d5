"""Settings, and the only reader of the environment."""

from typing import Literal
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from ``SHELFWIRE_*``. Durations are seconds."""

    model_config = SettingsConfigDict(env_prefix="SHELFWIRE_", frozen=True, extra="ignore")

    database_url: str = Field(
        default="",
        description="libpq connection string of the warehouse's database; empty: PGHOST, PGDATABASE, ...",
    )
    secret_key: SecretStr | None = Field(
        default=None, description="encrypts tokens at rest; make one with `shelfwire shop key`"
    )
    warehouse_map: str = Field(default="warehouse.toml", description="the mapping file that attach reads")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    connect_timeout: float = 5.0
    http_timeout: float = 30.0
    bulk_patience: float = Field(default=1800.0, gt=0, description="so long a bulk operation may make no progress")
    heartbeat_timeout: float = Field(default=5.0, description="a job whose runner is silent this long is handed on")
    alert_secret: SecretStr | None = Field(default=None, description="signs what webhooks of alerts are sent")
    alert_local_webhooks: bool = Field(default=False, description="webhooks may be on this machine, or link-local")
    smtp_url: SecretStr | None = Field(default=None, description="smtp[s]://user:password@host:port for alerts")
    alert_sender: str = Field(default="shelfwire@localhost", description="from whom alerts by mail come")
    poll_interval: int = Field(default=1, ge=1, description="the longest a sleeping runner waits for its wake-up")

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, value: SecretStr | None) -> SecretStr | None:
        # A number that is no port is refused by reading it.
        url = urlsplit(value.get_secret_value()) if value else None
        try:
            usable = url is None or (url.scheme in ("smtp", "smtps") and bool(url.hostname) and url.port != 0)
        except ValueError:
            usable = False
        if not usable:
            raise ValueError("write smtp://host:port or smtps://user:password@host:port")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_readable(cls, value: str) -> str:
        try:
            conninfo_to_dict(value)
        except psycopg.ProgrammingError as error:
            # libpq's own words may repeat the password.
            raise ValueError(
                "the connection string cannot be read; write postgresql://user@host/database or key=value pairs"
            ) from error
        return value
