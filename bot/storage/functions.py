"""What both databases can do and each calls by a name of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Dialect, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.storage.columns import encode


class position(GenericFunction[int]):  # noqa: N801 - reads like a function, as all of them do
    """Where in a text another begins, counted from 1; 0 where it does not occur."""

    type = Integer()
    inherit_cache = True
    name = "strpos"


@compiles(position, "sqlite")
def _instr(element: position, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr{compiler.process(element.clause_expr, **options)}"


class Numbers(TypeDecorator[Sequence[int]]):
    """Whole numbers as one parameter, however many: JSON or an array, as the database likes it."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(BigInteger))

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        return encode(value) if dialect.name == "sqlite" else value


class is_among(GenericFunction[bool]):  # noqa: N801 - as above
    """Whether a number is one of many; a list of so many parameters costs more than what is done with it."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """As it stands: compared with 1, as SQLAlchemy does for SQLite, no index would serve it."""
        return self


@compiles(is_among, "sqlite")
def _in_json(element: is_among, compiler: SQLCompiler, **options: Any) -> str:
    one, many = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{one} IN (SELECT value FROM json_each({many}))"


@compiles(is_among, "postgresql")
def _in_array(element: is_among, compiler: SQLCompiler, **options: Any) -> str:
    one, many = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{one} = ANY ({many})"
