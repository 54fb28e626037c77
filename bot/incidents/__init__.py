"""Reports become incidents: placed, weighed, judged. Pure: no clock, no table, no network."""

from bot.incidents.changes import judge_change
from bot.incidents.claims import Voice, collapse, make_claim
from bot.incidents.codes import code_candidates, free_code
from bot.incidents.growing import derive, grow, merge, retract, withdraw
from bot.incidents.ledger import Ledger, Placed
from bot.incidents.placing import CANDIDATE_DAYS, CLOSED_AFTER, Placement, place
from bot.incidents.severity import judge_severity
from bot.incidents.shingles import is_copy, shingle_hashes
from bot.incidents.status import confirmations, judge_status

__all__ = [
    "CANDIDATE_DAYS",
    "CLOSED_AFTER",
    "Ledger",
    "Placed",
    "Placement",
    "Voice",
    "code_candidates",
    "collapse",
    "confirmations",
    "derive",
    "free_code",
    "grow",
    "is_copy",
    "judge_change",
    "judge_severity",
    "judge_status",
    "make_claim",
    "merge",
    "place",
    "retract",
    "shingle_hashes",
    "withdraw",
]
