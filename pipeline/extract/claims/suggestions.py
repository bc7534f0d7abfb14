"""What the rules suggest: the measures that the words and the parse of a sentence give its figures.

The rules are exact about how English says that people were killed, hurt or held, and know nothing else; the model
(`readings`) takes what they say as one piece of evidence among others.
"""

from __future__ import annotations

from pipeline.extract.claims.candidates import Candidate, candidates_in
from pipeline.extract.claims.exclusions import counts_people
from pipeline.extract.claims.measures import Measures
from pipeline.extract.claims.sharing import resolve, share
from pipeline.extract.claims.triggers import Triggers
from pipeline.extract.tokens import AnalysedText

# A sentence with more figures is a table, not prose.
_MOST_FIGURES = 40


def find_candidates(doc: AnalysedText, triggers: Triggers) -> list[Candidate]:
    """The candidates of a document in order, each with the measures that the rules suggest for it, if any."""
    measures = Measures(doc, triggers)
    found: list[Candidate] = []
    for number, sentence in enumerate(doc.sents):
        here = list(candidates_in(doc, sentence, number, triggers))
        if len(here) > _MOST_FIGURES:
            continue
        others = frozenset(candidate.opens for candidate in here)
        for candidate in here:
            candidate.measures = measures.said(candidate, others)
        share(doc, here, measures.syntax)
        for candidate in here:
            if not candidate.measures:
                candidate.measures, candidate.assumed = measures.carried(candidate, others), True
            if candidate.measures and not counts_people(doc, candidate, triggers):
                candidate.measures = []
        found += here
    resolve(doc, [candidate for candidate in found if candidate.measures])
    for candidate in found:
        if candidate.assumed and candidate.figure.kind == "ordinal":
            candidate.measures = []
    return found
