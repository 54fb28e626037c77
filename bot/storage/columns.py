"""How values are kept in columns, alike on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

import msgspec
from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

RowId = BigInteger().with_variant(Integer(), "sqlite")
"""A row's own number: SQLite gives one by itself only to a column that is called INTEGER."""


def to_microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970, exact, unlike `timestamp()`. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {moment!r}")
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The time that `to_microseconds` made the number of."""
    return EPOCH + timedelta(microseconds=value)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time as whole microseconds: it compares and sorts the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return _read_instant(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:
        """Called for each value, without the detour over the method, which costs as much again."""
        return _read_instant


def _read_instant(value: int | None) -> datetime | None:
    return None if value is None else from_microseconds(value)


class _Members(dict[str | None, StrEnum | None]):
    """The words of an enumeration by what is stored. Raises ValueError for any other."""

    def __init__(self, enumeration: type[StrEnum]) -> None:
        super().__init__({None: None} | {str(each): each for each in enumeration})
        self._enumeration = enumeration

    def __missing__(self, value: str | None) -> StrEnum:
        return self._enumeration(str(value))


class Choice(TypeDecorator[StrEnum]):
    """One word of an enumeration, kept as the word itself."""

    impl = String
    cache_ok = True

    def __init__(self, enumeration: type[StrEnum]) -> None:
        super().__init__()
        self.enumeration = enumeration
        self._members = _Members(enumeration)

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return self._members[value]

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], StrEnum | None]:
        """A look-up for each value, which costs a tenth of a call."""
        return self._members.__getitem__


class Prose(TypeDecorator[str]):
    """Text of any origin. NUL and lone surrogates, which databases refuse, become the replacement mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Encoded(TypeDecorator[Any]):
    """A frozen value of the model (or plain lists and dicts) as JSON text; it is read back as `shape`."""

    impl = Text
    cache_ok = True

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.shape = shape
        self._decoder = msgspec.json.Decoder(shape)  # decoding by the shape alone looks it through each time

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self._decoder.decode(value)


def storable(text: str) -> str:
    """The same text with what no database takes replaced by U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def encode(value: Any) -> str:
    """JSON of a frozen value."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_without_surrogates(msgspec.to_builtins(value))).decode()


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in cast("list[Any]", value)]
    return value
