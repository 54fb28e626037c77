"""A body as it comes off the wire, bounded on both sides of its compression."""

from __future__ import annotations

import zlib

from bot.errors import FetchError

_GZIP = 16 + zlib.MAX_WBITS
_MAGIC = b"\x1f\x8b"


class BodyReader:
    """Takes chunks, refuses to hold more than `decoded_limit` bytes or to take more than `wire_limit`."""

    def __init__(self, encoding: str, *, wire_limit: int, decoded_limit: int) -> None:
        """Raises FetchError for an encoding that was not offered."""
        if encoding not in {"", "identity", "gzip", "x-gzip"}:
            raise FetchError(f"the answer is packed as {encoding[:40]!r}, which was not offered")
        self._gzip = zlib.decompressobj(_GZIP) if "gzip" in encoding else None
        self._wire_left = wire_limit
        self._wire_limit = wire_limit
        self._decoded_limit = decoded_limit
        self._body = bytearray()

    def take(self, chunk: bytes) -> None:
        """Raises FetchError as soon as a limit is passed."""
        self._wire_left -= len(chunk)
        if self._wire_left < 0:
            raise FetchError(f"the answer is larger than {_in_mib(self._wire_limit)} on the wire")
        if self._gzip is None:
            self._body += chunk
        else:
            self._inflate(chunk)
        if len(self._body) > self._decoded_limit:
            raise FetchError(f"the answer is larger than {_in_mib(self._decoded_limit)} unpacked")

    def finish(self) -> bytes:
        """The whole body; raises FetchError when a packed one stops in the middle."""
        if self._gzip is not None and not self._gzip.eof and self._wire_left != self._wire_limit:
            raise FetchError("the packed answer stops in the middle")
        return bytes(self._body)

    def _inflate(self, chunk: bytes) -> None:
        assert self._gzip is not None  # noqa: S101 - the one caller has looked
        while chunk and len(self._body) <= self._decoded_limit:
            if self._gzip.eof:
                if not chunk.startswith(_MAGIC):
                    return  # padding after the last member, as some servers send it
                self._gzip = zlib.decompressobj(_GZIP)
            try:
                self._body += self._gzip.decompress(chunk, self._decoded_limit + 1 - len(self._body))
            except zlib.error as error:
                raise FetchError("the answer says that it is gzip and is not") from error
            chunk = self._gzip.unused_data if self._gzip.eof else b""


def _in_mib(count: int) -> str:
    return f"{count / 1024 / 1024:g} MiB"
