"""What a check saw, as evidence of how its source is: answers, what was taken from them, errors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.errors import FetchError, SourceError
from bot.model import Entry, Source
from bot.sources.fetch import Fetched, NotModified
from bot.sources.identity import body_hash, canonical_url
from bot.watch.plan import LONGEST_RETRY_AFTER, Seen, Taken
from bot.watch.rhythm import read_ttl
from bot.watch.vitals import Fault, fault_of_status


class UnreadableError(SourceError):
    """What came instead of the document that was expected."""

    def __init__(self, reason: str, fault: Fault) -> None:
        super().__init__(reason)
        self.fault = fault


def note_taken(
    source: Source, answer: Fetched, entries: Sequence[Entry], new_reports: int, lags: Sequence[timedelta]
) -> Taken:
    """What was read and stored, as its source's state keeps it.

    A changed text is a revision and no news: some pages write anew at every look how old their items are.
    """
    return Taken(
        entries=len(entries),
        has_news=new_reports > 0,
        etag=answer.etag,
        last_modified=answer.last_modified,
        body_hash=body_hash(answer.body),
        newest_at=max((e.published_at for e in entries if e.published_at), default=None),
        lags=tuple(lags),
        seen=note_seen(source, answer),
    )


def note_seen(source: Source, answer: Fetched | NotModified) -> Seen:
    """What the answer shows besides its content."""
    if isinstance(answer, NotModified):
        return Seen(answer.elapsed, answer.max_age, is_whole=False)
    is_elsewhere = canonical_url(answer.final_url) != canonical_url(source.url)
    wishes = [wish for wish in (answer.max_age, read_ttl(answer.body)) if wish is not None]
    return Seen(answer.elapsed, max(wishes, default=None), answer.final_url if is_elsewhere else "")


def fault_of(error: SourceError) -> Fault:
    """What an error means for the source's health; that nothing answered may be our own fault."""
    if isinstance(error, UnreadableError):
        return error.fault
    if isinstance(error, FetchError):
        return Fault.NO_ANSWER if error.status is None else fault_of_status(error.status)
    return Fault.OTHER


def asked_for(error: SourceError) -> timedelta | None:
    """The Retry-After of an answer, at most a day."""
    seconds = error.retry_after_s if isinstance(error, FetchError) else None
    return None if seconds is None else timedelta(seconds=min(seconds, LONGEST_RETRY_AFTER.total_seconds()))
