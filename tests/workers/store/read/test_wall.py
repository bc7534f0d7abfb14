"""The wall: which counts of a story a list shows, and which it leaves to the story's own page."""

from __future__ import annotations

from schemas.documents import RawDocument
from schemas.records import Extraction
from tests.workers.stored import accepted, change, claim, stored
from workers.store.database import Database
from workers.store.read.wall import wall
from workers.store.settling import settle_all

_TEXT = "Police said 21 were hurt, 22 arrested, 23 abducted, 24 moved, 25 freed, and 9 killed."
_MEASURES = {"21": "injured", "22": "detained", "23": "kidnapped", "24": "displaced", "25": "released", "9": "killed"}


def test_the_counts_shown_are_those_that_a_desk_looks_for_first(tables: Database) -> None:
    (document_id,) = accepted(tables, RawDocument(content=_TEXT, source="a.example", title="Clashes"))
    claims = [
        claim(figure, _TEXT, int(figure), measure=measure, claimant_name="Police")
        for figure, measure in _MEASURES.items()
    ]
    stored(tables, document_id, _TEXT, Extraction(claims=claims), story_id="s")
    change(tables, document_id, story_id="s")
    settle_all(tables)
    with tables.reading() as session:
        (card,) = wall(session, 10)
    assert [count.measure for count in card.counts] == ["killed", "injured", "kidnapped", "detained"]
    assert card.more_counts == 2
