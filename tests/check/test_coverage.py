"""What a theatre still hears, and when its silence is worth telling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.model import NEUTRAL, Source, SourceKind, SourceType
from bot.watch.coverage import (
    CALM,
    EVERYWHERE,
    MOST,
    PATIENCE,
    Gap,
    Judged,
    Loss,
    cover,
    find_losses,
    measure,
    step_gaps,
)
from bot.watch.health import Diagnosis, Health, Why
from bot.watch.state import SourceCheck, SourceState

NOW = datetime(2020, 12, 12, 14, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
THEATRE = "armenia-azerbaijan"


def judged(
    side: str,
    health: Health = Health.OK,
    type_: SourceType = SourceType.AGENCY,
    theatre: str = THEATRE,
    minutes: int = 10,
) -> Judged:
    """A source of a side; it answered last so many minutes ago."""
    source = Source("s", "S", SourceKind.FEED, "https://s.example", type_, side, theatres=(theatre,))
    state = SourceState(last_checked_at=NOW, last_ok_at=NOW - minutes * MINUTE)
    return SourceCheck(source, state), Diagnosis(
        health, Why.ERROR if health is Health.FAILING else Why.NOTHING
    )


def losses(sources: Iterable[Judged]) -> tuple[Loss, ...]:
    """What is lost in the two theatres of these tests."""
    known = list(sources)
    return find_losses([cover(THEATRE, known), cover("georgia", known)], measure(known))


ELSEWHERE = [judged("georgia", theatre="georgia")] * 3


def test_a_theatre_that_is_heard_has_lost_nothing() -> None:
    """A failing source among others of its side is no loss."""
    sources = [judged("armenia"), judged("armenia", Health.FAILING), judged("azerbaijan"), judged(NEUTRAL)]
    assert losses([*ELSEWHERE, *sources]) == ()


def test_a_side_is_lost_when_none_of_it_answers() -> None:
    """Since the last answer of any of them; the neutral are no side."""
    silent = [judged("armenia", Health.FAILING, minutes=40), judged("armenia", Health.BLOCKED, minutes=10)]
    heard = [judged("azerbaijan"), judged("azerbaijan"), judged(NEUTRAL)]
    assert losses([*ELSEWHERE, *silent, *heard]) == (Loss(THEATRE, "armenia", NOW - 10 * MINUTE),)
    quiet = [judged(NEUTRAL, Health.FAILING), judged("armenia"), judged("azerbaijan")]
    assert losses([*ELSEWHERE, *quiet]) == ()


def test_types_weigh_differently() -> None:
    """A ministry outweighs two blogs that are left."""
    sources = [judged("armenia", Health.FAILING, SourceType.MOD), judged("azerbaijan", type_=SourceType.BLOG)]
    sources += [judged("armenia", type_=SourceType.BLOG)]
    assert losses([*ELSEWHERE, *sources])[0].what == MOST
    assert losses([*ELSEWHERE, *sources[1:]]) == ()


def test_a_side_that_only_repeats_itself_is_lost() -> None:
    """No entries, or none new for a week, are no voice; silence within a day may have its reasons."""
    week_ago = NOW - 8 * 24 * 60 * MINUTE
    heard = [*ELSEWHERE, *[judged("azerbaijan")] * 3, judged(NEUTRAL)]
    check, _ = judged("armenia")
    for why in (Why.EMPTY, Why.SAME):
        mute = (check, Diagnosis(Health.STALE, why, week_ago))
        assert losses([*heard, mute]) == (Loss(THEATRE, "armenia", week_ago),)
        assert losses([*heard, mute, judged("armenia")]) == ()
    assert losses([*heard, (check, Diagnosis(Health.STALE, Why.SILENT, week_ago))]) == ()


def test_when_all_is_lost_only_that_is_told() -> None:
    """Then it is most likely ours; two dozen messages would tell no more."""
    everything = [judged(side, Health.FAILING) for side in ("armenia", "azerbaijan", NEUTRAL)]
    assert losses(everything) == (Loss(EVERYWHERE, MOST, NOW - 10 * MINUTE),)


def test_what_was_never_checked_or_is_paused_is_no_loss() -> None:
    """A new installation is not silent, it has not begun."""
    assert losses([judged("armenia", Health.UNKNOWN), judged("azerbaijan", Health.PAUSED)]) == ()
    assert losses([]) == ()


def test_a_loss_is_told_once_and_its_end_once() -> None:
    """After ten minutes of it, and after five of calm."""
    loss = Loss(THEATRE, "armenia", NOW - 10 * MINUTE)
    gaps: tuple[Gap, ...] = ()
    told, over = [], []
    for minute in range(60):
        now = NOW + minute * MINUTE
        is_lost = minute < 30 and minute != 20
        gaps = step_gaps(gaps, [loss] if is_lost else [], now)
        told += [minute for gap in gaps if gap.told_at == now]
        over += [minute for gap in gaps if gap.over_at == now]
    assert (told, over) == ([10], [35])
    assert gaps == ()


def test_a_clock_that_is_set_back_hides_no_loss() -> None:
    """What was seen, or was well, at a time that is yet to come counts from now on."""
    loss = Loss(THEATRE, "armenia", NOW)
    (ahead,) = step_gaps([], [loss], NOW + 99 * PATIENCE)
    (again,) = step_gaps([ahead], [loss], NOW)
    (told,) = step_gaps([again], [loss], NOW + PATIENCE)
    assert (again.told_at, told.told_at) == (None, NOW + PATIENCE)
    (well,) = step_gaps([told], [], NOW + 99 * PATIENCE)
    (less,) = step_gaps([well], [], NOW + 2 * PATIENCE)
    assert less.over_at is None
    later = NOW + 2 * PATIENCE + CALM
    assert [gap.over_at for gap in step_gaps([less], [], later)] == [later]


def test_a_short_loss_is_never_told() -> None:
    """Nor its end."""
    gaps = step_gaps((), [Loss(THEATRE, "armenia", None)], NOW)
    assert step_gaps(gaps, [], NOW + PATIENCE - MINUTE) == ()


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 600)), max_size=60))
def test_whatever_comes_and_goes_nobody_is_told_twice(looks: list[tuple[bool, int]]) -> None:
    """Beginnings and ends alternate, each as long after the fact as it must be."""
    gaps: tuple[Gap, ...] = ()
    now, news = NOW, []
    for is_lost, seconds in looks:
        now += timedelta(seconds=seconds)
        gaps = step_gaps(gaps, [Loss(THEATRE, "armenia", NOW)] if is_lost else [], now)
        assert len(gaps) <= 1
        for gap in gaps:
            if gap.told_at == now:
                news.append("lost")
                assert now - gap.seen_at >= PATIENCE
            if gap.over_at == now:
                news.append("back")
                assert gap.well_since is not None
                assert now - gap.well_since >= CALM
    assert news == ["lost", "back"] * (len(news) // 2) + ["lost"] * (len(news) % 2)
