"""One rule for comparing words in any script: keywords, places and lexicons all fold alike."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose though people type the plain one, and letters that two keyboards
# of one script write differently (Persian and Arabic yeh and kaf).
_PLAIN = str.maketrans(
    {
        "\u0131": "i",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ħ": "h",
        "ə": "e",
        "\u06cc": "\u064a",
        "\u0649": "\u064a",
        "\u06a9": "\u0643",
        "\u0629": "\u0647",
    }
)

_ASCII: dict[int, str | None] = {
    **{code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)},
    **dict.fromkeys(b"'`"),
}
"""What the rules below come to for letters that need no decomposing, looked up at once."""

# NFKD would make a space and an accent of it, so it goes before.
_ACUTE = "\u00b4"

_GERSHAYIM = re.compile('(?<=[\u05d0-\u05ea])["\u201d\u201c](?=[\u05d0-\u05ea])')

# Apostrophes and their kin, soft hyphens, zero-width and bidi controls, tatweel, and the combining marks of
# scripts in which they are accents or optional vowels (Latin, Greek, Cyrillic, Hebrew, Arabic, Syriac).
_DROPPED = re.compile(
    "["
    "'`\u2018\u2019\u201b\u2032\u02b9-\u02bf\u02c8\u055a\u05f3\u05f4\ua78b\ua78c"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0640\u061c"
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "]+"
)

# Marks that carry vowels or meaning stay: Thaana, Indic to Burmese, Khmer, Indonesian, kana voicing.
_SEPARATORS = re.compile(
    "(?:_|[^\\w\u0780-\u07bf\u0900-\u109f\u1700-\u17ff\u1a00-\u1aad\u1b00-\u1c7f\u1cd0-\u1cff\u3099\u309a"
    "\ua8e0-\ua8ff\ua9e0-\uaa7f])+"
)
_INDIC_PUNCTUATION = re.compile(
    "[\u0964\u0965\u0970\u0e4f\u0e5a\u0e5b\u0f04-\u0f14\u104a-\u104f\u17d4-\u17da]+"
)
_FOREIGN_DIGIT = re.compile("[^\\D0-9]")


def fold(text: str) -> str:
    """The form of `text` in which words are compared: small letters and digits, single spaces, no accents.

    Folding twice is the same as folding once. Apostrophes vanish without parting the word.
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    plain = _GERSHAYIM.sub("", text.replace(_ACUTE, ""))
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    plain = _INDIC_PUNCTUATION.sub(" ", _DROPPED.sub("", plain)).translate(_PLAIN)
    return _digits(unicodedata.normalize("NFC", _SEPARATORS.sub(" ", plain).strip()))


def _digits(text: str) -> str:
    """Digits of every script as 0 to 9."""
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), text)
