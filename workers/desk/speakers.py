"""Claimants under one name each: reports call one speaker "the coast guard" and "the coast guard of Costa Marena"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.dedupe import ClaimantName, same_speakers
from workers.desk.wording import claimant, counted


def claimants(count: Any) -> str:
    """How many claim a count: "3 claimants, 2 independent"."""
    standing = [each for each in count.figures if not each["updated_by"]]
    names = speakers(standing)
    many = len({names.get(who, who) for who in map(claimant, standing)})
    told = counted(many, "claimant")
    return f"{told}, {count.independent_sources} independent" if many > 1 else told


def speakers(figures: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """For each claimant of the figures, as they are called there, the name to show: of the names that are one
    speaker's (as dedupe compares them) the one that most figures have, then the longest.
    """
    called = Counter(claimant(each) for each in figures if each.get("claimant_name"))
    names = list(called)
    one: dict[int, list[str]] = {}
    for name, first in zip(names, same_speakers([ClaimantName.of(name) for name in names]), strict=True):
        one.setdefault(first, []).append(name)
    return {
        name: max(same, key=lambda other: (called[other], len(other), other)) for same in one.values() for name in same
    }
