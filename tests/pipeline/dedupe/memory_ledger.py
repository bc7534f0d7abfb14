"""A ledger in memory: dedupe without a database, as the tests and benchmarks use it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from pipeline.dedupe.ledger import Arrival, Decision, Posting, RecordedDocument, StoryMerge


class MemoryLedger:
    """The port `Ledger` over dictionaries. `add` comes before `decide`, which reads the texts."""

    def __init__(self) -> None:
        self.arrivals: dict[int, Arrival] = {}
        self.recorded: dict[int, RecordedDocument] = {}
        self.decisions: list[Decision] = []
        self.merges: list[StoryMerge] = []
        self.calls: list[int] = []
        self.index: dict[int, list[int]] = defaultdict(list)
        self._copies: dict[int, set[int]] = defaultdict(set)
        self._stories: dict[str, set[int]] = defaultdict(set)

    def add(self, arrival: Arrival) -> None:
        """Takes in a document that `record` will be called for."""
        self.arrivals[arrival.number] = arrival
        self.calls.append(0)

    def carriers(self, keys: Sequence[int]) -> Sequence[Posting]:
        self._count()
        return [Posting(key, number) for key in keys if key in self.index for number in self.index[key]]

    def documents(self, numbers: Collection[int]) -> Sequence[RecordedDocument]:
        self._count()
        return self._standing(numbers)

    def copies(self, heads: Collection[int], limit: int) -> Sequence[RecordedDocument]:
        self._count()
        numbers = {number for head in heads for number in (head, *self._copies[head])}
        return sorted(self._standing(numbers), key=lambda d: (d.received, d.number))[:limit]

    def members(self, stories: Collection[str], limit: int) -> Sequence[RecordedDocument]:
        self._count()
        found: list[RecordedDocument] = []
        for story in stories:
            latest = sorted(self._standing(self._stories[story]), key=lambda d: (d.received, d.number), reverse=True)
            found += latest[:limit]
        return found

    def texts(self, numbers: Collection[int]) -> Mapping[int, str]:
        self._count()
        return {number: self.arrivals[number].text for number in numbers if number in self.arrivals}

    def record(self, decision: Decision) -> None:
        self._count()
        self.decisions.append(decision)
        arrival = self.arrivals[decision.number]
        if decision.number not in self.recorded:
            for key in decision.indexed:
                self.index[key].append(decision.number)
            for key, number in decision.outdated:
                self.index[key].remove(number)
        self.recorded[decision.number] = RecordedDocument(
            arrival.number, arrival.id, arrival.received, arrival.published, arrival.source, None, "", decision.profile
        )
        for number, packed in decision.profiles.items():
            self.recorded[number] = replace(self.recorded[number], profile=packed)
        for copy in decision.copies:
            standing = self.recorded[copy.number]
            if standing.copy_of is not None:
                self._copies[standing.copy_of].discard(copy.number)
            if copy.copy_of is not None:
                self._copies[copy.copy_of].add(copy.number)
            self.recorded[copy.number] = replace(standing, copy_of=copy.copy_of)
        for old, new in decision.moved.items():
            for number in self._copies.pop(old, set()):
                self._copies[new].add(number)
                self.recorded[number] = replace(self.recorded[number], copy_of=new)
        for change in decision.stories:
            self._move(change.number, change.story)
        for merge in decision.merges:
            for number in list(self._stories[merge.absorbed]):
                self._move(number, merge.into)
            self.merges.append(merge)

    def _standing(self, numbers: Collection[int]) -> list[RecordedDocument]:
        return [self.recorded[number] for number in numbers if number in self.recorded]

    def _count(self) -> None:
        self.calls[-1] += 1

    def _move(self, number: int, story: str) -> None:
        standing = self.recorded[number]
        self._stories[standing.story].discard(number)
        self._stories[story].add(number)
        self.recorded[number] = replace(standing, story=story)
