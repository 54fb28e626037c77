"""What both databases can do and each calls by a name of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class position(GenericFunction[int]):  # noqa: N801 - reads like a function, as all of them do
    """Where in a text another begins, counted from 1; 0 where it does not occur."""

    type = Integer()
    inherit_cache = True
    name = "strpos"


@compiles(position, "sqlite")
def _instr(element: position, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr{compiler.process(element.clause_expr, **options)}"
