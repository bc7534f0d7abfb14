"""What a producer hands in: only content is required, nothing that came is lost, and the id is stable."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.documents import RawDocument


def test_only_content_is_required() -> None:
    document = RawDocument.model_validate({"content": "Eight people were hurt."})
    assert document.content_type == "text/plain"
    assert (document.external_id, document.source, document.published) == (None, None, None)


@pytest.mark.parametrize("fields", [{}, {"content": ""}, {"content": " \n "}, {"content": 7}, {"title": "no text"}])
def test_a_document_without_text_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RawDocument.model_validate(fields)


def test_an_offset_is_kept_and_a_naive_time_is_taken_as_utc_and_marked() -> None:
    stated = RawDocument.model_validate({"content": "x", "published": "2026-03-01T09:00:00+05:30"})
    assert stated.published is not None
    assert stated.published.utcoffset() == timedelta(hours=5, minutes=30)
    assert not stated.published_naive
    naive = RawDocument.model_validate({"content": "x", "published": "2026-03-01T09:00:00"})
    assert naive.published is not None
    assert naive.published.tzinfo is UTC
    assert naive.published_naive


def test_an_unreadable_date_and_unknown_fields_are_set_aside_not_lost() -> None:
    document = RawDocument.model_validate({"content": "x", "published": "yesterday", "desk": {"name": "foreign"}})
    assert document.published is None
    assert document.extra == {"published": "yesterday", "desk": {"name": "foreign"}}


@given(st.text(alphabet=st.characters(), min_size=1))
def test_any_string_that_json_can_carry_can_be_stored(text: str) -> None:
    document = RawDocument.model_validate({"content": "x" + text + "\ud800\0", "extra": {"a": ["\udfff"]}})
    assert "\0" not in document.content
    document.model_dump_json().encode()
    assert len(document.content) == len(text) + 3, "offsets into the text hold"


def test_the_id_depends_on_content_and_origin_alone() -> None:
    one = RawDocument.model_validate({"content": "x", "source": "a.example", "title": "One"})
    same = RawDocument.model_validate({"content": "x", "source": "a.example", "title": "Another headline"})
    elsewhere = RawDocument.model_validate({"content": "x", "source": "b.example"})
    assert one.id == same.id != elsewhere.id
    assert len(one.id) == 32


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_a_date_that_utc_cannot_hold_is_set_aside(moment: str) -> None:
    document = RawDocument.model_validate({"content": "x", "published": moment})
    assert (document.published, document.extra["published"]) == (None, moment)


def test_numbers_and_depths_that_tables_cannot_hold_are_kept_from_them() -> None:
    nested: list[object] = []
    for _ in range(500):
        nested = [nested]
    document = RawDocument.model_validate({"content": "x", "author": float("nan"), "n": float("inf"), "deep": nested})
    assert document.author is None
    assert document.extra["n"] is None
    assert "nested too deep" in document.model_dump_json()


def test_what_servers_and_feeds_send_is_understood() -> None:
    document = RawDocument.model_validate(
        {"content": "<p>x", "content_type": "Text/HTML; charset=utf-8", "author": ["Ann Lee", "Bo Ray"]}
    )
    assert (document.content_type, document.author) == ("text/html", "Ann Lee, Bo Ray")
