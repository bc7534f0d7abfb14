"""How well copies and stories are found, and the curves that the thresholds were chosen on.

    python -m benchmarks.dedupe_quality EVENTS.jsonl [--seeds 4]

EVENTS.jsonl holds one document a line: `id`, `content`, `event`, and where known `title`, `source` and `published`. The
documents are fed in random order, once for each seed. Two of them are the same copy where at least 0.7 of the five-word
shingles of the shorter stand in the longer; pairs between 0.5 and 0.7 are not counted. Stories are scored by B-cubed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline.dedupe import Arrival, Fingerprint, Limits, RecordedDocument, decide, fingerprint
from pipeline.extract.analysis import analyse
from pipeline.extract.entities import find_entities
from pipeline.places import resolve
from tests.pipeline.dedupe.memory_ledger import MemoryLedger
from workers.store.gazetteer import open_gazetteer

COPY_THRESHOLDS = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9)
STORY_THRESHOLDS = (0.16, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.33, 0.4)
Row = Mapping[str, Any]
Pair = tuple[str, str]


def published(row: Row) -> datetime | None:
    if not row.get("published"):
        return None
    time = datetime.fromisoformat(row["published"])
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def fingerprinted(rows: Sequence[Row]) -> dict[str, Fingerprint]:
    """The fingerprint of each document, with the places that extraction finds in it."""
    gazetteer = open_gazetteer(Path(".wireroom"))
    found = {}
    for row in rows:
        text, title, language = row["content"], row.get("title"), row.get("language")
        places = resolve(text, find_entities(analyse(text)), gazetteer, title)
        found[row["id"]] = fingerprint(text, title, language, places)
    return found


def feed(
    rows: Sequence[Row], limits: Limits, seed: int, fingerprints: Mapping[str, Fingerprint]
) -> list[RecordedDocument]:
    """Where each document stands after all were fed in the seed's order."""
    ledger = MemoryLedger()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number, row in enumerate(random.Random(seed).sample(rows, len(rows)), start=1):
        arrival = Arrival(
            number, row["id"], row["content"], start + timedelta(seconds=number), published(row), row.get("source"),
            row.get("title"), row.get("language"),
        )  # fmt: skip
        ledger.add(arrival)
        ledger.record(decide(arrival, fingerprints[row["id"]], ledger, limits))
    return list(ledger.recorded.values())


def true_copies(rows: Sequence[Row]) -> tuple[set[Pair], set[Pair]]:
    """The pairs that are copies, and those too near the line to be counted."""
    shingles = {}
    for row in rows:
        words = re.findall(r"\w+", row["content"].lower())
        shingles[row["id"]] = {tuple(words[at : at + 5]) for at in range(len(words) - 4)}
    copies: set[Pair] = set()
    unclear: set[Pair] = set()
    for one, other in combinations(sorted(shingles), 2):
        shorter = max(1, min(len(shingles[one]), len(shingles[other])))
        share = len(shingles[one] & shingles[other]) / shorter
        if share >= 0.5:
            (copies if share >= 0.7 else unclear).add((one, other))
    return copies, unclear


def pairs_within(groups: Iterable[Sequence[str]]) -> set[Pair]:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def copies_f1(recorded: Sequence[RecordedDocument], copies: set[Pair], unclear: set[Pair]) -> float:
    groups = defaultdict(list)
    for standing in recorded:
        groups[standing.copy_of or standing.number].append(standing.id)
    found = pairs_within(groups.values()) - unclear
    return 2 * len(found & copies) / max(1, len(found) + len(copies))


def bcubed(recorded: Sequence[RecordedDocument], event: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 over documents of the stories against the events."""
    both = Counter((standing.story, event[standing.id]) for standing in recorded)
    stories = Counter(standing.story for standing in recorded)
    events = Counter(event[standing.id] for standing in recorded)
    precision = sum(count * count / stories[story] for (story, _), count in both.items()) / len(recorded)
    recall = sum(count * count / events[name] for (_, name), count in both.items()) / len(recorded)
    return precision, recall, 2 * precision * recall / (precision + recall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", type=Path)
    parser.add_argument("--seeds", type=int, default=4, help="random orders to feed them in (default: 4)")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.events.read_text(encoding="utf-8").splitlines() if line.strip()]
    event = {row["id"]: row["event"] for row in rows}
    copies, unclear = true_copies(rows)
    fingerprints = fingerprinted(rows)
    print(f"{len(rows)} documents, {len(set(event.values()))} events, {len(copies)} pairs of copies")

    print("\ncopies   F1 mean   least over the orders")
    for threshold in COPY_THRESHOLDS:
        limits = replace(Limits(), copy=threshold)
        scores = [copies_f1(feed(rows, limits, seed, fingerprints), copies, unclear) for seed in range(arguments.seeds)]
        mark = "  default" if threshold == Limits().copy else ""
        print(f"{threshold:<8} {sum(scores) / len(scores):<9.3f} {min(scores):.3f}{mark}")

    print("\nstories  precision  recall  B-cubed F1  least over the orders")
    for threshold in STORY_THRESHOLDS:
        limits = replace(Limits(), story=threshold)
        found = [bcubed(feed(rows, limits, seed, fingerprints), event) for seed in range(arguments.seeds)]
        precision, recall, f1 = (sum(column) / len(found) for column in zip(*found, strict=True))
        mark = "  default" if threshold == Limits().story else ""
        print(f"{threshold:<8} {precision:<10.3f} {recall:<7.3f} {f1:<11.3f} {min(row[2] for row in found):.3f}{mark}")


if __name__ == "__main__":
    main()
