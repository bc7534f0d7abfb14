"""Dedupe: which documents are copies of one text, which tell one story, and where a story's claims disagree."""

from pipeline.dedupe.best import best, independent_sources
from pipeline.dedupe.claimants import Name, same_speakers
from pipeline.dedupe.decision import decide, fingerprint
from pipeline.dedupe.disputes import Count, Figure, StoryClaim, find_counts
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
    "CopyChange",
    "Count",
    "Decision",
    "Figure",
    "Fingerprint",
    "FurtherStory",
    "Ledger",
    "Limits",
    "Name",
    "Posting",
    "Standing",
    "StoryChange",
    "StoryClaim",
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
