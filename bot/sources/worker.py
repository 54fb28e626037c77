"""The parser process: reads what strangers wrote, where it can do no harm.

It is started without any variables of the service (no token), can open neither file nor connection once it is
ready, may hold so much memory and no more, and is killed when it takes too long.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import resource
import sys
import zipfile
from dataclasses import replace
from typing import BinaryIO

import feedparser
import msgspec

from bot.errors import ParseError
from bot.model import Entry, SourceOptions
from bot.sources import charset, kinds
from bot.sources.identity import canonical_url, content_hash
from bot.sources.messages import LENGTH, Job, Result

MEMORY_BYTES = 1024 * 1024 * 1024
"""Address space: ten times what the largest permitted feed takes."""
RETIRE_AT_BYTES = 64 * 1024 * 1024
"""Resident memory above which the process asks to be replaced: the idle service must stay small."""
ARTICLES_RETIRE_AT_BYTES = 160 * 1024 * 1024
"""The same where articles are read: the extractor alone takes half of it."""

_WARM_UP = (
    b"<rss version='2.0'><channel><item><title>a</title><pubDate>Mon, 02 Dec 2024 10:00:00 GMT</pubDate>\
</item></channel></rss>",
    b"<rss version='2.0'><channel><item><title>a & b<br></title><pubDate>2 Dec 2024 10:00 MSK</pubDate>\
<description>&lt;p&gt;a&nbsp;b&lt;/p&gt;</description></item></channel>",
    b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>a</title><updated>2024-12-02</updated></entry>\
</feed>",
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "a &amp; b"}]}',
    b"<div class='tgme_widget_message'><time datetime='2024-12-02T10:00:00+00:00'></time></div>",
    b"<html lang='en'><head><title>a</title></head><body><article><h1>a</h1>"
    + b"<p>Words of an article, long enough to be one, and then some more of them.</p>" * 9
    + b"</article></body></html>",
)


def serve(*, has_extractor: bool = False) -> None:
    """Answer jobs from standard input until it ends; articles only where the extractor was loaded."""
    jobs, results = _claim_pipes()
    _warm_up(has_extractor=has_extractor)
    most = ARTICLES_RETIRE_AT_BYTES if has_extractor else RETIRE_AT_BYTES
    memory = _open_memory_count()
    _close_doors()
    _send(results, Result(()))
    decoder = msgspec.msgpack.Decoder(Job)
    while (message := _receive(jobs)) is not None:
        result = run(decoder.decode(message))
        result.is_last = _resident_bytes(memory) > most
        _send(results, result)
        if result.is_last:
            return


def run(job: Job) -> Result:
    """What a kind's module makes of the job, with digests; every failure is an answer too.

    Folding long texts takes milliseconds each: here they delay nobody.
    """
    try:
        read = kinds.load_kind(job.task).parse
        entries = read(job.body, job.content_type, job.base_url, job.options)
        return Result(tuple(_finish(entry, job.options) for entry in entries))
    except ParseError as error:
        return Result((), str(error))
    except MemoryError:
        return Result((), "the answer takes more memory to read than is allowed")


def _finish(entry: Entry, options: SourceOptions) -> Entry:
    """What the catalogue says of the language counts more than what a feed claims."""
    return replace(entry, digest=content_hash(entry), language=options.language or entry.language)


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes, with standard output turned to nowhere: no library's print may end up among the answers."""
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, results


def _warm_up(*, has_extractor: bool) -> None:
    """Everything that is imported on demand is imported now, before nothing can be opened any more."""
    for name in (*charset.KNOWN, "idna"):
        codecs.lookup(name)
    canonical_url("http://Ünder.example/%7e ä")  # loads tables of letters
    feedparser.api.PREFERRED_XML_PARSERS = []  # what stands there would be looked for at every parse
    extractor = [kinds.ARTICLE] if has_extractor else []
    for task in (*kinds.MODULES, kinds.FEEDS_OF_PAGE, kinds.HUB_OF_FEED, *extractor):
        for body in (*_WARM_UP, _archives()):
            run(Job(task, body, "text/xml; charset=utf-8", "http://a.example/"))


def _archives() -> bytes:
    """A pair of zipped tables, for what unpacking loads when first asked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "a\tb")
    return msgspec.msgpack.encode((file.getvalue(), file.getvalue()))


def _open_memory_count() -> int | None:
    """Linux's count of this process's pages; its peak (ru_maxrss) would begin with that of the parent."""
    try:
        return os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return None


def _resident_bytes(memory: int | None) -> int:
    if memory is None:
        return 0
    return int(os.pread(memory, 200, 0).split()[1]) * resource.getpagesize()


def _close_doors() -> None:
    highest = max(int(name) for name in os.listdir("/dev/fd")) if os.path.isdir("/dev/fd") else 16  # noqa: PTH112,PTH208
    for what, limit in (
        (resource.RLIMIT_NOFILE, highest),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a system that knows no such limit
            resource.setrlimit(what, (limit, limit))


def _receive(pipe: BinaryIO) -> bytes | None:
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return pipe.read(LENGTH.unpack(head)[0])


def _send(pipe: BinaryIO, result: Result) -> None:
    message = msgspec.msgpack.encode(result)
    pipe.write(LENGTH.pack(len(message)) + message)
    pipe.flush()
