"""Every error that Trucewatch raises itself.

TrucewatchError
├── ConfigurationError      the settings, the sources file or the database cannot be used: exit 78
├── SourceError             a source could not be checked; caught per source
│   ├── FetchError          no usable answer (address refused, time out, HTTP status, too large)
│   └── ParseError          an answer that is no feed
├── StorageError            the database refused; nothing was changed; at the start: exit 1, to be tried again
└── RefusedInput            what a person typed cannot be done; carries what to answer
"""

from __future__ import annotations

from collections.abc import Sequence

EX_CONFIG = 78
"""sysexits.h: something was found in an unconfigured or misconfigured state."""


class TrucewatchError(Exception):
    """The root of the tree."""


class ConfigurationError(TrucewatchError):
    """One or more faults of configuration, all of them at once, each a sentence that says what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class SourceError(TrucewatchError):
    """A source could not be checked; the message says why in words that an admin understands."""


class FetchError(SourceError):
    """No usable answer. `retry_after_s` is what the host asked for, if it did."""

    def __init__(
        self, message: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class ParseError(SourceError):
    """The answer is not what a source of this kind gives."""


class StorageError(TrucewatchError):
    """The database refused; nothing was changed. Unlike a fault of configuration it may pass by itself."""


class RefusedInput(TrucewatchError):  # noqa: N818 - a person's slip is no error of the program
    """What a person typed or pressed cannot be done; the message is a complete sentence for them."""
