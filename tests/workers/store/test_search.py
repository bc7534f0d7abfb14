"""Search: one grammar and the same answers on both databases, kept right by whatever writes the texts."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from schemas.documents import RawDocument
from schemas.errors import QueryError
from schemas.records import Extraction
from tests.workers.stored import accepted, claim, entity, quote, stored
from workers.store.database import Database
from workers.store.read.rows import Filter, rows
from workers.store.revisions import revise
from workers.store.search import conditions
from workers.store.search.index import search
from workers.store.search.query import parse

_FERRY = "The ferry capsized off Marena. “We saved eleven people,” Ann Lee of the coast guard said."
_BOAT = "A boat drill in the harbour went well; at least 8 people were hurt in the ferry’s wake."
_QUAKE = "An earthquake shook São Paulo and 200 protesters were killed, officials said."


@pytest.fixture
def three(tables: Database) -> dict[str, str]:
    names = {}
    for name, content, figure, value, parts in (
        ("ferry", _FERRY, "eleven", 11, {"measure": "released", "claimant_name": "Coast Guard"}),
        ("boat", _BOAT, "8", 8, {"high": None, "qualifier": "at_least", "measure": "injured"}),
        ("quake", _QUAKE, "200", 200, {}),
    ):
        raw = RawDocument(content=content, source=f"{name}.example", title=f"On the {name}", published="2026-03-01")
        (document_id,) = accepted(tables, raw)
        found = Extraction(claims=[claim(figure, content, value, **parts)])
        if name == "quake":
            found.entities.append(entity("São Paulo", content, "GPE"))
        if name == "ferry":
            found.quotes.append(quote("We saved eleven people,", content, speaker_name="Ann Lee"))
        stored(tables, document_id, content, found)
        names[document_id] = name
    return names


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ferry", {"ferry", "boat"}),
        ("ferry -drill", {"ferry"}),
        ("capsized OR earthquake", {"ferry", "quake"}),
        ("(capsized OR earthquake) said", {"ferry", "quake"}),
        ('"coast guard"', {"ferry"}),
        ('"guard coast"', set()),
        ("protest", {"quake"}),
        ("earthq*", {"quake"}),
        ("quake", {"quake"}),  # of the title alone
        ("-source:ferry.example ferry", {"boat"}),
        ("source:quake.example", {"quake"}),
        ("measure:killed", {"quake"}),
        ("measure:killed>200", set()),
        ("measure:killed>=200", {"quake"}),
        ("measure:injured>100", {"boat"}),  # at least 8 can be more than a hundred
        ("measure:injured<8", set()),
        ('place:"São Paulo"', {"quake"}),
        ('speaker:"ann lee"', {"ferry"}),
        ('speaker:"Coast Guard"', {"ferry"}),
        ("after:2026-03-02", set()),
        ("before:2026-03-02 people", {"ferry", "boat"}),
        ('NEAR AND "OR" ferry', set()),
        ("", {"ferry", "boat", "quake"}),
    ],
)
def test_what_a_query_finds(tables: Database, three: dict[str, str], typed: str, expected: set[str]) -> None:
    with tables.reading() as session:
        assert {three[hit.document.id] for hit in search(session, typed)} == expected


@pytest.mark.parametrize("rare", [0, 2_000])
def test_a_measure_is_found_whether_many_claims_are_of_it_or_few(
    tables: Database, three: dict[str, str], rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions, "_RARE", rare)
    with tables.reading() as session:
        for typed, expected in (
            ("measure:killed", {"quake"}),
            ("measure:killed>200", set()),
            ("-measure:killed", {"ferry", "boat"}),
            ("people measure:injured>100", {"boat"}),
        ):
            assert {three[hit.document.id] for hit in search(session, typed)} == expected
        for measure, name in (("killed", "quake"), ("injured", "boat")):
            found = rows(session, "claims", Filter(measure=measure))
            assert [three[row["document_id"]] for row in found] == [name]


@pytest.mark.parametrize("rare", [0, 2_000])
def test_a_time_is_found_whether_many_were_published_then_or_few(
    tables: Database, three: dict[str, str], rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions, "_RARE", rare)
    with tables.reading() as session:
        for typed, expected in (
            ("after:2026-03-01", {"ferry", "boat", "quake"}),
            ("after:2026-03-02", set()),
            ("people before:2026-03-02", {"ferry", "boat"}),
            ("people before:2026-03-01", set()),
            ("people -before:2026-03-01 -after:2026-03-02", {"ferry", "boat"}),
        ):
            assert {three[hit.document.id] for hit in search(session, typed)} == expected, typed


_NAMES = ('place:"são paulo"', 'speaker:"coast guard"', "speaker:x")


@pytest.mark.parametrize("rare", [0, 2_000])
def test_a_name_is_found_whether_many_have_it_or_few(
    tables: Database, three: dict[str, str], rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions, "_RARE", rare)
    with tables.reading() as session:
        found = [{three[hit.document.id] for hit in search(session, typed)} for typed in _NAMES]
        assert found == [{"quake"}, {"ferry"}, set()]
        named = rows(session, "documents", Filter(place="são Paulo"))
        assert [three[row["id"]] for row in named] == ["quake"]


def test_a_speaker_whose_name_begins_with_an_accent_is_found(tables: Database) -> None:
    (document_id,) = accepted(tables, RawDocument(content=_QUAKE))
    said = Extraction(quotes=[quote("An earthquake", _QUAKE, speaker_name="Ángel Ruiz")])
    stored(tables, document_id, _QUAKE, said)
    with tables.reading() as session:
        assert [hit.document.id for hit in search(session, 'speaker:"Ángel Ruiz"')] == [document_id]


@pytest.mark.parametrize("typed", _NAMES)
def test_a_name_is_asked_of_its_index(tables: Database, three: dict[str, str], typed: str) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(tables.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    with tables.reading() as session:
        search(session, typed)
        if not tables.on_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))  # three documents are read faster than any index
        explain = "EXPLAIN QUERY PLAN" if tables.on_sqlite else "EXPLAIN"
        (statement,) = [each for each in asked if "ORDER BY documents.number DESC" in each[0]]
        plan = str(session.connection().exec_driver_sql(f"{explain} {statement[0]}", statement[1]).fetchall())
    indexes = ("place_name", "place_text") if typed.startswith("place") else ("quotes_speaker", "claims_claimant")
    assert all(index in plan for index in indexes), plan
    assert not re.search(r"SCAN (documents|entities|quotes|claims)", plan), plan


def test_hits_come_latest_first_with_their_words_marked(tables: Database, three: dict[str, str]) -> None:
    with tables.reading() as session:
        hits = search(session, "people", limit=1)
        assert [three[hit.document.id] for hit in hits] == ["boat"]
        assert [hits[0].snippet[start:end] for start, end in hits[0].marks] == ["people"]
        earlier = search(session, "people", limit=1, before=hits[0].number)
    assert [three[hit.document.id] for hit in earlier] == ["ferry"]


def test_the_index_follows_every_change_of_a_text(tables: Database, three: dict[str, str]) -> None:
    document_id = next(found for found, name in three.items() if name == "quake")
    with tables.writing(deciding=True) as session:
        revise(session, document_id, RawDocument(content="Calm."), 5)
    with tables.reading() as session:
        assert search(session, "earthquake") == []
    stored(tables, document_id, "Calm again in Elmore.")
    with tables.reading() as session:
        assert [three[hit.document.id] for hit in search(session, "elmore")] == ["quake"]
    with tables.writing() as session:
        session.execute(text("DELETE FROM documents WHERE id = :id"), {"id": document_id})
    with tables.reading() as session:
        assert search(session, "elmore") == []
        if tables.on_sqlite:
            session.execute(text("INSERT INTO search(search) VALUES ('integrity-check')"))


@pytest.mark.parametrize(
    "typed",
    [
        "-ferry",
        "a OR -b",
        "(a",
        "a)",
        "source:",
        "measure:sung",
        "after:yesterday",
        "a OR source:x",
        "(source:x)",
        "x" * 1001,
    ],
)
def test_what_cannot_be_read_is_named(typed: str) -> None:
    with pytest.raises(QueryError):
        parse(typed)


@given(st.text(alphabet="ab \"()-*:^OR ANDnear\\'<>=&|!", max_size=40))
def test_no_text_breaks_the_reader(typed: str) -> None:
    with suppress(QueryError):
        assert parse(typed) == parse(typed)


@pytest.mark.parametrize(
    "typed", ['a"b', "a' OR 1=1 --", "a:*", "a & b | !c", "NEAR(a b)", "a* b*", "^a", "{title}: a", "\\"]
)
def test_nothing_typed_reaches_the_database_as_more_than_words(tables: Database, typed: str) -> None:
    with tables.reading() as session:
        assert search(session, typed) == []
