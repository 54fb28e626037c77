"""Which alerts of the chosen places are wanted: how grave, confirmed or not, of which acts and parties."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bot.choices import Trait
from bot.commands.grammar import echo, is_any, split_names
from bot.commands.outlook import Outlook, answer_change, back_to_filters, change, look_back, say_outlook
from bot.commands.picker import CHOSEN, PAGE, Reaction
from bot.commands.screen import Button, Screen, in_rows
from bot.commands.visit import Visit
from bot.data.messages import Words, mark
from bot.errors import RefusedInput
from bot.folding import fold
from bot.model import Act, IncidentStatus, Party, Severity
from bot.rendering.html import bold, escape
from bot.rendering.words import ACTS, MARKS
from bot.storage.filters import ask_for
from bot.storage.subscriptions import EVERYTHING, Filters

SEVERITIES = {
    Severity.MINOR: mark("Everything"),
    Severity.SERIOUS: mark("Serious: people hurt, heavy weapons, capture"),
    Severity.GRAVE: mark("Grave: people killed, offensives"),
}
_SEVERITY_WORDS = {
    "any": Severity.MINOR,
    "all": Severity.MINOR,
    "minor": Severity.MINOR,
    "serious": Severity.SERIOUS,
    "grave": Severity.GRAVE,
}
MOST_LISTED = 12
"""Parties that a line spells out."""
_LIKENESS = 0.6
_SHORT = 2
"""Letters of words such as `of`, which are no name of an act."""
_PLAYING = frozenset({"state", "group", "other"})
"""Kinds of parties that fight; monitors are none."""


async def say_severity(visit: Visit) -> Screen:
    """/severity any|serious|grave: nothing less is told; alone it shows the choice."""
    if not visit.text:
        return await _show_severity(visit)
    written = fold(visit.text).split()
    least = next((_SEVERITY_WORDS[word] for word in written if word in _SEVERITY_WORDS), None)
    if least is None:
        raise RefusedInput(
            visit.words.text(
                "I do not know {word} as a severity. Write /severity any, serious or grave.",
                word=echo(visit.text),
            )
        )
    outlook = await _ask_least(visit, least)
    return await answer_change(visit, _severity_line(visit.words, least), outlook)


async def press_severity(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`severity`: the least from now on; without it the choice is shown."""
    outlook = await _ask_least(visit, Severity(arguments[0])) if arguments else None
    return Reaction(screen=await _show_severity(visit, outlook))


async def say_confirmed(visit: Visit) -> Screen:
    """/confirmed on|off: only what somebody independent confirms."""
    if not visit.text:
        return await _show_confirmed(visit)
    wanted = {"on": True, "yes": True, "only": True, "off": False, "no": False, "any": False}.get(
        fold(visit.text)
    )
    if wanted is None:
        raise RefusedInput(
            visit.words.text(
                "{word} is neither on nor off. Write /confirmed on or /confirmed off.", word=echo(visit.text)
            )
        )
    outlook = await _ask_confirmed(visit, wanted)
    return await answer_change(visit, _confirmed_line(visit.words, wanted), outlook)


