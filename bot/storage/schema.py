"""What all tables share: the metadata that holds them, and how a constant is written into SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData, literal
from sqlalchemy.sql.elements import ColumnElement

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fk",
    }
)


def is_spelled(column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    """Equality with the value written out in the SQL: a partial index serves no bound parameter."""
    return column == literal(value, column.type, literal_execute=True)
