"""JSON Feed, found inside .json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workers.producers.reading import Sorted, read_file

ITEM = {
    "id": "gazette-7",
    "url": "https://gazette.example/bridge",
    "title": "Bridge reopens",
    "content_html": "<p>The bridge is open again.</p>",
    "content_text": "The bridge is open again.",
    "summary": "Open.",
    "date_published": "2024-05-01T08:00:00+02:00",
    "authors": [{"name": "A. Reporter"}, {"url": "https://gazette.example/b"}, {"name": "B. Writer"}],
}


def read_feed(tmp_path: Path, *items: object, name: str = "a.json", **top: object) -> Sorted:
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Gazette",
        "home_page_url": "https://www.gazette.example/",
        "items": items,
    }
    return read_file(tmp_path / name, json.dumps(feed | top))


@pytest.mark.parametrize("name", ["a.json", "a.feed.json", "a.json.gz"])
def test_item_becomes_a_document(tmp_path: Path, name: str) -> None:
    [document], errors = read_feed(tmp_path, ITEM, name=name, language="en")
    assert not errors
    assert document.external_id == "gazette-7"
    assert document.url == "https://gazette.example/bridge"
    assert document.source == "gazette.example"
    assert document.title == "Bridge reopens"
    assert document.author == "A. Reporter, B. Writer"
    assert document.language == "en"
    assert document.content == "<p>The bridge is open again.</p>"
    assert document.content_type == "text/html"
    assert document.published
    assert document.published.isoformat() == "2024-05-01T08:00:00+02:00"
    assert document.extra == {"feed": "The Gazette"}


@pytest.mark.parametrize(
    ("without", "content", "content_type"),
    [
        (["content_html"], "The bridge is open again.", "text/plain"),
        (["content_html", "content_text"], "Open.", "text/plain"),
    ],
)
def test_text_and_summary_stand_in(tmp_path: Path, without: list[str], content: str, content_type: str) -> None:
    [document], _ = read_feed(tmp_path, {key: value for key, value in ITEM.items() if key not in without})
    assert document.content == content
    assert document.content_type == content_type


def test_author_of_version_1_and_of_the_feed(tmp_path: Path) -> None:
    item = {"id": "1", "content_text": "Open."}
    documents, _ = read_feed(
        tmp_path, item | {"author": {"name": "A. Reporter"}}, item, authors=[{"name": "The Gazette"}]
    )
    assert [document.author for document in documents] == ["A. Reporter", "The Gazette"]


def test_missing_id_link_and_source(tmp_path: Path) -> None:
    documents, _ = read_feed(
        tmp_path, {"url": "https://b.example/x", "content_text": "Open."}, {"content_text": "Open."}
    )
    assert [document.external_id for document in documents] == ["https://b.example/x", "a"]
    assert [document.source for document in documents] == ["b.example", "www.gazette.example"]


def test_bad_items_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    bad = ["SECRET", {"id": "2", "title": "SECRET"}, {"id": "3", "content_text": ["SECRET"]}]
    bad += [{"id": "4", "content_text": "SECRET", "title": 7}]
    documents, errors = read_feed(tmp_path, *bad, ITEM, {**ITEM, "authors": "SECRET", "date_published": 7})
    assert [document.external_id for document in documents] == ["gazette-7", "gazette-7"]
    assert documents[1].author is None
    assert documents[1].extra["published"] == 7
    assert [(error.resource.rpartition(", ")[2], error.cause) for error in errors] == [
        ("entry 1", "is a string, not a JSON object"),
        ("entry 2", "has no text"),
        ("entry 3", "has no text"),
        ("entry 4", "has a wrong `title` (Input should be a valid string)"),
    ]
    assert not any("SECRET" in str(error) for error in errors)


@pytest.mark.parametrize("items", [[], None, {}, "x"])
def test_feed_without_items(tmp_path: Path, items: object) -> None:
    documents, [error] = read_feed(tmp_path, items=items)
    assert not documents
    assert error.cause == "has no entries"


def test_a_version_of_something_else_is_no_feed(tmp_path: Path) -> None:
    [document], errors = read_feed(tmp_path, version="2", content="The bridge is open again.")
    assert document.content == "The bridge is open again."
    assert not errors
