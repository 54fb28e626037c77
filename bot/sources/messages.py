"""What the service and its parser process say to each other.

On the pipes each message is a length (4 bytes, big-endian) and that many bytes of MessagePack: a form that,
unlike a pickle, can carry nothing but data, should the process ever be taken over.
"""

from __future__ import annotations

import struct

import msgspec

from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions

LENGTH = struct.Struct(">I")


class Job(msgspec.Struct, array_like=True):
    """One answer to parse; `task` is a kind of source or another name that `bot.sources.kinds` knows."""

    task: str
    body: bytes
    content_type: str
    base_url: str
    options: SourceOptions = DEFAULT_OPTIONS


class Result(msgspec.Struct, array_like=True):
    """Entries, or why there are none; `is_last`: the process has grown large and ends now."""

    entries: tuple[Entry, ...]
    error: str | None = None
    is_last: bool = False
