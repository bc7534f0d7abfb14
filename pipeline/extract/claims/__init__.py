"""Figure claims: how many, of whom, as claimed by whom, and what the number covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from pipeline.extract.claims import linear, transformer
from pipeline.extract.claims.attribution import attribute
from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.claimant_types import claimant_type
from pipeline.extract.claims.claimants import Claimant, Claimants, name_of
from pipeline.extract.claims.contradictions import likeliest_of_each, set_apart
from pipeline.extract.claims.discourse import Headline
from pipeline.extract.claims.features import Surroundings
from pipeline.extract.claims.figures import qualified
from pipeline.extract.claims.groups import Groups
from pipeline.extract.claims.linear import Model
from pipeline.extract.claims.readings import Given, Reading, read
from pipeline.extract.claims.setting import with_setting
from pipeline.extract.claims.suggestions import find_candidates
from pipeline.extract.claims.triggers import find_triggers
from pipeline.extract.tokens import AnalysedText
from schemas.records import Claim, Entity, Place, Quote

__all__ = ["find_claims"]


def find_claims(
    doc: AnalysedText,
    quotes: Sequence[Quote],
    entities: Sequence[Entity],
    *,
    title: str | None = None,
    published: datetime | None = None,
    places: Sequence[Place] = (),
) -> list[Claim]:
    """The claims of a document, in the order of the text; see `schemas.records.Claim`.

    Args:
        doc: the analysed text (`pipeline.extract.analysis.analyse`).
        quotes: its quotes with their speakers, which give each figure its claimant and relay.
        entities: its entities, which give a claimant the fullest form of the name.
        title: the headline, whose figures are those of the event.
        published: when it was published, against which the times in the text are told.
        places: the places that the text names.
    """
    text, triggers, models = doc.text, find_triggers(doc.analysis), linear.shipped()
    claimants = Claimants(doc, quotes, entities)
    around = Surroundings(doc, triggers, [(quote.start, quote.end) for quote in quotes if quote.kind == "direct"])
    given = Given(find_candidates(doc, triggers), around, Headline.of(title, published), claimants)
    readings = [
        reading
        for reading in read(given, models, transformer.shipped())
        if not (
            reading.candidate.assumed and claimants.speaks(reading.candidate.figure.start, reading.candidate.figure.end)
        )
    ]
    _settle_same(readings)
    by_sentence: dict[int, list[Candidate]] = defaultdict(list)
    for reading in readings:
        by_sentence[reading.candidate.sentence.start].append(reading.candidate)
    against = _places(readings)
    claimed = _claimants(text, readings, against, models["claimant"])
    figures = [reading.candidate.figure for reading in readings]
    contradicted = likeliest_of_each(against, claimed, [figure.bounds for figure in figures])
    groups, claims = Groups(doc, triggers), list[Claim]()
    for place, (reading, claimant) in enumerate(zip(readings, claimed, strict=True)):
        candidate = reading.candidate
        figure = candidate.figure
        group = groups.of(candidate, by_sentence[candidate.sentence.start], reading.measure)
        claims.append(
            Claim(
                start=figure.start,
                end=figure.end,
                figure=figure.text,
                value=figure.value,
                low=figure.low,
                high=figure.high,
                qualifier=figure.qualifier,
                measure=reading.measure,
                sentence_start=candidate.sentence.start_char,
                sentence_end=candidate.sentence.end_char,
                group=text[slice(*group)] if group else None,
                group_start=group[0] if group else None,
                group_end=group[1] if group else None,
                claimant=claimant.text if claimant else None,
                claimant_start=claimant.start if claimant else None,
                claimant_end=claimant.end if claimant else None,
                claimant_name=name_of(claimant),
                relay=claimant.relay if claimant else None,
                status=reading.status,
                scope=reading.scope,
                claimant_type=claimant_type(claimant.text, claimant.name) if claimant else None,
                contradicts=tuple(contradicted[place]),
            )
        )
    return [with_setting(claim, text, places, published) for claim in claims]


def _places(readings: Sequence[Reading]) -> list[dict[int, float]]:
    """The places of the claims that each contradicts, and how likely it does."""
    place = {id(reading.candidate): number for number, reading in enumerate(readings)}
    return [{place[id(c)]: chance for c, chance in reading.against if id(c) in place} for reading in readings]


def _claimants(
    text: str, readings: Sequence[Reading], against: Sequence[Mapping[int, float]], model: Model
) -> list[Claimant | None]:
    """Who claims each figure; None for the outlet itself."""
    found: list[Claimant | None] = []
    scores = []
    told = 0
    for reading in readings:
        figure = reading.candidate.figure
        before = found[-1] if found and "\n" not in text[told : figure.start] else None
        claimant, likely = attribute(reading, before, model)
        found.append(claimant)
        scores.append(likely)
        told = figure.end
    return set_apart(found, against, [reading.options for reading in readings], scores)


def _settle_same(readings: Sequence[Reading]) -> None:
    """Gives "the same number" the value of the claim before it, where the rules gave it none."""
    for before, reading in pairwise(readings):
        figure, same = reading.candidate.figure, before.candidate.figure
        if figure.kind == "same" and figure.value is None:
            bounded = replace(figure, value=same.value, low=same.low, high=same.high, qualifier=same.qualifier)
            if same.qualifier == "exact":  # "roughly the same number" has a bound of its own
                bounded = qualified(bounded, figure.qualifier)
            reading.candidate.figure = bounded
