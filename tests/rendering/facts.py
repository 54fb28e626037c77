"""A small world for rendering: one theatre, four parties, one truce."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.atlas import Atlas
from bot.data import Facts
from bot.model import Party, Region, RegionLevel, Truce

THEATRE = "armenia-azerbaijan"
REGIONS = (
    Region(THEATRE, RegionLevel.THEATRE, None, "Armenia and Azerbaijan", {"ru": ("Армения и Азербайджан",)}),
    Region("tavush", RegionLevel.PROVINCE, THEATRE, "Tavush", {"ru": ("Тавуш",), "en": ("Tavoosh",)}),
    Region("ararat", RegionLevel.PROVINCE, THEATRE, "Ararat", {}),
    Region("movses", RegionLevel.PLACE, "tavush", "Movses", {"ru": ("Мовсес",)}, 40.9, 45.49),
    Region("aygepar", RegionLevel.PLACE, "tavush", "Aygepar", {}, 40.95, 45.4),
    Region("yeraskh", RegionLevel.PLACE, "ararat", "Yeraskh", {}, 39.74, 44.83),
)
PARTIES = {
    "armenia": Party("armenia", "state", "Armenia", {}),
    "azerbaijan": Party("azerbaijan", "state", "Azerbaijan", {}),
    "russia": Party("russia", "state", "Russia", {}),
    "osce": Party("osce", "monitor", "OSCE", {}),
}
TRUCE = Truce(
    "trilateral",
    THEATRE,
    "Trilateral statement of 9 November 2020",
    ("armenia", "azerbaijan"),
    (THEATRE,),
    datetime(2020, 11, 9, 20, 0, tzinfo=UTC),
    None,
    "in force",
    "kremlin.ru",
)
FACTS = Facts(Atlas(REGIONS), PARTIES, (TRUCE,), {})
