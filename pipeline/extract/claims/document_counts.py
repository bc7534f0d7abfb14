"""The counts of a document put together, sentence by sentence."""

from __future__ import annotations

from spacy.tokens import Doc

from pipeline.extract.claims.counts import Count, counts_in
from pipeline.extract.claims.exclusions import counts_people
from pipeline.extract.claims.measures import Measures
from pipeline.extract.claims.sharing import resolve, share
from pipeline.extract.claims.triggers import Triggers

# A sentence with more figures is a table, not prose.
_MOST_FIGURES = 40


def find_counts(doc: Doc, triggers: Triggers) -> list[Count]:
    """The figures of a document that count people, in order, each with at least one measure."""
    text, measures = doc.text, Measures(doc, triggers)
    counts: list[Count] = []
    for sentence in doc.sents:
        here = list(counts_in(doc, text, sentence, triggers))
        if len(here) > _MOST_FIGURES:
            continue
        others = frozenset(count.opens for count in here)
        for count in here:
            count.measures = measures.said(count, others)
        share(doc, here, measures.syntax)
        for count in here:
            if not count.measures:
                count.measures, count.assumed = measures.carried(count, others), True
        counts += [count for count in here if count.measures and counts_people(doc, count, triggers)]
    resolve(doc, counts)
    return [count for count in counts if not (count.assumed and count.figure.kind == "ordinal")]
