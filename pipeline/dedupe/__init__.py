"""Dedupe: which documents are copies of one text, which tell one story, and where a story's claims disagree."""

from pipeline.dedupe.decision import decide, fingerprint
from pipeline.dedupe.disputes import Comparison, Count, Figure, StoryClaim, compare
from pipeline.dedupe.ledger import (
    Arrival,
    CopyChange,
    Decision,
    Fingerprint,
    FurtherStory,
    Ledger,
    Posting,
    Standing,
    StoryChange,
    StoryMerge,
    StoryParting,
    publication,
)
from pipeline.dedupe.limits import Limits

__all__ = [
    "Arrival",
    "Comparison",
    "CopyChange",
    "Count",
    "Decision",
    "Figure",
    "Fingerprint",
    "FurtherStory",
    "Ledger",
    "Limits",
    "Posting",
    "Standing",
    "StoryChange",
    "StoryClaim",
    "StoryMerge",
    "StoryParting",
    "compare",
    "decide",
    "fingerprint",
    "publication",
]
