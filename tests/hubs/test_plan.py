"""When a hub is sought, asked, and asked again."""

from __future__ import annotations

import hmac
from datetime import timedelta

import pytest

from bot.hubs import is_signed
from bot.watch.hubs import ASK_AGAIN, RENEW_BEFORE, SEEK_AGAIN, HubLink, LinkState, Step, plan_step
from tests.clock import START

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def link(state: LinkState, until: timedelta | None = None) -> HubLink:
    return HubLink("wire", state, START, "https://hub.example", until=START + until if until else None)


@pytest.mark.parametrize(
    ("known", "after", "step"),
    [
        (None, SECOND, Step.SEEK),
        (link(LinkState.NONE), SEEK_AGAIN - SECOND, Step.WAIT),
        (link(LinkState.NONE), SEEK_AGAIN, Step.SEEK),
        (link(LinkState.REFUSED), DAY, Step.WAIT),
        (link(LinkState.REFUSED), SEEK_AGAIN, Step.SEEK),
        (link(LinkState.ASKED), ASK_AGAIN - SECOND, Step.WAIT),
        (link(LinkState.ASKED), ASK_AGAIN, Step.ASK),
        (link(LinkState.ACTIVE, 10 * DAY), 10 * DAY - RENEW_BEFORE - SECOND, Step.WAIT),
        (link(LinkState.ACTIVE, 10 * DAY), 10 * DAY - RENEW_BEFORE, Step.ASK),
        (link(LinkState.ACTIVE, timedelta(hours=1)), timedelta(minutes=59), Step.WAIT),
        (link(LinkState.ACTIVE, timedelta(hours=1)), timedelta(hours=1), Step.ASK),
    ],
)
def test_each_step_has_its_time(known: HubLink | None, after: timedelta, step: Step) -> None:
    """Sought once a week where there is none, asked again after hours, renewed a day before the end."""
    assert plan_step(known, START + after) is step


def test_signatures_of_the_specification_are_checked() -> None:
    """Any of the four methods; nothing else, and no other secret."""
    body = b"news"
    assert is_signed("key", body, "sha1=" + _hex("sha1"))
    assert is_signed("key", body, "sha512=" + _hex("sha512").upper())
    for wrong in ("", "sha256=" + "0" * 64, "md5=" + _hex("md5"), "sha256", "sha256=\udcff"):
        assert not is_signed("key", body, wrong)
    assert not is_signed("other", body, "sha1=" + _hex("sha1"))


def _hex(method: str) -> str:
    return hmac.new(b"key", b"news", method).hexdigest()
