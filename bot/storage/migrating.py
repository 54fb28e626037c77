"""Brings a database's schema to the newest form."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import ConfigurationError
from bot.storage.tables import SCHEMA_REVISION

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate_schema(connection: Connection) -> None:
    """Apply the migrations that are missing, within the transaction of `connection`.

    Raises ConfigurationError when the schema is one that this version does not know.
    """
    current = MigrationContext.configure(connection).get_current_revision()
    if current == SCHEMA_REVISION:
        return
    config = alembic_config(connection)
    if current is not None and current not in known_revisions(config):
        advice = "Install that version, or restore a backup made before it."
        schemas = f"its schema is {current}, the newest known here is {SCHEMA_REVISION}"
        raise ConfigurationError([f"A newer version of Trucewatch wrote the database: {schemas}. {advice}"])
    command.upgrade(config, "head")


def known_revisions(config: Config) -> frozenset[str]:
    """The names of all migrations that this version ships."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for the migrations in the package, over an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
