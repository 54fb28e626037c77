"""Reports become incidents: placed, weighed, judged. Pure: no clock, no table, no network."""

from bot.incidents.changes import judge_change, judge_changes, opens_to_others
from bot.incidents.claims import Sides, make_claim
from bot.incidents.codes import code_candidates, free_code
from bot.incidents.growing import derive, grow, merge, retract, withdraw
from bot.incidents.ledger import Ledger, Placed
from bot.incidents.placing import CLOSED_AFTER, Placement, place
from bot.incidents.profiles import Box, Profile, Search, box_of, search_for, summarise
from bot.incidents.roles import tell_roles
from bot.incidents.severity import judge_severity
from bot.incidents.shingles import is_copy, shingle_hashes
from bot.incidents.status import confirmations, judge_status
from bot.incidents.traits import spots_of, traits_of

__all__ = [
    "CLOSED_AFTER",
    "Box",
    "Ledger",
    "Placed",
    "Placement",
    "Profile",
    "Search",
    "Sides",
    "box_of",
    "code_candidates",
    "confirmations",
    "derive",
    "free_code",
    "grow",
    "is_copy",
    "judge_change",
    "judge_changes",
    "judge_severity",
    "judge_status",
    "make_claim",
    "merge",
    "opens_to_others",
    "place",
    "retract",
    "search_for",
    "shingle_hashes",
    "spots_of",
    "summarise",
    "tell_roles",
    "traits_of",
    "withdraw",
]
