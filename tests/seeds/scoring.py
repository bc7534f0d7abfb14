"""How much of the gold an export finds: rows of the six tables, as dicts, against the gold of the seeds.

Each function gives a `Share`, or a `Share` by name. Documents are matched by `external_id`; rows of documents that
have no gold are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

Row = Mapping[str, Any]
Gold = Mapping[str, Mapping[str, Any]]

# Spans agree where they share this much of what both cover together: a missed half-clause does not pass for it.
SPAN_OVERLAP = 0.6
LABELS = {"PERSON": {"PERSON"}, "ORG": {"ORG", "NORP"}, "GPE_or_LOC": {"GPE", "LOC", "FAC"}}
FACTS = ("title", "author", "source", "url", "language")
BOUNDS = ("value", "low", "high", "qualifier", "measure")


@dataclass(frozen=True, slots=True)
class Share:
    """How many are right, of how many found and how many wanted; where nothing is asked for, the share is whole."""

    right: float
    found: float
    wanted: float

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else float(not self.wanted)

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __add__(self, other: Share) -> Share:
        return Share(self.right + other.right, self.found + other.found, self.wanted + other.wanted)


NOTHING = Share(0, 0, 0)


def facts(gold: Gold, documents: Iterable[Row]) -> dict[str, Share]:
    """Title, author, source, url, language and published, each over the documents whose gold states it."""
    shares: dict[str, Share] = defaultdict(lambda: NOTHING)
    for expected, document in _matched(gold, documents):
        for fact in FACTS:
            if expected.get(fact) is not None:
                shares[fact] += _all_or_none(document.get(fact) == expected[fact])
        if expected["published"] is not None:
            shares["published"] += _all_or_none(_moment(document.get("published")) == _moment(expected["published"]))
    return dict(shares)


def cleaning(gold: Gold, documents: Iterable[Row]) -> dict[str, Share]:
    """The share of pieces `removed`, of pieces `kept`, and of glued captions split off (`captions`)."""
    shares = dict.fromkeys(("removed", "kept", "captions"), NOTHING)
    for expected, document in _matched(gold, documents):
        text = document["text"]
        for piece in expected["removed"]:
            shares["removed"] += _all_or_none(bool(text) and piece not in text)
        for piece in expected["kept"]:
            shares["kept"] += _all_or_none(piece in text)
        if split := expected.get("caption_split"):
            lines = text.split("\n")
            starts = any(line.startswith(split["paragraph_starts"]) for line in lines)
            shares["captions"] += _all_or_none(starts and not any(split["caption"] + " " in line for line in lines))
    return shares


def entities(gold: Gold, documents: Iterable[Row], rows: Iterable[Row]) -> dict[str, Share]:
    """Recall of the names under a fitting label (`named`), and of forms of one name that share a `name` (`joined`)."""
    by_document = _by_document(rows)
    shares = dict.fromkeys(("named", "joined"), NOTHING)
    for expected, document in _matched(gold, documents):
        found = by_document[document["id"]]
        for kind, labels in LABELS.items():
            for name in expected["entities"][kind]:
                fits = any(row["label"] in labels and _words(row["text"]) == _words(name) for row in found)
                shares["named"] += _all_or_none(fits)
        for forms in expected["entities"]["same"]:
            names = [{row["name"] for row in found if _words(row["text"]) == _words(form)} for form in forms]
            shares["joined"] += _all_or_none(bool(set.intersection(*names)))
    return shares


def quotes(gold: Gold, documents: Iterable[Row], rows: Iterable[Row]) -> dict[str, Share]:
    """F1 of quotes by kind: the span (`direct`, `indirect`), with the speaker's name too (`..., speaker`)."""
    by_document = _by_document(rows)
    shares: dict[str, Share] = {}
    for expected, document in _matched(gold, documents):
        for kind in ("direct", "indirect"):
            wanted = [quote for quote in expected["quotes"] if quote["kind"] == kind]
            found = [row for row in by_document[document["id"]] if row["kind"] == kind]
            places = [_place(document["text"], quote["text"]) for quote in wanted]
            pairs = _paired(
                [_overlap(place, (row["start"], row["end"])) for row in found] if place else [0.0] * len(found)
                for place in places
            )
            spoken = sum(same_name(wanted[i]["speaker_name"], found[j].get("speaker_name")) for i, j in pairs)
            for name, right in ((kind, len(pairs)), (f"{kind}, speaker", spoken)):
                shares[name] = shares.get(name, NOTHING) + Share(right, len(found), len(wanted))
    return shares


def claims(gold: Gold, documents: Iterable[Row], rows: Iterable[Row]) -> dict[str, Share]:
    """F1 of claims: figure and measure (`figure`), with bounds, with the claimant, and with all fields (`all`)."""
    tests: dict[str, Callable[[Row, Row], bool]] = {
        "figure": lambda claim, row: claim["measure"] == row["measure"],
        "bounds": lambda claim, row: all(claim[field] == row[field] for field in BOUNDS),
        "claimant": lambda claim, row: same_name(claim["claimant_name"], row.get("claimant_name")),
        "relay": lambda claim, row: same_name(claim["relay"], row.get("relay")),
        "group": lambda claim, row: claim["group"] is None or same_name(claim["group"], row.get("group")),
    }
    by_document = _by_document(rows)
    shares = dict.fromkeys((*tests, "all"), NOTHING)
    for expected, document in _matched(gold, documents):
        found, wanted = by_document[document["id"]], expected["claims"]
        pairs = [(claim, row) for claim in wanted if (row := _at_figure(document["text"], claim, found))]
        for name, test in tests.items():
            right = sum(tests["figure"](*pair) and test(*pair) for pair in pairs)
            shares[name] += Share(right, len(found), len(wanted))
        whole = sum(all(test(*pair) for test in tests.values()) for pair in pairs)
        shares["all"] += Share(whole, len(found), len(wanted))
    return shares


