"""The tour shows pictures that are there, and small."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
MOST_BYTES = 150_000


def test_every_picture_is_there_and_shown() -> None:
    """No dead picture in the tour, none that is left over, none that is heavy."""
    shown = set(re.findall(r"\]\((tour/[\w-]+\.png)\)", (DOCS / "tour.md").read_text(encoding="utf-8")))
    files = {f"tour/{path.name}" for path in (DOCS / "tour").iterdir()}
    assert shown == files
    assert [path.name for path in (DOCS / "tour").iterdir() if path.stat().st_size > MOST_BYTES] == []
