"""The ledger: who says what, wire copies collapsed; how far an incident is established."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.incidents import Sides, confirmations, grow, judge_status, make_claim
from bot.incidents.status import rests_on
from bot.model import Claim, Finding, Incident, IncidentStatus, Report, Source, SourceType, Stance
from bot.voices import collapse
from tests.incidents.telling import finding, report, source

YEREVAN = source("Ararat Wire")
BAKU = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
MOSCOW = source("Northern Ministry", SourceType.MOD, "russia")
WATCH = source("Line Watch", SourceType.MONITOR, "neutral")
SIDES = Sides(frozenset({"osce"}), {"nagorno-karabakh": "armenia"})


def says(number: int, who: Source, **changes: object) -> Claim:
    return make_claim(report(number, who, timedelta(hours=number)), finding(**changes), sides=SIDES)


def status(*claims: Claim) -> IncidentStatus:
    return judge_status(claims)


@pytest.mark.parametrize(
    ("who", "changes", "speaker"),
    [
        (YEREVAN, {}, "armenia"),
        (FOREIGN, {}, "armenia"),
        (FOREIGN, {"accuser": ()}, "lakeside-post"),
        (BAKU, {"accuser": ()}, "azerbaijan"),
        (BAKU, {"stance": Stance.DENIAL}, "azerbaijan"),
        (FOREIGN, {"stance": Stance.DENIAL}, "azerbaijan"),
        (FOREIGN, {"stance": Stance.DENIAL, "accused": ()}, "armenia"),
        (MOSCOW, {"stance": Stance.CONFIRMATION, "accuser": ("russia",)}, "russia"),
        (FOREIGN, {"stance": Stance.CONFIRMATION, "accuser": ("armenia", "osce")}, "osce"),
        (FOREIGN, {"stance": Stance.CONFIRMATION}, "armenia"),
        (FOREIGN, {"stance": Stance.CONFIRMATION, "accuser": ()}, "azerbaijan"),
        (WATCH, {"stance": Stance.CONFIRMATION}, "line-watch"),
        (WATCH, {"stance": Stance.DENIAL}, "azerbaijan"),
        (WATCH, {"stance": Stance.TALLY}, "line-watch"),
        (WATCH, {"accuser": ()}, "line-watch"),
        (WATCH, {"accuser": ("osce",)}, "line-watch"),
        (WATCH, {}, "armenia"),
    ],
)
def test_the_speaker_is_whose_word_it_is(who: Source, changes: dict[str, object], speaker: str) -> None:
    """An outlet carries somebody's word; only a monitor or an outlet without any speaks for itself."""
    assert says(1, who, **changes).speaker == speaker


def test_an_observer_takes_no_side() -> None:
    """A monitor quoted by a newspaper is neutral, a party is its own side."""
    assert says(1, FOREIGN, stance=Stance.CONFIRMATION, accuser=("osce",)).side == "neutral"
    assert says(1, FOREIGN).side == "armenia"


def test_a_report_without_an_id_has_no_claim() -> None:
    """A ledger points to reports that are stored."""
    with pytest.raises(ValueError, match="without an id"):
        make_claim(report(1, id=None), finding())


def test_a_revision_speaks_when_it_was_seen() -> None:
    """The article keeps its date; what it says now was said later."""
    later = report(1).seen_at + timedelta(hours=5)
    assert make_claim(report(1, revision=2, seen_at=later), finding()).said_at == later
    assert make_claim(report(1, seen_at=later), finding()).said_at == report(1).seen_at


def test_voices_collapse_outlets_of_one_speaker() -> None:
    """Three outlets with Yerevan's word are one voice with its latest numbers."""
    claims = [
        says(1, YEREVAN, wounded=3),
        says(2, FOREIGN, wounded=6),
        says(3, FOREIGN),
        says(4, BAKU, stance=Stance.DENIAL),
    ]
    first, second = collapse(claims)
    assert (first.speaker, first.reports, first.wounded, first.killed) == ("armenia", 3, 6, None)
    assert (first.first_at, first.last_at) == (claims[0].said_at, claims[2].said_at)
    assert first.origins == {"ararat-wire", "lakeside-post"}
    assert second.speaker == "azerbaijan"


def test_a_voice_made_of_copies_is_heard_all_the_same() -> None:
    """When only copies are left, the latest of them stands for the voice."""
    copy = replace(says(1, YEREVAN), is_copy=True)
    assert collapse([copy])[0].claim == copy


def test_one_side_or_ten_outlets_of_it_is_claimed() -> None:
    """Repetition confirms nothing."""
    claims = [says(n, replace(YEREVAN, id=f"outlet-{n}", origin=f"o{n}")) for n in range(1, 11)]
    assert status(*claims) is IncidentStatus.CLAIMED
    assert rests_on(claims) == ()


def test_a_denial_makes_it_denied_and_rests_on_it() -> None:
    """The accused says no."""
    claims = (says(1, YEREVAN), says(2, BAKU, stance=Stance.DENIAL))
    assert status(*claims) is IncidentStatus.DENIED
    assert rests_on(claims) == (2,)


