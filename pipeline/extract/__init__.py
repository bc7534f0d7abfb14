"""The stage extract: who is in a text, who said what, who claims how many."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.extract.analysis import analyse, analyse_sentences
from pipeline.extract.claims import find_claims
from pipeline.extract.entities import find_entities
from pipeline.extract.model import analyser
from pipeline.extract.quotes import find_quotes
from schemas.records import Extraction

__all__ = ["extract", "prepare", "warm_up"]

# Characters read of one document: some 17,000 words, above any article, and seconds of work at most.
LIMIT = 100_000


def extract(
    text: str, *, language: str | None = None, source: str | None = None, title: str | None = None
) -> Extraction:
    """Entities, quotes and claims of a cleaned text, whose paragraphs are apart by newlines.

    Args:
        text: the cleaned text; every offset given points into it.
        language: its ISO 639-1 code, or None where unknown; a text in another language than English is passed over.
        source: the outlet, as known by the sender.
        title: its headline, as known by the sender.

    Returns:
        The records, with a note for whatever was passed over.
    """
    if language is not None and not language.lower().startswith("en"):
        return Extraction(notes=[f"language {language}: only English is read, nothing was extracted"])
    notes = []
    if len(text) > LIMIT:
        notes.append(f"text of {len(text)} characters: only the first {LIMIT} were read")
        text = text[:LIMIT]
    doc = analyse(text)
    entities = find_entities(doc)
    quotes = find_quotes(doc, entities)
    return Extraction(entities=entities, quotes=quotes, claims=find_claims(doc, quotes, entities), notes=notes)


def prepare(texts: Iterable[str]) -> None:
    """Analyses the sentences of several English texts at once, so that `extract` finds them done.

    It changes no record and takes a fifth less time over eight texts than one by one: the parser's steps are then those
    of all their sentences together.
    """
    analyse_sentences(text[:LIMIT] for text in texts)


def warm_up() -> None:
    """Loads the model, so that worker processes forked later share it."""
    analyser()
