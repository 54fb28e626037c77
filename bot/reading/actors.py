"""Whom `the army`, `rebels` or `the enemy` mean where no name stands by: by theatre and by who speaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.reading.names import Mention, codes_of
from bot.reading.passages import Passages

HOSTILE = ("occupier", "regime", "coalition", "militants")
"""Words that nobody uses of his own side."""

BANDS = ("rebels", "militants", "opposition", "separatists")
"""Words for armed groups that are no states."""

OURS = "ours"
"""`Our forces`: the outlet's own side, found among the words of its tone."""

OWN = ("army", "government")
"""Words that an outlet uses of its own side where the theatre knows of no other."""


def actors_for(
    actors: Mapping[str, Sequence[str]],
    enemies: Mapping[str, Sequence[str]],
    side: str,
    fighters: Collection[str],
) -> dict[str, Sequence[str]]:
    """Whom each word means in the mouth of an outlet of this side: `actors` are the theatre's own."""
    foes = enemies.get(side, ())
    meant = {
        kind: foes if kind in HOSTILE and side in parties else parties for kind, parties in actors.items()
    }
    if side in fighters:
        meant = dict.fromkeys(OWN, (side,)) | meant | {OURS: (side,)}
    return meant | {"enemy": foes}


def meant_by_enemy(
    passages: Passages, foes: Sequence[str], side: str, blocs: Sequence[Sequence[str]]
) -> Sequence[str]:
    """Of a side's enemies and their allies those that the text names; where it names none, the enemies."""
    camp = {
        *foes,
        *(p for bloc in blocs if side not in bloc and not set(foes).isdisjoint(bloc) for p in bloc),
    }
    named = dict.fromkeys(p for m in passages.parties for p in codes_of(m, "p") if p in camp)
    return tuple(named) or foes


def narrow_to_ground(passages: Passages, grounds: Mapping[str, str], around: Collection[str]) -> None:
    """Where one word names several allies, leaves those on whose ground the scene is.

    `grounds` says in which region a party's forces stand, `around` are all that hold the scene.
    """
    absent = {f"p:{party}" for party, region in grounds.items() if region not in around}
    for number, mention in enumerate(passages.parties):
        present = tuple(code for code in mention.codes if code not in absent)
        if absent.intersection(mention.codes) and present:
            passages.parties[number] = mention._replace(codes=present)


def name_actors(
    passages: Passages,
    actors: Mapping[str, Sequence[str]],
    fighters: Collection[str],
    groups: frozenset[str],
    adjective_last: Collection[str] = (),
) -> None:
    """Adds the parties that `the army` or `rebels` are in this theatre, where no name stands by.

    `groups` are the armed ones that are no states: rebels are not the usual ones where only others are named.
    In languages whose adjectives stand behind (`adjective_last`) a name right behind stands by, too.
    """
    known = [m for m in passages.parties if any(p in fighters for p in codes_of(m, "p"))]
    ends = {m.end for m in known}
    spans = [(m.start, m.end) for m in known]
    following = {m.start - 1 for m in known} if passages.language in adjective_last else set()
    named = {p for m in known for p in codes_of(m, "p")} & groups
    truces = [(hit.start, hit.end) for hit in passages.found.under("truce")]
    for kind, parties in actors.items():
        if kind in BANDS and named and named.isdisjoint(parties):
            continue
        code = f"tone.{OURS}" if kind == OURS else f"actors.{kind}"
        for hit in passages.found.of(code) if parties else ():
            is_named = any(start < hit.end and hit.start < end for start, end in (*spans, *truces))
            is_named = is_named or hit.end in following
            if not is_named and ends.isdisjoint(range(hit.start - 2, hit.start + 1)):
                passages.parties.append(Mention(hit.start, hit.end, tuple(f"p:{p}" for p in parties)))
                spans.append((hit.start, hit.end))
    passages.parties.sort()