def copies(groups: Iterable[Sequence[str]], gold: Gold, documents: Iterable[Row]) -> Share:
    """F1 of the pairs of documents that carry the same copy."""
    known = [document for document in documents if document.get("external_id") in gold]
    carried: dict[str, list[str]] = defaultdict(list)
    for document in known:
        carried[document.get("copy_of") or document["id"]].append(document["external_id"])
    found, wanted = _pairs(carried.values()), _pairs(groups)
    return Share(len(found & wanted), len(found), len(wanted))


def stories(events: Mapping[str, Sequence[str]], documents: Iterable[Row]) -> Share:
    """B-cubed over the documents of `events`: the mean precision and recall of each document's story."""
    event_of = {name: event for event, names in events.items() for name in names}
    told: dict[Any, set[str]] = defaultdict(set)
    for document in documents:
        if (name := document.get("external_id")) in event_of:
            told[document.get("story_id") or document["id"]].add(name)
    story_of = {name: members for members in told.values() for name in members}
    precision = recall = 0.0
    for name, event in event_of.items():
        members = story_of.get(name, set())
        both = len(members & set(events[event]))
        precision += both / len(members) if members else 0.0
        recall += both / len(events[event])
    # Recall is a mean over the documents; `found` is what makes the precision the mean that it must be.
    found = recall * len(event_of) / precision if precision else 0.0
    return Share(recall, found, len(event_of))


def disputes(wanted: Sequence[Row], rows: Iterable[Row]) -> Share:
    """Disputes found: one of the measure in which at least two of the gold's claimants stand with their figures.

    Found are the reported disputes; one that fits no gold dispute may still be a true one, so read the recall.
    """
    reported = [dispute for story in rows for dispute in story["disputes"]]
    right = sum(any(_same_dispute(dispute, found) for found in reported) for dispute in wanted)
    return Share(right, len(reported), len(wanted))


def one_sided(rows: Iterable[Row]) -> list[Row]:
    """Reported disputes with a single claimant on all sides: an update taken for a dispute."""
    return [
        dispute
        for story in rows
        for dispute in story["disputes"]
        if not any(not same_name(_holder(one), _holder(other)) for one, other in combinations(dispute["figures"], 2))
    ]


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names are one: nobody on both sides, or the words of one are all among the other's."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return not first and not second
    return first <= second or second <= first


def _matched(gold: Gold, documents: Iterable[Row]) -> list[tuple[Mapping[str, Any], Row]]:
    """Each gold document with its row; one that the export lacks stands with an empty text, so that it counts."""
    rows = {document.get("external_id"): document for document in documents}
    return [(expected, rows.get(name) or {"id": None, "text": ""}) for name, expected in gold.items()]


def _by_document(rows: Iterable[Row]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["document_id"]].append(row)
    return found


def _all_or_none(right: bool) -> Share:
    return Share(int(right), 1, 1)


def _moment(time: Any) -> datetime | None:
    return datetime.fromisoformat(time) if isinstance(time, str) else time


def _words(name: str | None) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", (name or "").casefold())) - {"the", "a", "an", "s"}


def _place(text: str, piece: str) -> tuple[int, int] | None:
    at = text.find(piece)
    return None if at < 0 else (at, at + len(piece))


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    """The characters in both spans over those in either, 0 to 1."""
    shared = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    return shared / (one[1] - one[0] + other[1] - other[0] - shared)


def _paired(overlaps: Iterable[Sequence[float]]) -> list[tuple[int, int]]:
    """One-to-one pairs of (wanted, found) whose spans agree, the best first."""
    table = [(score, i, j) for i, row in enumerate(overlaps) for j, score in enumerate(row) if score >= SPAN_OVERLAP]
    pairs: dict[int, int] = {}
    for _, i, j in sorted(table, reverse=True):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return list(pairs.items())


def _at_figure(text: str, claim: Row, rows: Collection[Row]) -> Row | None:
    """The row whose span touches the claim's figure, the one with its measure before others."""
    if (within := _place(text, claim["within"])) is None:
        return None
    figure = re.search(rf"\b{re.escape(claim['figure'])}\b", claim["within"])
    if figure is None:
        return None
    start, end = within[0] + figure.start(), within[0] + figure.end()
    touching = [row for row in rows if row["start"] < end and start < row["end"]]
    return max(touching, key=lambda row: row["measure"] == claim["measure"], default=None)


def _pairs(groups: Iterable[Sequence[str]]) -> set[frozenset[str]]:
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}


def _same_dispute(wanted: Row, found: Row) -> bool:
    if wanted["measure"] != found["measure"]:
        return False
    held = {
        figure["claimant_name"]
        for figure in wanted["figures"]
        for other in found["figures"]
        if figure["value"] == other["value"] and same_name(figure["claimant_name"], other.get("claimant_name"))
    }
    return len(held) >= 2


def _holder(figure: Row) -> str | None:
    return figure.get("claimant_name") or figure.get("source")
