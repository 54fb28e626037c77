"""Brings a database's schema to the newest form.

Alembic is imported only when there is something to migrate: it costs 11 MB that a service never needs again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, column, inspect, select, table

from bot.errors import ConfigurationError
from bot.storage.tables import SCHEMA_REVISION

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate_schema(connection: Connection) -> None:
    """Apply the migrations that are missing, within the transaction of `connection`.

    Raises ConfigurationError when the schema is one that this version does not know.
    """
    current = current_revision(connection)
    if current == SCHEMA_REVISION:
        return
    from alembic import command

    config = alembic_config(connection)
    if current is not None and current not in known_revisions(config):
        advice = "Install that version, or restore a backup made before it."
        schemas = f"its schema is {current}, the newest known here is {SCHEMA_REVISION}"
        raise ConfigurationError([f"A newer version of Trucewatch wrote the database: {schemas}. {advice}"])
    command.upgrade(config, "head")


def current_revision(connection: Connection) -> str | None:
    """The revision that the database's schema has; None for a database without one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(select(column("version_num", String)).select_from(table("alembic_version")))


def known_revisions(config: Config) -> frozenset[str]:
    """The names of all migrations that this version ships."""
    from alembic.script import ScriptDirectory

    return frozenset(script.revision for script in ScriptDirectory.from_config(config).walk_revisions())


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for the migrations in the package, over an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
