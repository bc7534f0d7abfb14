"""Dedupe: which documents are copies of one text, which tell one story, and where a story's claims disagree."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipeline.dedupe.best import best, independent_sources
from pipeline.dedupe.claimants import ClaimantName, same_speakers
from pipeline.dedupe.counts import Count, StoryClaim, StoryFigure
from pipeline.dedupe.disputes import find_counts
from pipeline.dedupe.ledger import (
    Arrival,
    CopyChange,
    Decision,
    Fingerprint,
    FurtherStory,
    Ledger,
    Posting,
    RecordedDocument,
    StoryChange,
    StoryMerge,
    StoryParting,
    publication,
)

if TYPE_CHECKING:
    from pipeline.dedupe.decision import decide, fingerprint
    from pipeline.dedupe.limits import Limits

__all__ = [
    "Arrival",
    "ClaimantName",
    "CopyChange",
    "Count",
    "Decision",
    "Fingerprint",
    "FurtherStory",
    "Ledger",
    "Limits",
    "Posting",
    "RecordedDocument",
    "StoryChange",
    "StoryClaim",
    "StoryFigure",
    "StoryMerge",
    "StoryParting",
    "best",
    "decide",
    "find_counts",
    "fingerprint",
    "independent_sources",
    "publication",
    "same_speakers",
]

# Who compares claims, or shows them, waits for no numerics.
_LOADED_WHEN_ASKED = {"Limits": "limits", "decide": "decision", "fingerprint": "decision"}


def __getattr__(name: str) -> Any:
    if name not in _LOADED_WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LOADED_WHEN_ASKED[name]}"), name)
