"""Settings from the environment and `.env`: validated as a whole, all faults told at once."""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import ConfigurationError

TELEGRAM_API_URL = "https://api.telegram.org"
DATABASE_URL = "sqlite+aiosqlite:///var/trucewatch.db"
LEAST_KEPT_D, MOST_KEPT_D = 14, 3_650
TOKEN_SHAPE = re.compile(r"\d{6,12}:[A-Za-z0-9_-]{30,64}")
DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",  # as hosting providers write it
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def _split(value: object) -> object:
    """A comma-separated list of an environment variable; empty parts are dropped."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _check_token(value: SecretStr | None) -> SecretStr | None:
    """An empty token means none; a token of the wrong shape never reaches the network."""
    if value is None or not value.get_secret_value().strip():
        return None
    if not TOKEN_SHAPE.fullmatch(value.get_secret_value().strip()):
        raise ValueError("is not a bot token; @BotFather gives one like 123456789:AAE… on /newbot")
    return SecretStr(value.get_secret_value().strip())


def _check_http_url(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value):
        raise ValueError("must be an http or https address, such as http://localhost:8081")
    return value.rstrip("/")


def _name_driver(value: str) -> str:
    """Hosting providers give postgres://…; SQLAlchemy wants the driver's name in it."""
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in DRIVERS:
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return f"{DRIVERS[scheme]}://{rest}"


def _check_file(value: Path | None) -> Path | None:
    if value is not None and not value.is_file():
        raise ValueError(f"there is no file {value}")
    return value


def _check_listening(value: str) -> str:
    """An address of this machine: a name would have to be resolved, to one of several."""
    try:
        return str(ip_address(value.strip()))
    except ValueError:
        raise ValueError("must be an IP address of this machine, such as 127.0.0.1 or 0.0.0.0") from None


def _drop_empty(value: object) -> object:
    return None if value == "" else value


def _is_network(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _check_hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    for host in value:
        if not _is_network(host) and not re.fullmatch(r"[A-Za-z0-9.-]+", host):
            raise ValueError(f"{host!r} is neither a host name nor a network such as 10.0.0.0/8")
    return value


def _check_keeping(value: int) -> int:
    """Previews look back a week, and what is told of an incident may change for as long."""
    if value != 0 and not LEAST_KEPT_D <= value <= MOST_KEPT_D:
        raise ValueError(f"0 (for ever), or {LEAST_KEPT_D} to {MOST_KEPT_D}")
    return value


class Settings(BaseSettings):
    """Everything an operator can set; `.env.example` lists the same names with what they mean."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    telegram_bot_token: Annotated[SecretStr | None, AfterValidator(_check_token)] = None
    telegram_api_url: Annotated[str, AfterValidator(_check_http_url)] = TELEGRAM_API_URL
    database_url: Annotated[str, AfterValidator(_name_driver)] = DATABASE_URL
    sources_file: Annotated[Path | None, BeforeValidator(_drop_empty), AfterValidator(_check_file)] = None
    admin_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_split)] = ()
    check_interval_s: Annotated[int, Field(ge=10, le=86_400)] = 60
    send_rate: Annotated[float, Field(gt=0, le=10_000)] = 30.0
    paid_broadcast: bool = False
    alert_max_age_h: Annotated[float, Field(ge=0, le=8_760)] = 24.0
    keep_deliveries_d: Annotated[int, AfterValidator(_check_keeping)] = 30
    allow_private_hosts: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_check_hosts)
    ] = ()
    http_port: Annotated[Annotated[int, Field(ge=1, le=65_535)] | None, BeforeValidator(_drop_empty)] = None
    http_host: Annotated[str, AfterValidator(_check_listening)] = "127.0.0.1"
    public_url: Annotated[
        Annotated[str, AfterValidator(_check_http_url)] | None, BeforeValidator(_drop_empty)
    ] = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"

    @model_validator(mode="after")
    def _check_public(self) -> Self:
        """A public address leads nowhere unless the service listens behind it."""
        if self.public_url is not None and self.http_port is None:
            raise ValueError("PUBLIC_URL: set HTTP_PORT too, and pass /websub on to it")
        return self

    @property
    def token(self) -> str | None:
        """The bot's token in clear; to be handed to the transport and to nothing that prints."""
        return self.telegram_bot_token.get_secret_value() if self.telegram_bot_token else None

    @property
    def private_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks among ALLOW_PRIVATE_HOSTS."""
        return tuple(ip_network(h, strict=False) for h in self.allow_private_hosts if _is_network(h))

    @property
    def private_hosts(self) -> frozenset[str]:
        """The host names among ALLOW_PRIVATE_HOSTS, in lower case."""
        return frozenset(h.lower() for h in self.allow_private_hosts if not _is_network(h))


def load_settings(env_file: Path | None = Path(".env"), **overrides: Any) -> Settings:
    """The settings of this process; raises ConfigurationError with every fault at once.

    No fault repeats the value that was given: it may be a secret.
    """
    try:
        return Settings(_env_file=env_file, **overrides)
    except ValidationError as error:
        raise ConfigurationError([_say_fault(e["loc"], e["msg"]) for e in error.errors()]) from None


def is_colour_refused() -> bool:
    """True when the person at the terminal set NO_COLOR (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def _say_fault(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]).upper() if location else "settings"
    return f"{name}: {message.removeprefix('Value error, ')}"