async def press_confirmed(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`1` or `0`: only confirmed, or all; without it the choice is shown."""
    outlook = await _ask_confirmed(visit, arguments[0] == "1") if arguments else None
    return Reaction(screen=await _show_confirmed(visit, outlook))


async def say_acts(visit: Visit) -> Screen:
    """/acts drone, shelling: only these kinds; /acts any: all."""
    if not visit.text:
        return await _show_acts(visit)
    acts = () if is_any(visit.text) else _find_all(visit, _act_names(visit), "/acts")
    outlook = await change(visit, lambda conn, chat_id: ask_for(conn, chat_id, Trait.ACT, acts))
    return await answer_change(visit, acts_line(visit.words, acts), outlook)


async def press_acts(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`act`: it is wanted, or no longer; without it the choice is shown."""
    outlook = await _toggle(visit, Trait.ACT, Act(arguments[0]).value) if arguments else None
    return Reaction(screen=await _show_acts(visit, outlook))


async def say_parties(visit: Visit) -> Screen:
    """/parties Azerbaijan: only what one of them did or tells; /parties any: all."""
    if not visit.text:
        return await _show_parties(visit, 0)
    parties = () if is_any(visit.text) else _find_all(visit, _party_names(visit), "/parties")
    outlook = await change(visit, lambda conn, chat_id: ask_for(conn, chat_id, Trait.PARTY, parties))
    return await answer_change(visit, parties_line(visit, parties), outlook)


async def press_parties(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`page` shows a page of the list; `page party`: that one is wanted, or no longer."""
    page, *party = arguments
    if party and party[0] not in visit.desk.facts.parties:
        return Reaction(visit.words.text("This list is no longer up to date."), await _show_parties(visit, 0))
    outlook = await _toggle(visit, Trait.PARTY, party[0]) if party else None
    return Reaction(screen=await _show_parties(visit, int(page), outlook))


def severity_line(words: Words, filters: Filters) -> str:
    """The least severity in one line."""
    return _severity_line(words, filters.least or Severity.MINOR)


def confirmed_line(words: Words, filters: Filters) -> str:
    """Confirmed or not, in one line."""
    return _confirmed_line(words, filters.is_confirmed_only)


def acts_line(words: Words, acts: Iterable[str]) -> str:
    """The kinds of acts in one line."""
    names = [escape(words.text(ACTS[Act(act)])) for act in acts]
    return words.text("Acts: {acts}", acts=bold(words.list(names) or words.text("any")))


def parties_line(visit: Visit, parties: Collection[str]) -> str:
    """The parties in one line; of many only the first."""
    names = [escape(_name(visit, party)) for party in list(parties)[:MOST_LISTED]]
    if left := len(parties) - len(names):
        names.append(visit.words.count("{n} more", "{n} more", left))
    told = visit.words.list(names) or visit.words.text("any")
    return visit.words.text("Parties: {parties}", parties=bold(told))


def _severity_line(words: Words, least: Severity) -> str:
    return words.text("How grave: {least}", least=bold(escape(words.text(SEVERITIES[least]))))


def _confirmed_line(words: Words, is_only: bool) -> str:
    what = words.text("only what is confirmed") if is_only else words.text("claimed or confirmed")
    return words.text("Status: {status}", status=bold(what))


async def _ask_least(visit: Visit, least: Severity) -> Outlook:
    codes = () if least is Severity.MINOR else (least.value,)
    return await change(visit, lambda conn, chat_id: ask_for(conn, chat_id, Trait.SEVERITY, codes))


async def _ask_confirmed(visit: Visit, is_only: bool) -> Outlook:
    codes = (IncidentStatus.CONFIRMED.value,) if is_only else ()
    return await change(visit, lambda conn, chat_id: ask_for(conn, chat_id, Trait.STATUS, codes))


async def _toggle(visit: Visit, kind: Trait, code: str) -> Outlook:
    filters = await visit.filters()
    chosen = filters.acts if kind is Trait.ACT else filters.parties
    codes = [each for each in chosen if each != code] if code in chosen else [*chosen, code]
    return await change(visit, lambda conn, chat_id: ask_for(conn, chat_id, kind, codes))


async def _show_severity(visit: Visit, outlook: Outlook | None = None) -> Screen:
    words, least = visit.words, (await visit.filters()).least or Severity.MINOR
    buttons = [
        visit.button(f"{_tick(each is least)}{MARKS[each]} {words.text(label)}", "severity", each.value)
        for each, label in SEVERITIES.items()
    ]
    text = words.text("How grave must it be? What becomes graver later is told then.")
    return await _page(visit, text, in_rows(buttons, 1), outlook)


async def _show_confirmed(visit: Visit, outlook: Outlook | None = None) -> Screen:
    words, is_only = visit.words, (await visit.filters()).is_confirmed_only
    every, only = words.text("All of it"), words.text("Only what is confirmed")
    buttons = (
        (visit.button(_tick(not is_only) + every, "confirmed", "0"),),
        (visit.button(_tick(is_only) + only, "confirmed", "1"),),
    )
    text = words.text(
        "Must it be confirmed? That takes a monitor, the accused itself, or two sides that agree, "
        "and is told when it happens."
    )
    return await _page(visit, text, buttons, outlook)


async def _show_acts(visit: Visit, outlook: Outlook | None = None) -> Screen:
    words, chosen = visit.words, (await visit.filters()).acts
    buttons = [
        visit.button(_tick(act in chosen) + words.capital(words.text(ACTS[act])), "acts", act.value)
        for act in Act
    ]
    text = words.text("Which acts? Without a choice all of them.")
    return await _page(visit, text, in_rows(buttons, 2), outlook)


async def _show_parties(visit: Visit, page: int, outlook: Outlook | None = None) -> Screen:
    words, filters = visit.words, await visit.filters()
    offered = _offered_parties(visit, filters)
    shown = offered[page * PAGE : (page + 1) * PAGE]
    buttons = [
        visit.button(_tick(p.id in filters.parties) + _name(visit, p.id), "parties", str(page), p.id)
        for p in shown
    ]
    last = max(0, (len(offered) - 1) // PAGE)
    turning = [visit.button("‹", "parties", str(page - 1))] if page > 0 else []
    turning += [visit.button("›", "parties", str(page + 1))] if page < last else []
    text = words.text("Which parties? Only what one of them is accused of or says. Without a choice all.")
    return await _page(visit, text, (*in_rows(buttons, 2), tuple(turning)), outlook)


async def _page(
    visit: Visit, text: str, rows: tuple[tuple[Button, ...], ...], outlook: Outlook | None
) -> Screen:
    """A sub-screen of the panel: what it is about, what it brings, its buttons, and the way back."""
    told = say_outlook(visit.words, outlook or await look_back(visit))
    preview = visit.button(visit.words.text("Preview"), "preview")
    kept = tuple(row for row in rows if row)
    return Screen(f"{text}\n\n{told}", (*kept, (back_to_filters(visit), preview)))


def _tick(is_on: bool) -> str:
    return CHOSEN if is_on else ""


def _name(visit: Visit, party_id: str) -> str:
    party = visit.desk.facts.parties.get(party_id)
    return visit.words.name(party.name, "party") if party else party_id


def _offered_parties(visit: Visit, filters: Filters) -> list[Party]:
    """Those of the theatres that the chat has chosen (of all, where it chose none), and what it has."""
    atlas, parties = visit.desk.atlas, visit.desk.facts.parties
    theatres = {path[0] for region in filters.regions if (path := atlas.path(region))}
    is_all = EVERYTHING in filters.regions or not theatres
    offered = [
        party
        for party in parties.values()
        if party.id in filters.parties
        or (party.kind in _PLAYING and (is_all or theatres & set(party.theatres)))
    ]
    return sorted(offered, key=lambda party: _name(visit, party.id))


def _act_names(visit: Visit) -> dict[str, tuple[str, ...]]:
    """Every folded name of an act -> the acts that are called so, or begin so."""
    names: dict[str, tuple[str, ...]] = {}
    for act, message in ACTS.items():
        said = {words.text(message) for words in visit.desk.words.values()}
        for name in (*sorted(said), act.value.replace("_", " "), message):
            names[fold(name)] = (act.value,)
            for word in (each for each in fold(name).split() if len(each) > _SHORT):
                names[word] = tuple(dict.fromkeys((*names.get(word, ()), act.value)))
    return names


def _party_names(visit: Visit) -> dict[str, tuple[str, ...]]:
    """Every folded name of a party -> the parties that are called so."""
    names: dict[str, tuple[str, ...]] = {}
    for party in visit.desk.facts.parties.values():
        said = [party.id, party.name, _name(visit, party.id)]
        said += [name for spellings in party.names.values() for name in spellings]
        for name in filter(None, map(fold, said)):
            names[name] = tuple(dict.fromkeys((*names.get(name, ()), party.id)))
    return names


def _find_all(visit: Visit, names: Mapping[str, tuple[str, ...]], command: str) -> tuple[str, ...]:
    """The codes that a text names, apart by commas. Raises RefusedInput for the first that is none."""
    found: dict[str, None] = {}
    for name in split_names(visit.text.replace("+", ",")):
        codes = names.get(fold(name)) or _word_by_word(names, name)
        if not codes:
            raise RefusedInput(_say_unknown(visit, names, name, command))
        found.update(dict.fromkeys(codes))
    return tuple(found)


def _word_by_word(names: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """`drone mortar` without a comma, where each word is a name."""
    parts = [names.get(word, ()) for word in fold(name).split()]
    return tuple(code for part in parts for code in part) if all(parts) else ()


def _say_unknown(visit: Visit, names: Iterable[str], name: str, command: str) -> str:
    scorer: Callable[..., float] = DamerauLevenshtein.normalized_similarity
    nearest = process.extractOne(fold(name), list(names), scorer=scorer, score_cutoff=_LIKENESS)
    said = echo(name)
    if nearest is None:
        return visit.words.text(
            "I do not know {name}. {command} shows what there is.", name=said, command=command
        )
    return visit.words.text(
        "I do not know {name}. Did you mean {near}? {command} shows what there is.",
        name=said,
        near=escape(nearest[0]),
        command=command,
    )
