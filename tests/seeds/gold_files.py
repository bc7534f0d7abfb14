"""The gold beside this file: what must be found in each seed, and across them.

`gold/<seed>.json` maps `external_id` to one document:

- `title`, `author`, `source`, `url`, `published`, `language`: an absent key is not checked;
- `removed` and `kept`: pieces that cleaning must cut or leave; `caption_split`: a caption glued to a paragraph;
- `entities`: names by label, and under `same` the forms of one name;
- `quotes` and `claims`: the fields of the export, less offsets. A claim's `within` is a piece of the text that occurs
  once and holds the figure.

`gold/stories.json` holds copies, stories, disputes, and updates (one claimant's figure that changes: no dispute).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "gold"
STORIES = "stories"


def gold_of(seed: str) -> dict[str, dict[str, Any]]:
    """The gold of one seed file, by external_id."""
    return _read(FOLDER / f"{seed}.json")


def gold_documents() -> dict[str, dict[str, Any]]:
    """The gold of every seed's documents, by external_id."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        if path.stem != STORIES:
            found |= _read(path)
    return found


def gold_stories() -> dict[str, Any]:
    """Copies, stories, disputes and updates across the seeds."""
    return _read(FOLDER / f"{STORIES}.json")


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))
