"""Where and when: the narrowest place and the date that a text gives a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.dates import event_date
from schemas.records import Claim, Place

# From narrow to wide.
_PRECISIONS = ("point", "town", "region", "country")


def with_setting(claim: Claim, text: str, places: Sequence[Place], published: datetime | None) -> Claim:
    """The claim with the place and the date that its sentence names for it, null where it names none.

    Of several places the narrowest is taken, of equally narrow ones the nearest to the figure.

    Args:
        claim: the claim.
        text: the document's text.
        places: the places that the document names (`pipeline.places.resolve`).
        published: when it was published, against which "on Tuesday" is told.
    """
    sentence = text[claim.sentence_start : claim.sentence_end]
    within = [
        place
        for place in places
        if claim.sentence_start <= place.start < claim.sentence_end and not place.demonym and not _holds(place, claim)
    ]
    if within:
        place = min(within, key=lambda place: (_PRECISIONS.index(place.precision), abs(place.start - claim.start)))
        claim = replace(
            claim,
            place=place.text,
            place_start=place.start,
            place_end=place.end,
            geonameid=place.geonameid,
            country=place.country,
            lat=place.lat,
            lon=place.lon,
            place_precision=place.precision,
        )
    told = event_date(sentence, published, claim.start - claim.sentence_start)
    return replace(claim, event_date=told[0], event_date_precision=told[1]) if told else claim


def _holds(place: Place, claim: Claim) -> bool:
    """Whether the place only names the claimant: "the governor of Lagos said"."""
    if claim.claimant_start is None or claim.claimant_end is None:
        return False
    return claim.claimant_start <= place.start < claim.claimant_end
