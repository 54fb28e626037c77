"""The pacer on a virtual clock: sliding windows at every moment, deadlines, pauses, memory."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import DeliveryForm
from bot.pace import FLOODED_CHATS, GROUP_WINDOW_S, MARGIN_AT_HIGH_RATES_S, MARGIN_S, Departure, Pacer

MESSAGE, EDIT = DeliveryForm.MESSAGE, DeliveryForm.EDIT
Wish = tuple[float, int, DeliveryForm]
"""When somebody wants to send, the chat (negative: a group), and what."""


def play(
    pacer: Pacer,
    wishes: Sequence[Wish],
    late_s: float = 0.0,
    held_up: Callable[[int], float] = lambda number: 0.0,
) -> list[Wish]:
    """Ask for each wish until it is granted, as the outbox does; what left, with the time.

    `held_up`: how long a wish takes from being let go to its leaving. Meanwhile no other goes to its chat.
    """
    events = [(at_s, number) for number, (at_s, _, _) in enumerate(wishes)]
    heapq.heapify(events)
    going: dict[int, int] = {}
    sent: list[Wish] = []
    now_s = 0.0
    while events:
        at_s, number = heapq.heappop(events)
        now_s = max(now_s, at_s)
        _, chat, form = wishes[number]
        if going.get(chat) == number:
            pacer.leave(chat, chat < 0, form, now_s)
            sent.append((now_s, chat, form))
            del going[chat]
        elif chat in going:
            heapq.heappush(events, (now_s + 0.01, number))
        else:
            turn = pacer.reserve(chat, chat < 0, form, now_s)
            if not turn.wait_s:
                going[chat] = number
            heapq.heappush(
                events, (now_s + (turn.wait_s + late_s if turn.wait_s else held_up(number)), number)
            )
    return sent


def most_in(times: Sequence[float], window_s: float) -> int:
    """The greatest number of times within any half-open window of this length."""
    most, first = 0, 0
    for last, time in enumerate(times):
        while times[first] <= time - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most


wish = st.tuples(
    st.floats(0, 150, allow_nan=False),
    st.sampled_from([1, 2, -1, -2]),
    st.sampled_from([MESSAGE, EDIT, DeliveryForm.REPLY]),
)


@settings(max_examples=60)
@given(
    st.lists(wish, max_size=120),
    st.sampled_from([0.7, 3.0, 30.0]),
    st.sampled_from([0.0, 0.004, 0.3]),
    st.lists(st.sampled_from([0.0, 0.0, 0.05, 0.7]), min_size=120, max_size=120),
)
def test_no_window_is_ever_overfull(
    wishes: list[Wish], rate: float, late_s: float, held_s: list[float]
) -> None:
    """Whoever asks whenever, with late timers, held up before it leaves: each limit holds in every window."""
    sent = play(Pacer(rate), wishes, late_s, held_s.__getitem__)
    assert len(sent) == len(wishes)
    assert most_in([at_s for at_s, _, _ in sent], 1.0) <= max(1, rate)
    by_chat, edits = defaultdict(list), defaultdict(list)
    for at_s, chat, form in sent:
        by_chat[chat].append(at_s)
        if form is EDIT and chat < 0:
            edits[chat].append(at_s)
    for chat, times in by_chat.items():
        assert most_in(times, 1.0) <= 3
        assert most_in(times, 60.0) <= (20 if chat < 0 else 62)
        assert most_in(edits[chat] or [0.0], 60.0) <= 15
        crowded = [b for a, b, c in zip(times, times[1:], times[2:], strict=False) if c - a < 1.0]
        assert all(later - sooner > 50 for sooner, later in pairwise(crowded))


def drain(
    pacer: Pacer,
    chats: Iterable[int],
    late_s: float = 0.0,
    held_up: Callable[[int], float] = lambda number: 0.0,
) -> list[float]:
    """Send to each chat in turn, as fast as all together may; when each left, in order."""
    now_s, going = 0.0, list[tuple[float, int]]()
    times: list[float] = []

    def let_leave(until_s: float) -> None:
        while going and going[0][0] <= until_s:
            at_s, chat = heapq.heappop(going)
            pacer.leave(chat, chat < 0, EDIT, at_s)
            times.append(at_s)

    for number, chat in enumerate(chats):
        let_leave(now_s)
        while wait_s := pacer.reserve(chat, chat < 0, EDIT, now_s).wait_s:
            now_s += wait_s + late_s
            let_leave(now_s)
        heapq.heappush(going, (now_s + held_up(number), chat))
    let_leave(inf)
    return times


def shortest_span(times: Sequence[float], rate: int) -> float:
    """The shortest time in which one more than `rate` left."""
    return min(later - sooner for sooner, later in zip(times, times[rate:], strict=False))


@pytest.mark.parametrize(("rate", "margin_s"), [(30, MARGIN_S), (1_000, MARGIN_AT_HIGH_RATES_S)])
@pytest.mark.parametrize("late_s", [0.0, 0.002, 0.04])
def test_what_is_slower_on_its_way_does_not_fill_a_second(rate: int, margin_s: float, late_s: float) -> None:
    """One more than the rate never leaves within a second and the margin: the first may take so much longer
    than the last, and still no second at the receiving end holds more."""
    times = drain(Pacer(rate), range(1, 4 * rate), late_s)
    assert shortest_span(times, rate) >= 1 + margin_s - 1e-9
    slow = [at_s + (margin_s if number % 7 else 0.0) for number, at_s in enumerate(times)]
    assert most_in(sorted(slow), 1.0) <= rate


@pytest.mark.parametrize("rate", [30, 1_000])
def test_what_must_connect_first_counts_when_it_leaves(rate: int) -> None:
    """After a calm the first messages wait for their connections, those behind them need none: counted when
    they were let go, they would bunch."""
    times = drain(Pacer(rate), range(1, 4 * rate), held_up=lambda number: 0.3 if number < 0.2 * rate else 0.0)
    assert shortest_span(times, rate) >= 1 + MARGIN_S - 1e-9
    assert len(times) / times[-1] >= 0.9 * rate


def test_when_all_of_a_second_is_under_way_nothing_is_let_go() -> None:
    """Nobody knows when they will leave, and they may leave all at once."""
    pacer = Pacer(30)
    for chat in range(30):
        assert not pacer.reserve(chat, False, MESSAGE, float(chat)).wait_s
    assert 0 < pacer.reserve(30, False, MESSAGE, 100.0).wait_s < 0.1
    pacer.leave(0, False, MESSAGE, 101.0)
    assert 1 < pacer.reserve(30, False, MESSAGE, 101.0).wait_s < 1.1
    assert not pacer.reserve(30, False, MESSAGE, 102.1).wait_s


def test_a_departure_is_told_once() -> None:
    """By whoever knows first: the transport when it is written, or the outbox when nothing came of it."""
    pacer, now_s = Pacer(30), [5.0]
    assert not pacer.reserve(1, False, MESSAGE, 5.0).wait_s
    departure = Departure(pacer, 1, False, MESSAGE, lambda: now_s[0])
    departure.tell()
    now_s[0] = 9.0
    departure.tell()
    for at_s in (5.1, 5.2):
        assert not pacer.reserve(1, False, MESSAGE, at_s).wait_s
    assert 0.9 < pacer.reserve(1, False, MESSAGE, 5.3).wait_s < 1.1


def test_the_rate_is_used() -> None:
    """Thirty a second with something always waiting: at least 0.98 of it, evenly, also with late timers."""
    for late_s in (0.0, 0.002):
        times = drain(Pacer(30), range(1, 1_801), late_s)
        assert 1_799 / times[-1] >= 0.98 * 30
        assert max(b - a for a, b in pairwise(times)) < 0.06


@pytest.mark.parametrize(("rate", "share"), [(30, 0.98), (1_000, 0.97)])
def test_what_a_busy_loop_held_up_is_made_good(rate: int, share: float) -> None:
    """Nothing could run for 40 ms, ten times a second: the same number leaves in the time that is left."""
    pacer, now_s, times = Pacer(rate), 50.0, list[float]()
    for number in range(5 * rate):
        while wait_s := pacer.reserve(number, False, MESSAGE, now_s).wait_s:
            now_s += wait_s
            if now_s % 0.1 < 0.04:
                now_s += 0.04 - now_s % 0.1
        pacer.leave(number, False, MESSAGE, now_s)
        times.append(now_s)
    assert len(times) / (times[-1] - times[0]) >= share * rate
    assert most_in(times, 1.0) <= rate


def test_a_thousand_a_second_is_used() -> None:
    """With paid broadcasts the same at a thousand a second, timers late by a millisecond."""
    times = drain(Pacer(1_000), range(1, 5_001), 0.001)
    assert 4_999 / times[-1] >= 970
    assert most_in(times, 1.0) <= 1_000


def test_a_deadline_holds_its_chat_alone() -> None:
    """Twelve hours for one chat delay no other and cost no slot; a shorter deadline changes nothing."""
    pacer = Pacer(30)
    pacer.note_refusal(1, 43_837, 100.0)
    pacer.note_refusal(1, 5, 101.0)
    assert pacer.reserve(1, False, MESSAGE, 110.0).is_chat
    assert not pacer.reserve(2, False, MESSAGE, 110.0).wait_s
    assert abs(pacer.reserve(1, False, MESSAGE, 200.0).wait_s - 43_737) < 1e-6
    assert not pacer.reserve(1, False, MESSAGE, 43_937.0).wait_s


def test_only_refusals_of_many_chats_in_a_row_pause_all() -> None:
    """Nine refused chats or one accepted between are no flood; ten in a row are, until the shortest time."""
    pacer = Pacer(30)
    for chat in range(FLOODED_CHATS - 1):
        assert not pacer.note_refusal(chat, 40, 10.0)
    pacer.note_acceptance()
    for chat in range(FLOODED_CHATS - 1):
        assert not pacer.note_refusal(chat, 20, 10.0)
        assert not pacer.note_refusal(chat, 20, 10.0)
    assert pacer.note_refusal(99, 60, 10.0)
    assert not pacer.note_refusal(98, 60, 10.2)
    assert 19 < pacer.wait_for_all(10.2) < 20
    assert not pacer.reserve(500, False, MESSAGE, 12.0).is_chat
    assert pacer.reserve(500, False, MESSAGE, 12.0).wait_s > 0
    assert not pacer.reserve(500, False, MESSAGE, pacer.paused_until_s).wait_s


def test_a_pause_is_never_shortened() -> None:
    """The longer of two pauses counts."""
    pacer = Pacer(30)
    pacer.pause(50.0)
    pacer.pause(20.0)
    assert pacer.wait_for_all(10.0) == 40.0


def test_idle_chats_are_forgotten() -> None:
    """After a minute of silence nothing is kept of a hundred thousand chats, deadlines included."""
    pacer = Pacer(10_000)
    drain(pacer, range(-20_000, 0))
    for chat in range(1, 1_000):
        pacer.hold(chat, 5.0)
    assert pacer.chats_held > 20_000
    assert not pacer.reserve(7, False, MESSAGE, 100.0 + GROUP_WINDOW_S).wait_s
    assert pacer.chats_held == 1


def test_the_burst_is_not_for_every_second() -> None:
    """Three at once, then one a second; the burst comes back after a minute of silence."""
    sent = [at_s for at_s, _, _ in play(Pacer(1_000), [(0.0, 1, MESSAGE)] * 6 + [(70.0, 1, MESSAGE)] * 3)]
    assert sent[2] < 0.1
    assert sent[3] > 1.0
    assert sent[5] > 3.0
    assert sent[8] - sent[6] < 0.1


def test_what_left_before_counts() -> None:
    """A new pacer that is told of the last minute lets nothing leave that the old one would keep back."""
    old, new = Pacer(30), Pacer(30)
    left = play(
        old, [(0.0, chat, form) for form in (MESSAGE, EDIT) for chat in (1, -1, -2) for _ in range(15)]
    )
    now_s = left[-1][0]
    for at_s, chat, form in left:
        new.recall(chat, chat < 0, form, at_s)
    for chat in (1, -1, -2, 3):
        for form in (MESSAGE, EDIT):
            waits = [pacer.reserve(chat, chat < 0, form, now_s + 0.5).wait_s for pacer in (old, new)]
            assert waits[0] == waits[1]


def test_the_last_second_of_all_counts() -> None:
    """What left just before the start is part of the first second, whatever the rate was then."""
    pacer = Pacer(30)
    for number in range(1_000):
        pacer.recall(number, False, MESSAGE, 10.0 + number / 1_000)
    assert 0.9 < pacer.reserve(5_000, False, MESSAGE, 11.0).wait_s < 1.1
    assert not pacer.reserve(5_000, False, MESSAGE, 12.1).wait_s
