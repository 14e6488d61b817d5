"""Settings, and the only reader of the environment."""

from pydantic import Field, SecretStr
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
    log_level: str = "INFO"
    connect_timeout: float = 5.0
    http_timeout: float = 30.0
    heartbeat_timeout: float = Field(default=5.0, description="a job whose runner is silent this long is handed on")
    poll_interval: int = Field(default=1, ge=1, description="the longest a sleeping runner waits for its wake-up")