def test_accusing_each_other_is_disputed() -> None:
    """Two sides, two stories; in one report or in two."""
    swapped = {"accused": ("armenia",), "accuser": ("azerbaijan",)}
    assert status(says(1, YEREVAN), says(2, BAKU, **swapped)) is IncidentStatus.DISPUTED
    both = {"accused": ("armenia", "azerbaijan"), "accuser": ("azerbaijan", "armenia")}
    assert status(says(1, FOREIGN, **both)) is IncidentStatus.DISPUTED


def test_a_monitors_own_report_confirms() -> None:
    """Monitors are there to establish what happened."""
    claim = says(1, WATCH, stance=Stance.CONFIRMATION, accuser=())
    assert status(claim) is IncidentStatus.CONFIRMED
    assert confirmations((claim,)) == (claim,)


def test_a_monitor_that_quotes_a_side_confirms_nothing() -> None:
    """Passing on a claim is not establishing it."""
    assert status(says(1, WATCH)) is IncidentStatus.CLAIMED


def test_one_outlet_alone_never_confirms() -> None:
    """A look-alike that quotes a monitor or an admission is one origin."""
    assert status(says(1, FOREIGN, stance=Stance.CONFIRMATION, accuser=("osce",))) is IncidentStatus.CLAIMED
    assert status(says(1, BAKU, stance=Stance.CONFIRMATION)) is IncidentStatus.CLAIMED
    same = replace(FOREIGN, id="lakeside-two", origin="lakeside-post")
    assert status(says(1, FOREIGN), says(2, same, stance=Stance.CONFIRMATION)) is IncidentStatus.CLAIMED


def test_another_side_or_the_accused_confirms_with_a_second_origin() -> None:
    """Yerevan claims and Moscow, or Baku itself, confirms."""
    moscow = says(2, MOSCOW, stance=Stance.CONFIRMATION, accuser=("russia",))
    baku = says(3, BAKU, stance=Stance.CONFIRMATION)
    assert status(says(1, YEREVAN), moscow) is IncidentStatus.CONFIRMED
    assert status(says(1, YEREVAN), baku) is IncidentStatus.CONFIRMED


def test_a_claimants_own_side_and_a_mere_denial_confirm_nothing() -> None:
    """One side twice is one side, and a denial is no second account."""
    again = says(2, FOREIGN, stance=Stance.CONFIRMATION, accused=(), accuser=())
    assert (
        status(says(1, YEREVAN, accuser=()), replace(again, speaker="ararat-wire")) is IncidentStatus.CLAIMED
    )
    denied = says(1, BAKU, stance=Stance.DENIAL)
    assert (
        status(denied, says(2, FOREIGN, stance=Stance.CONFIRMATION, accuser=("osce",)))
        is IncidentStatus.DENIED
    )


def grown(first: Incident, told: Report, says_: Finding, copied: int | None = 1) -> Incident:
    return grow(first, told, says_, copied_report=copied)


def test_a_copied_wire_is_no_second_origin() -> None:
    """Ten sites with one text are one origin, whatever they call themselves."""
    first = grow(None, report(1, YEREVAN), finding())
    copied = grown(first, report(2, FOREIGN), finding())
    assert [c.origin for c in copied.claims] == ["ararat-wire", "ararat-wire"]
    assert copied.claims[1].is_copy
    assert status(*copied.claims) is IncidentStatus.CLAIMED


def test_a_copy_with_news_is_heard_as_of_the_same_origin() -> None:
    """A wire that somebody completed with a toll tells the toll."""
    first = grow(None, report(1, YEREVAN), finding())
    copied = grown(first, report(2, FOREIGN), finding(wounded=2))
    assert not copied.claims[1].is_copy
    assert copied.claims[1].origin == "ararat-wire"
    assert copied.wounded == (2, 2)


def test_a_source_does_not_copy_itself() -> None:
    """One's own follow-up in one's own words is a report like any other."""
    first = grow(None, report(1, YEREVAN), finding())
    assert not grown(first, report(2, YEREVAN), finding()).claims[1].is_copy
    assert not grown(first, report(2, FOREIGN), finding(), copied=77).claims[1].is_copy


def test_a_credited_wire_is_the_origin() -> None:
    """Who says where the text is from is believed."""
    assert make_claim(report(1, FOREIGN), finding(), origin="ararat-wire").origin == "ararat-wire"


def test_an_ally_of_the_accuser_confirms_nothing() -> None:
    """One side in two uniforms; whom it accuses may say it for itself."""
    ally = says(2, FOREIGN, stance=Stance.CONFIRMATION, accuser=("nagorno-karabakh",))
    assert (ally.speaker, ally.bloc) == ("nagorno-karabakh", "armenia")
    assert status(says(1, YEREVAN), ally) is IncidentStatus.CLAIMED
    moscow = says(2, MOSCOW, stance=Stance.CONFIRMATION, accuser=("russia",))
    assert status(says(1, YEREVAN), ally, moscow) is IncidentStatus.CONFIRMED


def test_what_a_blog_or_a_channel_quotes_confirms_nothing() -> None:
    """Anybody can open one under a monitor's name."""
    for kind in (SourceType.BLOG, SourceType.CHANNEL):
        fake = replace(WATCH, type=kind)
        quotes = says(2, fake, stance=Stance.CONFIRMATION, accuser=("osce",))
        assert status(says(1, YEREVAN), quotes) is IncidentStatus.CLAIMED
