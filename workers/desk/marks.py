"""A text with what was found in it marked, as pieces that a template writes out: no piece crosses a paragraph's end."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.records import PLACE_LABELS

_SHOWN_ENTITIES = frozenset({*PLACE_LABELS, "PERSON", "ORG", "NORP", "EVENT"})


@dataclass
class Piece:
    """Some characters with the same marks.

    Attributes:
        start: where it begins in the text (code points).
        kinds: `quote`, `claim`, `claimant`, `group`, `entity`, `rejected`.
        claim: the id of the claim whose figure this is.
        title: in words what is marked.
    """

    start: int
    text: str
    kinds: tuple[str, ...] = ()
    claim: str | None = None
    title: str | None = None


@dataclass
class Sentence:
    """Pieces of one sentence; `claims` are the ids of those whose sentence it is, empty between such sentences."""

    pieces: list[Piece] = field(default_factory=list)
    claims: tuple[str, ...] = ()


Paragraph = list[Sentence]


@dataclass(frozen=True)
class _Mark:
    start: int
    end: int
    kind: str
    claim: str | None = None
    title: str | None = None


def paragraphs(
    text: str,
    claims: Sequence[Mapping[str, Any]],
    quotes: Sequence[Mapping[str, Any]],
    entities: Iterable[Mapping[str, Any]],
) -> list[Paragraph]:
    """The paragraphs of a text, their sentences and pieces, in order and without loss."""
    marks = _marks(claims, quotes, entities)
    sentences = _sentences(text, claims)
    cuts = {0, len(text), *(m.start for m in marks), *(m.end for m in marks), *(s[0] for s in sentences)}
    cuts |= {end for _, end, _ in sentences}
    made: list[Paragraph] = []
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        if line.strip():
            made.append(
                _paragraph(text, at, end, sorted({c for c in cuts if at < c < end} | {at, end}), marks, sentences)
            )
        at = end + 1
    return made


def _marks(
    claims: Sequence[Mapping[str, Any]], quotes: Sequence[Mapping[str, Any]], entities: Iterable[Mapping[str, Any]]
) -> list[_Mark]:
    marks = [_Mark(e["start"], e["end"], "entity", title=f"{e['name']} ({e['label']})")
             for e in entities if e["label"] in _SHOWN_ENTITIES]  # fmt: skip
    for quote in quotes:
        if quote.get("review_status") != "rejected":
            who = quote.get("speaker_name") or quote.get("speaker") or "somebody"
            marks.append(_Mark(quote["start"], quote["end"], "quote", title=f"{who}, {quote['kind']}"))
    for claim in claims:
        rejected = claim.get("review_status") == "rejected"
        marks.append(_Mark(claim["start"], claim["end"], "rejected" if rejected else "claim", claim["id"]))
        if not rejected:
            for part in ("group", "claimant"):
                if claim.get(f"{part}_start") is not None:
                    marks.append(_Mark(claim[f"{part}_start"], claim[f"{part}_end"], part))
    return [mark for mark in marks if mark.start < mark.end]


def _sentences(text: str, claims: Sequence[Mapping[str, Any]]) -> list[tuple[int, int, tuple[str, ...]]]:
    """The sentences that hold claims, one after another; of two that overlap the first."""
    held: dict[tuple[int, int], list[str]] = {}
    for claim in claims:
        held.setdefault((claim["sentence_start"], claim["sentence_end"]), []).append(claim["id"])
    found: list[tuple[int, int, tuple[str, ...]]] = []
    for (start, end), ids in sorted(held.items()):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], found[-1][1], (*found[-1][2], *ids))
        elif start < end <= len(text):
            found.append((start, end, tuple(ids)))
    return found


def _paragraph(
    text: str, start: int, end: int, cuts: Sequence[int], marks: Sequence[_Mark], sentences: Sequence[Any]
) -> Paragraph:
    here = [mark for mark in marks if mark.start < end and start < mark.end]
    paragraph: Paragraph = []
    for begin, finish in itertools.pairwise(cuts):
        inside = [mark for mark in here if mark.start <= begin and finish <= mark.end]
        figure = next((mark for mark in inside if mark.claim), None)
        titles = [mark.title for mark in inside if mark.title]
        piece = Piece(
            begin,
            text[begin:finish],
            tuple(dict.fromkeys(mark.kind for mark in inside)),
            figure.claim if figure else None,
            " · ".join(titles) or None,
        )
        ids = next((ids for from_, to, ids in sentences if from_ <= begin and finish <= to), ())
        if not paragraph or paragraph[-1].claims != ids:
            paragraph.append(Sentence(claims=ids))
        paragraph[-1].pieces.append(piece)
    return paragraph
