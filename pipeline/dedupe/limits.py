"""The thresholds and bounds of dedupe, with the values that the benchmarks found."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.dedupe.circumstances import CircumstanceWeights


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as a copy and as a story, and how much is looked at for one document.

    The thresholds lie within the flat tops of the curves that `benchmarks/dedupe_quality.py` draws, not at their peaks.

    Attributes:
        copy: least containment of the shorter text in the longer for the two to be copies, 0 to 1.
        story: least mean likeness between the documents of two groups for both to be one story, 0 to 1.
        weights: how much place, date and numbers speak for or against one story.
        fade_days: days apart that halve the likeness of words; web pages often carry a later date than their story's.
        window_days: documents further apart than this are not compared; a story may last longer through others.
        carriers: documents that are indexed under one key, the latest; for each more the earliest leaves the index.
        copy_candidates: documents whose text is read to measure containment.
        story_candidates: documents whose profile is compared. With ten, a small story beside a large one on a like
            event is missed at times; 20 to 60 find the same stories.
        stories: stories that one document can touch.
        members: documents of one story, or of one group of copies, that are compared; a larger one is taken whole.
    """

    copy: float = 0.6
    story: float = 0.23
    weights: CircumstanceWeights = field(default_factory=CircumstanceWeights)
    fade_days: float = 60.0
    window_days: float = 365.0
    carriers: int = 16
    copy_candidates: int = 12
    story_candidates: int = 20
    stories: int = 5
    members: int = 24
