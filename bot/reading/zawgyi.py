"""Burmese written in Zawgyi, an older encoding of the same letters, brought into Unicode's order.

Zawgyi writes what it shows from left to right and has a code of its own for many a joined letter; Unicode
writes the consonant first. Both look alike, so only the sequence of codes tells them apart.
"""

from __future__ import annotations

import re

_BURMESE = re.compile("[\u1000-\u109f]")
_ZAWGYI = re.compile(
    "[\u1033\u1034\u105a\u1060-\u1097]|(?<![\u1000-\u109f])\u1031|[\u1031\u1038]\u1031|\u1039(?![\u1000-\u1021])"
    "|\u103b(?=[\u1000-\u1021])"
)
_UNICODE = re.compile(
    "\u103a(?=[\u1000-\u1021\u1037\u1038])|[\u1000-\u1021\u103b-\u103e]\u1031(?![\u1000-\u1021])"
)
_CLUSTER = re.compile(
    "[\u1031\u103b\u107e-\u1084]{0,3}[\u1000-\u102a\u103f-\u1059\u106a\u106b\u106e\u106f\u1086\u108f-\u1092\u1097]"
    "[\u102b-\u1030\u1032-\u103a\u103c\u103d\u105a\u1060-\u1069\u106c\u106d\u1070-\u107d\u1085\u1087-\u108e\u1093-\u1096]{0,9}"
)

_STACKED = {
    0x1060: 0x1000, 0x1061: 0x1001, 0x1062: 0x1002, 0x1063: 0x1003, 0x1065: 0x1005, 0x1066: 0x1006,
    0x1067: 0x1006, 0x1068: 0x1007, 0x1069: 0x1008, 0x106C: 0x100B, 0x106D: 0x100C, 0x1070: 0x100F,
    0x1071: 0x1010, 0x1072: 0x1010, 0x1073: 0x1011, 0x1074: 0x1011, 0x1075: 0x1012, 0x1076: 0x1013,
    0x1077: 0x1014, 0x1078: 0x1015, 0x1079: 0x1016, 0x107A: 0x1017, 0x107B: 0x1018, 0x107C: 0x1019,
    0x1085: 0x101C, 0x1093: 0x1018,
}  # fmt: skip
"""Codes for a consonant written below another."""

_OTHERS = {
    0x1033: "\u102f", 0x1034: "\u1030", 0x1039: "\u103a", 0x103A: "\u103b", 0x103B: "\u103c",
    0x103C: "\u103d", 0x103D: "\u103e", 0x105A: "\u102b\u103a", 0x1064: "\u1004\u103a\u1039",
    0x106A: "\u1009", 0x106B: "\u100a", 0x106E: "\u100d\u1039\u100d", 0x106F: "\u100e\u1039\u100d",
    0x107D: "\u103b", 0x1086: "\u103f", 0x1087: "\u103e", 0x1088: "\u103e\u102f", 0x1089: "\u103e\u1030",
    0x108A: "\u103d\u103e", 0x108B: "\u1004\u103a\u1039\u102d", 0x108C: "\u1004\u103a\u1039\u102e",
    0x108D: "\u1004\u103a\u1039\u1036", 0x108E: "\u102d\u1036", 0x108F: "\u1014", 0x1090: "\u101b",
    0x1091: "\u100f\u1039\u100d", 0x1092: "\u100b\u1039\u100c", 0x1094: "\u1037", 0x1095: "\u1037",
    0x1096: "\u1039\u1010\u103d", 0x1097: "\u100b\u1039\u100b",
}  # fmt: skip

_TABLE = {
    **{code: f"\u1039{chr(below)}" for code, below in _STACKED.items()},
    **dict.fromkeys(range(0x107E, 0x1085), "\u103c"),
    **_OTHERS,
}
_KINZI = "\u1004\u103a\u1039"
_ORDER = "\u103b\u103c\u103d\u103e\u1031\u102d\u102e\u1032\u102f\u1030\u102b\u102c\u1036\u1037\u103a\u1038"
"""Marks as they follow a consonant in Unicode."""


def is_zawgyi(text: str) -> bool:
    """Whether a text holds Burmese whose codes stand in Zawgyi's order."""
    if not _BURMESE.search(text):
        return False
    return len(_ZAWGYI.findall(text)) > len(_UNICODE.findall(text))


def convert(text: str) -> list[str]:
    """For each letter what stands for it in Unicode: the first of a syllable holds all, the rest nothing."""
    parts = list(text)
    for match in _CLUSTER.finditer(text):
        start, end = match.span()
        parts[start:end] = [_order(match.group()), *[""] * (end - start - 1)]
    return parts


def _order(cluster: str) -> str:
    """One syllable with its consonant first, what is written below it next and its marks behind."""
    letters = cluster.translate(_TABLE)
    kinzi = _KINZI if _KINZI in letters else ""
    letters = letters.replace(_KINZI, "", 1) if kinzi else letters
    if "\u103a" in letters:
        letters = letters.replace("\u1025", "\u1009")
    marks = sorted((c for c in letters if c in _ORDER), key=_ORDER.index)
    return kinzi + "".join(c for c in letters if c not in _ORDER) + "".join(marks)
