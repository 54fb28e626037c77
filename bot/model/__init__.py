"""The words of Trucewatch as frozen values; nothing here does anything.

Every time is an aware UTC datetime, every day a date as the place of the incident counts it. Codes
(theatres, parties, acts) are identifiers, never prose: prose is made in `bot.rendering`.
"""

from bot.model.kinds import (
    Act,
    AlertKind,
    ChatKind,
    ChatStyle,
    DeliveryForm,
    DeliveryState,
    IncidentStatus,
    RegionLevel,
    Severity,
    SourceKind,
    SourceType,
    Stance,
)
from bot.model.values import (
    DEFAULT_OPTIONS,
    NEUTRAL,
    Alert,
    Claim,
    Entry,
    Evidence,
    Finding,
    FoundPlace,
    Incident,
    Party,
    Reason,
    Region,
    Report,
    Source,
    SourceOptions,
    Truce,
)

__all__ = [
    "DEFAULT_OPTIONS",
    "NEUTRAL",
    "Act",
    "Alert",
    "AlertKind",
    "ChatKind",
    "ChatStyle",
    "Claim",
    "DeliveryForm",
    "DeliveryState",
    "Entry",
    "Evidence",
    "Finding",
    "FoundPlace",
    "Incident",
    "IncidentStatus",
    "Party",
    "Reason",
    "Region",
    "RegionLevel",
    "Report",
    "Severity",
    "Source",
    "SourceKind",
    "SourceOptions",
    "SourceType",
    "Stance",
    "Truce",
]
