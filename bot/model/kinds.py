"""The closed lists: of each word, the values that it can have. Codes are stored and never shown."""

from __future__ import annotations

from enum import StrEnum


class SourceKind(StrEnum):
    """How a source is checked: one module of `bot.sources` each."""

    FEED = "feed"
    CHANNEL = "channel"
    PAGE = "page"
    GDELT = "gdelt"
    RELIEFWEB = "reliefweb"


class SourceType(StrEnum):
    """What a source is; a monitor's word weighs otherwise than a ministry's."""

    AGENCY = "agency"
    NEWSPAPER = "newspaper"
    BROADCASTER = "broadcaster"
    MOD = "mod"
    MONITOR = "monitor"
    CHANNEL = "channel"
    BLOG = "blog"


class Stance(StrEnum):
    """The part that a report plays in an incident."""

    CLAIM = "claim"
    CONFIRMATION = "confirmation"
    DENIAL = "denial"
    UPDATE = "update"
    TALLY = "tally"


class Act(StrEnum):
    """What was done."""

    SHELLING = "shelling"
    SMALL_ARMS = "small_arms"
    SNIPER = "sniper"
    MORTAR = "mortar"
    ROCKET_MISSILE = "rocket_missile"
    DRONE = "drone"
    AIR_STRIKE = "air_strike"
    GROUND_ASSAULT = "ground_assault"
    INCURSION = "incursion"
    CAPTURE = "capture"
    ABDUCTION = "abduction"
    MINE_IED = "mine_ied"
    NAVAL = "naval"
    AIRSPACE = "airspace"
    OTHER = "other"


class RegionLevel(StrEnum):
    """The floors of a region tree, from the top down."""

    THEATRE = "theatre"
    PROVINCE = "province"
    DISTRICT = "district"
    PLACE = "place"


class IncidentStatus(StrEnum):
    """How far an incident is established (the rules stand in `bot.incidents.status`)."""

    CLAIMED = "claimed"
    DISPUTED = "disputed"
    DENIED = "denied"
    CONFIRMED = "confirmed"
    RETRACTED = "retracted"


class Severity(StrEnum):
    """minor: shots, nobody hurt; serious: wounded, heavy weapons, capture; grave: killed, offensive."""

    MINOR = "minor"
    SERIOUS = "serious"
    GRAVE = "grave"


class AlertKind(StrEnum):
    """Why an incident is told at this moment."""

    NEW = "new"
    GROWN = "grown"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    DEATHS = "deaths"
    WIDER = "wider"
    MERGED = "merged"
    """Two incidents turned out to be one: who was told of either sees it, nobody else hears of it."""


class DeliveryForm(StrEnum):
    """message: a new one; edit: the living message changes silently; reply: a short answer to it with sound.

    anew: a change as a whole message of its own, for chats that want that; rollup: several incidents of a
    busy hour in one message, which grows; digest: what a chat kept for its hour; notice: a message about the
    service itself.
    """

    MESSAGE = "message"
    EDIT = "edit"
    REPLY = "reply"
    ANEW = "anew"
    ROLLUP = "rollup"
    DIGEST = "digest"
    NOTICE = "notice"


class DeliveryState(StrEnum):
    """pending -> sending -> sent | pending (not_before) | failed | expired; held: it waits for a digest."""

    HELD = "held"
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"


class ChatStyle(StrEnum):
    """How a chat hears of changes: an edit and a reply with sound, edits alone, or a message each time."""

    LIVING = "living"
    EDITS = "edits"
    EACH = "each"


class ChatKind(StrEnum):
    """Telegram's kinds of chats; groups and supergroups have a tighter pace than private chats."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"
