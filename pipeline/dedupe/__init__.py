"""Dedupe: which documents are copies of one text, which tell one story, and where a story's claims disagree."""

from pipeline.dedupe.best import best, independent_sources
from pipeline.dedupe.decision import decide, fingerprint
from pipeline.dedupe.disputes import Count, Figure, StoryClaim, find_counts
from pipeline.dedupe.ledger import (
    Arrival,
    CopyChange,
    Decision,
    Fingerprint,
    Ledger,
    Posting,
    Standing,
    StoryChange,
    StoryMerge,
    publication,
)
from pipeline.dedupe.limits import Limits

__all__ = [
    "Arrival",
    "CopyChange",
    "Count",
    "Decision",
    "Figure",
    "Fingerprint",
    "Ledger",
    "Limits",
    "Posting",
    "Standing",
    "StoryChange",
    "StoryClaim",
    "StoryMerge",
    "best",
    "decide",
    "find_counts",
    "fingerprint",
    "independent_sources",
    "publication",
]
