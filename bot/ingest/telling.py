"""What becomes of a change of an incident: it is stored, and the alerts that it is worth are queued."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.folding import fold
from bot.incidents import judge_changes, opens_to_others
from bot.model import Alert, AlertKind, DeliveryForm, Incident
from bot.reading.text import terms
from bot.storage.alerts import add_alert
from bot.storage.findings import first_texts
from bot.storage.incidents import save_incident

Connection = Any
"""A connection as `bot.storage` hands it out; what it is made of stays there."""

LONGEST_FOLDED_TEXT = 8_000
"""Characters in which keywords are looked for, at most half of them told before: longer articles turn to
other matters."""

SEAM = " \n "
"""Between two texts that are read as one."""

_WITH_SOUND = frozenset(AlertKind) - {AlertKind.NEW, AlertKind.GROWN}


async def tell_change(
    conn: Connection,
    before: Incident | None,
    after: Incident,
    now: datetime,
    texts: Iterable[str] = (),
    *,
    is_rolled: bool = False,
) -> Incident:
    """Store what has become of a stored incident and queue the alerts that the change is worth.

    `before` is what people were told last. `texts` are the texts of the reports that brought the change, for
    keyword filters. `is_rolled`: it is told together with others of its kind. Returns the incident as
    stored; an incident nobody was told of is new to everybody.
    """
    is_new = before is None or before.told_at is None
    kinds = (AlertKind.NEW,) if is_new else judge_changes(before, after)
    if not kinds:
        await save_incident(conn, after)
        return after
    changes = after.changes if is_new else after.changes + 1
    told = replace(after, told_at=after.told_at or now, changes=changes)
    await save_incident(conn, told)
    folded = _fold_all((*_spellings(told), *texts), await first_texts(conn, told.id or 0))
    loud = tuple(kind for kind in reversed(kinds) if kind in _WITH_SOUND)
    alert = Alert(None, told, kinds[0], now, terms(folded), folded, loud)
    if loud:  # the reply is queued first: it leaves first, and whoever is new gets one message
        await add_alert(conn, alert, DeliveryForm.REPLY)
    if kinds[0] is AlertKind.CORRECTED and before and opens_to_others(before, told):
        alert = replace(alert, kind=AlertKind.GROWN)  # whose choice it meets only now read nothing wrong
    await add_alert(conn, alert, DeliveryForm.EDIT, is_rolled=is_rolled)
    return told


def _fold_all(new: Iterable[str], older: Iterable[str]) -> str:
    """What is new, and after it what was told before: who asks for a word and for the wounded may find the
    one in the first report and the other in the second."""
    known = tuple(dict.fromkeys(new))
    rest = fold(SEAM.join(text for text in older if text not in known))[: LONGEST_FOLDED_TEXT // 2]
    first = fold(SEAM.join(known))[: LONGEST_FOLDED_TEXT - len(rest)]
    return f"{first} {rest}".strip()


def _spellings(incident: Incident) -> tuple[str, ...]:
    """All names of the places, so that a keyword is found by whatever name the reader knows."""
    return tuple(name for p in incident.places for name in (p.name, *p.names))
