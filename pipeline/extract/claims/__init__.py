"""Figure claims: how many, of whom, as claimed by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from spacy.tokens import Doc

from pipeline.extract.claims.claimants import Claimants
from pipeline.extract.claims.counts import Count
from pipeline.extract.claims.document_counts import find_counts
from pipeline.extract.claims.groups import find_group
from pipeline.extract.claims.triggers import find_triggers
from schemas.records import Claim, Entity, Quote

__all__ = ["find_claims"]


def find_claims(doc: Doc, quotes: Sequence[Quote], entities: Sequence[Entity]) -> list[Claim]:
    """The claims of a document, in the order of the text; see `schemas.records.Claim`.

    Args:
        doc: the analysed text (`pipeline.extract.analysis.analyse`).
        quotes: its quotes with their speakers, which give each figure its claimant and relay.
        entities: its entities, which give a claimant the fullest form of the name.
    """
    text, triggers = doc.text, find_triggers(doc)
    claimants = Claimants(doc, quotes, entities)
    counts = [
        count
        for count in find_counts(doc, triggers)
        if not (count.assumed and claimants.speaks(count.figure.start, count.figure.end))
    ]
    by_sentence: dict[int, list[Count]] = defaultdict(list)
    for count in counts:
        by_sentence[count.sentence.start].append(count)
    claims = []
    for count in counts:
        figure = count.figure
        group = find_group(doc, count, by_sentence[count.sentence.start], triggers)
        claimant = claimants.of(doc[count.noun], doc[count.opens].idx, figure.end)
        claims += [
            Claim(
                start=figure.start,
                end=figure.end,
                figure=figure.text,
                value=figure.value,
                low=figure.low,
                high=figure.high,
                qualifier=figure.qualifier,
                measure=measure,
                sentence_start=count.sentence.start_char,
                sentence_end=count.sentence.end_char,
                group=text[slice(*group)] if group else None,
                group_start=group[0] if group else None,
                group_end=group[1] if group else None,
                claimant=claimant.text if claimant else None,
                claimant_start=claimant.start if claimant else None,
                claimant_end=claimant.end if claimant else None,
                claimant_name=claimant.name if claimant else None,
                relay=claimant.relay if claimant else None,
            )
            for measure in count.measures
        ]
    return claims
