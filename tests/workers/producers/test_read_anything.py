"""Whatever is in a file, reading gives documents or errors, never an exception, and says nothing of the body."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workers.producers.reading import read_paths

ENDINGS = [".json", ".jsonl", ".ndjson", ".txt", ".html", ".htm", ".xhtml", ".rss", ".atom", ".xml"]
PIECES = [
    *(
        b"<rss version='2.0'>",
        b"<channel>",
        b"<item>",
        b"</item>",
        b"<description>",
        b"</description>",
        b"<title>",
        b"&a;",
    ),
    *(
        b"<feed xmlns='http://www.w3.org/2005/Atom'>",
        b"<entry>",
        b"<content type='xhtml'>",
        b"<link href='http://[x'/>",
    ),
    *(b"<!DOCTYPE x [", b"<!ENTITY a 'b'>", b"<![CDATA[", b"]]>", b"<!--", b"<?xml version='1.0' encoding='utf-7'?>"),
    *(
        b"<pubDate>",
        b"Wed, 01 May 2024 08:00:00 GMT",
        b"<guid>",
        b"<source>",
        b"<author>",
        b"<media:content>",
        b"&#xD800;",
    ),
    *(
        b'{"content": "x"}',
        b'{"version": "https://jsonfeed.org/version/1", "items": [',
        b"]}",
        b"[",
        b"]",
        b",",
        b"{",
        b"\n",
    ),
    *(
        b'{"content": 1e999, "id": NaN}',
        b'"',
        b'"content"',
        b":",
        b"\\ud800",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
    ),
    *(b"\x1f\x8b\x08\x00", b"\x00", b"\xe9", b"text", b" ", "日本".encode("shift_jis")),
]
anything = st.binary(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join)


@pytest.mark.parametrize("ending", ENDINGS)
@given(data=anything, packed=st.booleans(), cut=st.integers(0, 30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_always_documents_or_errors(tmp_path: Path, ending: str, data: bytes, packed: bool, cut: int) -> None:
    path = tmp_path / (f"a{ending}" + ".gz" * packed)
    zipped = gzip.compress(data, mtime=0)
    path.write_bytes(zipped[: len(zipped) - cut] if packed else data)
    documents, errors = read_paths([path], limit=250)
    assert documents or errors
    assert all(document.content.strip() for document in documents)
    for document in documents:
        document.model_dump_json().encode()
    for error in errors:
        assert str(error).startswith(str(path))
        assert str(error).isprintable()


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda each: (
            st.lists(each)
            | st.dictionaries(st.sampled_from(["content", "id", "url", "published", "extra", "version", "items"]), each)
        ),
        max_leaves=8,
    )
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_value(tmp_path: Path, value: object) -> None:
    for name, data in (("a.json", json.dumps(value)), ("b.jsonl", json.dumps(value) + '\n{"content": "next"}')):
        (tmp_path / name).write_text(data)
        documents, errors = read_paths([tmp_path / name])
        assert documents or errors
    assert documents[-1].content == "next"
