"""WebSub: when a source's hub is sought, asked and asked again (https://www.w3.org/TR/websub/)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(days=10)
"""What hubs are asked for: the time that the specification suggests."""
RENEW_BEFORE = timedelta(days=1)
"""So long before its end a subscription is renewed: for a hub that is away for a while."""
SEEK_AGAIN = timedelta(days=7)
"""A feed that names no hub, or whose hub refused, may do so later."""
ASK_AGAIN = timedelta(hours=6)
"""A hub that did not come back with its challenge, or could not be asked."""


class LinkState(StrEnum):
    """How a source stands with its hub."""

    NONE = "none"
    """The feed names no hub."""
    ASKED = "asked"
    ACTIVE = "active"
    REFUSED = "refused"


class Step(StrEnum):
    """What is to be done for a source now."""

    SEEK = "seek"
    ASK = "ask"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class HubLink:
    """A source's subscription at the hub that its feed names.

    `path` is the secret last part of the address that the hub calls; `secret` signs what it sends.
    """

    source_id: str
    state: LinkState
    changed_at: datetime
    hub: str = ""
    topic: str = ""
    path: str = ""
    secret: str = ""
    until: datetime | None = None
    """When an active subscription ends unless it is renewed."""


def plan_step(link: HubLink | None, now: datetime) -> Step:
    """What to do for a source with this link (None: its hub was never sought)."""
    if link is None:
        return Step.SEEK
    age = now - link.changed_at
    if link.state in (LinkState.NONE, LinkState.REFUSED):
        return Step.SEEK if age >= SEEK_AGAIN else Step.WAIT
    if link.state is LinkState.ASKED:
        return Step.ASK if age >= ASK_AGAIN else Step.WAIT
    left = (link.until or now) - now
    is_due = left <= timedelta() or (left <= RENEW_BEFORE and age >= ASK_AGAIN)
    return Step.ASK if is_due else Step.WAIT
