"""Settings: defaults, forms that people write, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load_settings
from bot.errors import ConfigurationError

TOKEN = "123456789:AAEabcdefghijklmnopqrstuvwxyz0123456"
ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / ".env.example"


def test_nothing_set_gives_the_documented_defaults() -> None:
    """Without any variable the bot runs on SQLite, every minute, at Telegram's free rate, without a token."""
    settings = load_settings(None)
    assert settings.token is None
    assert settings.database_url == "sqlite+aiosqlite:///var/trucewatch.db"
    assert (settings.check_interval_s, settings.send_rate, settings.alert_max_age_h) == (60, 30.0, 24.0)


def test_the_example_file_shows_exactly_the_defaults() -> None:
    """.env.example names every setting and changes none."""
    named = {line.partition("=")[0] for line in EXAMPLE.read_text().splitlines() if line and line[0] != "#"}
    settings = load_settings(None)
    assert named == {name.upper() for name in type(settings).model_fields}
    assert load_settings(EXAMPLE) == settings


def test_the_readme_tells_of_every_setting() -> None:
    """Each has a place in the first column of the README's table."""
    rows = [line.split("|")[1] for line in (ROOT / "README.md").read_text().splitlines() if line[:3] == "| `"]
    told = {name.strip(" `") for row in rows for name in row.split(",")}
    assert {name.upper() for name in type(load_settings(None)).model_fields} <= told


@pytest.mark.parametrize(
    ("days", "is_right"), [(0, True), (14, True), (3650, True), (1, False), (3651, False)]
)
def test_deliveries_are_kept_for_as_long_as_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, days: int, is_right: bool
) -> None:
    """Two weeks at least, since previews and changes look back so far; or for ever."""
    monkeypatch.setenv("KEEP_DELIVERIES_D", str(days))
    if is_right:
        assert load_settings(None).keep_deliveries_d == days
    else:
        with pytest.raises(ConfigurationError, match="14 to 3650"):
            load_settings(None)


def test_all_faults_are_told_at_once_and_no_value_is_repeated(tmp_path: Path) -> None:
    """Five wrong lines give five sentences, and what may be a secret is in none of them."""
    env = tmp_path / ".env"
    env.write_text(
        "TELEGRAM_BOT_TOKEN=s3cret-nonsense\nCHECK_INTERVAL_S=soon\nSEND_RATE=-1\n"
        "DATABASE_URL=mysql://root:hunter2@db/x\nADMIN_IDS=12,bob\nSOURCES_FILE=/nowhere.toml\n"
    )
    with pytest.raises(ConfigurationError) as caught:
        load_settings(env)
    names = {fault.partition(":")[0] for fault in caught.value.faults}
    assert names == {
        "TELEGRAM_BOT_TOKEN",
        "CHECK_INTERVAL_S",
        "SEND_RATE",
        "DATABASE_URL",
        "ADMIN_IDS",
        "SOURCES_FILE",
    }
    assert "s3cret" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:///var/a.db", "sqlite+aiosqlite:///var/a.db"),
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
    ],
)
def test_database_addresses_are_taken_as_people_write_them(given: str, meant: str) -> None:
    """A hosting provider's postgres:// is understood."""
    assert load_settings(None, database_url=given).database_url == meant


def test_lists_are_comma_separated() -> None:
    """Admins and private hosts are lists with spaces allowed; networks and names are told apart."""
    settings = load_settings(None, admin_ids="1, 22,", allow_private_hosts="10.0.0.0/8, feeds.local")
    assert settings.admin_ids == (1, 22)
    assert [str(n) for n in settings.private_networks] == ["10.0.0.0/8"]
    assert settings.private_hosts == {"feeds.local"}


def test_a_token_is_kept_but_never_shown() -> None:
    """The settings' own representation hides the token."""
    settings = load_settings(None, telegram_bot_token=TOKEN)
    assert settings.token == TOKEN
    assert TOKEN not in repr(settings)
    assert load_settings(None, telegram_bot_token="").token is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("telegram_api_url", "ftp://x"),
        ("allow_private_hosts", "a b"),
        ("check_interval_s", 5),
        ("http_port", 0),
        ("http_port", 65_536),
        ("http_host", "everywhere"),
    ],
)
def test_a_wrong_value_is_refused(name: str, value: object) -> None:
    """Addresses, hosts and numbers out of range are faults of configuration."""
    with pytest.raises(ConfigurationError, match=name.upper()):
        load_settings(None, **{name: value})


def test_nothing_is_served_unless_a_port_is_named() -> None:
    """An empty port is none; with one, this machine alone is served."""
    assert load_settings(None, http_port="").http_port is None
    settings = load_settings(None, http_port="9100")
    assert (settings.http_port, settings.http_host) == (9_100, "127.0.0.1")
    assert load_settings(None, http_host="::").http_host == "::"
    public = load_settings(None, http_port=9_100, public_url="https://bot.example.org/")
    assert public.public_url == "https://bot.example.org"


def test_a_public_address_needs_a_port() -> None:
    """Hubs would call where nobody listens; the sentence says what to set."""
    with pytest.raises(ConfigurationError, match="PUBLIC_URL: set HTTP_PORT too"):
        load_settings(None, public_url="https://bot.example.org")
