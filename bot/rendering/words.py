"""The prose for the codes of the product: acts, marks of severity, statuses."""

from __future__ import annotations

from bot.data.messages import Words, mark
from bot.model import Act, IncidentStatus, Severity

__all__ = ["ACTS", "MARKS", "STATUSES", "WITHDRAWN", "Words", "mark"]

ACTS = {
    Act.SHELLING: mark("shelling"),
    Act.SMALL_ARMS: mark("small-arms fire"),
    Act.SNIPER: mark("sniper fire"),
    Act.MORTAR: mark("mortar fire"),
    Act.ROCKET_MISSILE: mark("rocket or missile fire"),
    Act.DRONE: mark("drone strike"),
    Act.AIR_STRIKE: mark("air strike"),
    Act.GROUND_ASSAULT: mark("ground attack"),
    Act.INCURSION: mark("incursion"),
    Act.CAPTURE: mark("capture of ground"),
    Act.ABDUCTION: mark("detention or abduction"),
    Act.MINE_IED: mark("mine or explosive device"),
    Act.NAVAL: mark("incident at sea"),
    Act.AIRSPACE: mark("airspace violation"),
    Act.OTHER: mark("armed incident"),
}
"""What was done, as it stands in a list; a report's word for it is nobody's finding."""

WITHDRAWN = mark("The source has withdrawn its report.")
"""The reason of a retraction that no person gave."""

MARKS = {Severity.MINOR: "🟡", Severity.SERIOUS: "🟠", Severity.GRAVE: "🔴"}
"""The mark with which an alert begins."""

STATUSES = {
    IncidentStatus.CLAIMED: mark("claimed by one side, not confirmed"),
    IncidentStatus.DISPUTED: mark("each side accuses the other"),
    IncidentStatus.DENIED: mark("claimed and denied"),
    IncidentStatus.CONFIRMED: mark("confirmed"),
    IncidentStatus.RETRACTED: mark("retracted"),
}
"""How far an incident is established."""
