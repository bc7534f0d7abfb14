"""Formats that archives, crawlers and agencies have."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from schemas.documents import RawDocument
from tests.workers.producers.reading import notices, read_file
from workers.producers import read

TEXT = "Rescuers searched a third day for the crew of the barge, the harbour master said on Tuesday. " * 4
PAGE = f"<html><head><title>Barge</title></head><body><p>{TEXT}</p></body></html>"


def record(body: bytes, kind: str = "text/html", status: str = "200 OK", n: int = 1, **headers: str) -> bytes:
    """One answer of a server, as an archive holds it."""
    http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n"
    http += "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    block = http.encode() + b"\r\n" + body
    head = "WARC/1.0\r\nWARC-Type: response\r\n"
    head += f"WARC-Record-ID: <urn:uuid:{n}>\r\nWARC-Target-URI: https://courier.example/{n}\r\n"
    head += "WARC-Date: 2026-11-03T12:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
    return f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


INFO = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 2\r\n\r\nx\n\r\n\r\n"


@pytest.mark.parametrize("packed", [False, True])
def test_an_archive_gives_a_page_for_each_answer(tmp_path: Path, packed: bool) -> None:
    records = [
        INFO,
        record(PAGE.encode()),
        record("<p>Спасатели</p>".encode("koi8-r"), "text/html; charset=koi8-r", n=2),
    ]
    records += [record(b"\xff\xd8", "image/jpeg", n=3), record(b"gone", status="404 Not Found", n=4)]
    records.append(record(gzip.compress(PAGE.encode()), n=5, Content_Encoding="gzip"))
    path = tmp_path / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(b"".join(gzip.compress(each) if packed else each for each in records))
    documents, errors = read_file_at(path)
    assert not errors
    assert [document.url for document in documents] == [f"https://courier.example/{n}" for n in (1, 2, 5)]
    assert [document.external_id for document in documents] == [f"urn:uuid:{n}" for n in (1, 2, 5)]
    assert documents[1].content == "<p>Спасатели</p>"
    assert documents[2].content == PAGE
    assert {document.published for document in documents} == {None}, "when it was crawled is not when it was published"
    assert documents[0].extra == {"archived": "2026-11-03T12:00:00+00:00"}
    (notice,) = notices(path)
    assert "2 of 5 responses are not pages (1 image/jpeg, 1 with status 404)" in notice


def read_file_at(path: Path) -> Any:
    from tests.workers.producers.reading import read_paths

    return read_paths([path])


def test_an_archive_cut_short_gives_what_is_whole(tmp_path: Path) -> None:
    data = gzip.compress(record(PAGE.encode())) + gzip.compress(record(PAGE.encode(), n=2))[:-60]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    documents, errors = read_file_at(path)
    assert documents[0].url == "https://courier.example/1"
    assert len(documents) == 1
    assert "is truncated" in str(errors)


@pytest.mark.parametrize("kind", ["text/html", "image/jpeg"])
@pytest.mark.parametrize("left", [-4, 20, 0])
def test_a_packed_archive_that_ends_inside_any_record_is_named(tmp_path: Path, kind: str, left: int) -> None:
    first, second = (gzip.compress(record(PAGE.encode(), each, n=n)) for n, each in enumerate(("text/html", kind)))
    (tmp_path / "a.warc.gz").write_bytes(first + (second[:left] if left else second))
    documents, errors = read_file_at(tmp_path / "a.warc.gz")
    assert "https://courier.example/0" in {document.url for document in documents}
    assert bool(errors) == bool(left)
    assert all("truncated" in str(error) for error in errors)


def test_an_archive_of_any_size_takes_the_memory_of_a_page(tmp_path: Path) -> None:
    page, path = f"<html><body><p>{TEXT * 100}</p></body></html>", tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(gzip.compress(record(page.encode(), n=n), 1) for n in range(400)))
    read_bytes: list[int] = []
    tracemalloc.start()
    found = sum(isinstance(each, RawDocument) for each in read([path], on_bytes=read_bytes.append))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == 400
    assert 400 * len(page) > 14 * 2**20
    assert peak < 2 * 2**20
    assert sum(read_bytes) == path.stat().st_size, "so that a bar can show how far the reading has come"
    assert len(read_bytes) > 1


@pytest.mark.parametrize("data", [b"no archive at all", b"", b"\x00" * 100])
def test_what_is_no_archive(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.warc").write_bytes(data)
    documents, (error,) = read_file_at(tmp_path / "a.warc")
    assert not documents
    assert "a.warc" in error.resource


@pytest.mark.parametrize(
    "fields",
    [
        {"maintext": TEXT, "authors": ["Ilse Dornan", "Per Haugli"], "date_publish": "2026-11-03 10:00:00",
         "source_domain": "courier.example", "url": "https://courier.example/1", "title": "Barge", "language": "en"},
        {"text": TEXT, "raw_text": TEXT, "hostname": "courier.example", "author": "Ilse Dornan, Per Haugli",
         "date": "2026-11-03T10:00:00", "source": "https://courier.example/1", "title": "Barge", "language": "en"},
        {"text": TEXT, "publish_date": "2026-11-03 10:00:00", "authors": ["Ilse Dornan", "Per Haugli"],
         "url": "https://courier.example/1", "title": "Barge", "source": "courier.example", "meta_lang": "en"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_what_other_programs_write_is_read_in_our_words(tmp_path: Path, fields: dict[str, Any], ending: str) -> None:
    ((document,), errors) = read_file(tmp_path / f"a{ending}", json.dumps(fields))
    assert not errors
    assert document.content.strip() == TEXT.strip()
    assert (document.author, document.title) == ("Ilse Dornan, Per Haugli", "Barge")
    assert (document.source, document.url, document.language) == ("courier.example", "https://courier.example/1", "en")
    assert document.published is not None
    assert document.published.isoformat() == "2026-11-03T10:00:00+00:00"


@pytest.mark.parametrize("lacking", [{"maintext": None}, {"maintext": ""}, {"text": None, "publish_date": None}])
def test_where_another_program_found_no_text_its_description_stands_in(tmp_path: Path, lacking: dict[str, Any]) -> None:
    ((document,), errors) = read_file(tmp_path / "a.json", json.dumps(lacking | {"description": "Nine are missing."}))
    assert (document.content, errors) == ("Nine are missing.", [])
    assert read_file(tmp_path / "b.json", json.dumps(lacking))[1], "no text at all"


def test_a_field_of_ours_wins_over_those_of_others(tmp_path: Path) -> None:
    ((document,), _) = read_file(tmp_path / "a.json", json.dumps({"content": "Ours.", "maintext": "Theirs."}))
    assert (document.content, document.extra) == ("Ours.", {"maintext": "Theirs."})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Tue, 03 Nov 2026 10:00:00 +0100", "2026-11-03T10:00:00+01:00"),
        (1762160400, "2025-11-03T09:00:00+00:00"),
        ("1762160400", "2025-11-03T09:00:00+00:00"),
        (1762160400000, "2025-11-03T09:00:00+00:00"),
        ({"$date": "2025-11-03T09:00:00Z"}, "2025-11-03T09:00:00+00:00"),
        ({"$date": {"$numberLong": "1762160400000"}}, "2025-11-03T09:00:00+00:00"),
        ({"$date": "a", "zone": "b"}, None),
        ("3 novembre 2025 09:00 UTC", "2025-11-03T09:00:00+00:00"),
        ("03/11/2025", None),
        (True, None),
        (7, None),
    ],
)
def test_a_date_in_another_form_is_read_where_it_means_one_time(tmp_path: Path, written: Any, read: str | None) -> None:
    ((document,), _) = read_file(tmp_path / "a.json", json.dumps({"content": "x", "published": written}))
    if read is None:
        assert document.published is None
        assert document.extra == {"published": written}
    else:
        assert document.published is not None
        assert document.published.isoformat() == read


ITEM = {"uri": "urn:n:1", "type": "text", "versioncreated": "2025-11-03T10:00:00Z"}
FIRST = {"headline": "Barge", "byline": "Ilse Dornan", "provider": "Wire"}
HTML = f"<p>{TEXT}</p><p>A second &amp; last.</p>"


@pytest.mark.parametrize(
    "fields",
    [
        FIRST | {"body_xhtml": f"<div>{HTML}</div>"},
        FIRST | {"body_main": TEXT, "body_richtext": HTML, "headline": None, "headline_main": "Barge"},
        FIRST | {"body_html": HTML, "uri": None, "guid": "urn:n:1", "byline": "", "authors": [{"name": "Ilse Dornan"}]},
        {"headlines": [{"role": "short", "value": "B."}, {"role": "main", "value": "Barge"}], "title": "slug-1",
         "bodies": [{"role": "main", "contenttype": "text/plain", "value": TEXT}, {"role": "html5", "value": HTML}],
         "by": "Ilse Dornan", "infosources": [{"name": "Wire"}]},
        {"headlines": [{"value": "Barge"}], "by": "Ilse Dornan", "copyrightHolder": "Wire", "versioncreated": None,
         "versionCreated": "2025-11-03T10:00:00Z",
         "bodies": [{"contentType": "application/xml", "value": f"<TT><W>ab 12</W>{HTML} more than all of it</TT>"},
                    {"contentType": "text/vnd.IPTC.NITF", "value": f'<?xml version="1.0" encoding="UTF-16"?><nitf>'
                     f"<body><body.head><p>Head</p></body.head><body.content>{HTML}</body.content></body></nitf>"}]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_ninjs(tmp_path: Path, fields: dict[str, Any], ending: str) -> None:
    picture = {"uri": "urn:n:3", "type": "picture", "versioncreated": "2025-11-03T10:00:00Z", "headline": "Barge"}
    lines = [json.dumps({n: v for n, v in each.items() if v is not None}) for each in (ITEM | fields, picture, picture)]
    ((document,), errors) = read_file(tmp_path / f"a{ending}", "\n".join(lines))
    assert not errors
    assert (document.external_id, document.title, document.author) == ("urn:n:1", "Barge", "Ilse Dornan")
    assert document.source == "Wire"
    assert document.published is not None
    assert document.content_type == "text/html"
    assert "<p>A second &amp; last.</p>" in document.content
    assert "Head" not in document.content
    (notice,) = notices(tmp_path / f"a{ending}")
    assert "2 items are pictures" in notice


def test_items_of_ninjs_carried_along_by_another_are_read_and_a_description_stands_for_a_text(tmp_path: Path) -> None:
    part = {"uri": "https://wire.example/2", "body_text": TEXT}
    picture = {"uri": "urn:n:3", "type": "picture", "versioncreated": "x", "description_text": "Tugs at work."}
    whole = {"uri": "urn:n:1", "type": "composite", "versioncreated": "x", "associations": {"main": part, "a": picture}}
    brief = {"uri": "urn:n:4", "versioncreated": "x", "descriptions": [{"value": "A barge went adrift."}],
             "associations": [part]}  # fmt: skip
    documents, errors = read_file(tmp_path / "a.json", json.dumps([whole, brief]))
    assert not errors
    assert [document.content for document in documents] == [TEXT, "A barge went adrift.", TEXT]
    assert [document.external_id for document in documents] == [part["uri"], "urn:n:4", part["uri"]]
    _, (error,) = read_file(tmp_path / "b.json", json.dumps({"uri": "urn:n:1", "type": "text", "versioncreated": "x"}))
    assert "has no text" in error.cause


NITF = f"""<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf-3-6.dtd">
<nitf xml:lang="en"><head><title>Slug</title><docdata><doc-id id-string="n-1"/><date.issue norm="20251103T100000Z"/>
<doc.copyright holder="The Wire"/></docdata></head><body><body.head><hedline><hl1>Barge adrift</hl1></hedline>
<byline>By <person>Ilse Dornan</person> and <person>Per Haugli</person></byline></body.head><body.content>
<media><media-caption>Tugs at work.</media-caption></media><p>{TEXT}</p><hl2>Inquiry</hl2><p>A second &amp; last.</p>
</body.content><body.content><p>Behind <media/>it, more.</p></body.content></body></nitf>"""


def test_nitf(tmp_path: Path) -> None:
    ((document,), errors) = read_file(tmp_path / "a.xml", NITF)
    assert not errors
    assert (document.external_id, document.title, document.author) == (
        "n-1", "Barge adrift", "Ilse Dornan, Per Haugli",
    )  # fmt: skip
    assert (document.source, document.language) == ("The Wire", "en")
    assert document.published is not None
    assert document.published.isoformat() == "2025-11-03T10:00:00+00:00"
    assert f"<p>{TEXT}</p>" in document.content
    assert "<h2>Inquiry</h2>" in document.content
    assert "Tugs" not in document.content
    assert "Behind <span></span>it, more." in document.content


def test_the_office_behind_a_byline_of_nitf_is_no_part_of_the_name(tmp_path: Path) -> None:
    people = "By <person>Ilse Dornan</person> and <person>Per Haugli</person>"
    assert people in NITF
    written = NITF.replace(people, "Ilse Dornan<byttl>Staff Writer</byttl>")
    ((document,), _) = read_file(tmp_path / "a.xml", written)
    assert document.author == "Ilse Dornan"


def g2(kind: str, content: str, n: int = 1, by: str = "<by>Ilse Dornan</by>") -> str:
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:g:{n}" xml:lang="en"><itemMeta>
<itemClass qcode="ninat:{kind}"/><provider literal="The Wire"/><versionCreated>2025-11-03T11:00:00Z</versionCreated>
</itemMeta><contentMeta><contentCreated>2025-11-03T10:00:00+01:00</contentCreated>{by}
<headline>Barge adrift</headline></contentMeta><contentSet>{content}</contentSet></newsItem>"""


XHTML = f'<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body><p>{TEXT}</p></body></html></inlineXML>'


@pytest.mark.parametrize(
    "content",
    [XHTML, f"<inlineXML>{NITF[NITF.index('<nitf') :]}</inlineXML>", f"<inlineData>{TEXT}</inlineData>"],
)
def test_newsml_g2(tmp_path: Path, content: str) -> None:
    message = (
        f"<newsMessage><itemSet>{g2('text', content)}{g2('picture', '<remoteContent/>', 2)}</itemSet></newsMessage>"
    )
    ((document,), errors) = read_file(tmp_path / "a.xml", message)
    assert not errors
    assert (document.external_id, document.title, document.author) == ("urn:g:1", "Barge adrift", "Ilse Dornan")
    assert (document.source, document.language) == ("The Wire", "en")
    assert document.published is not None
    assert document.published.isoformat() == "2025-11-03T10:00:00+01:00"
    assert TEXT.strip() in document.content
    (notice,) = notices(tmp_path / "a.xml")
    assert "1 item is a picture" in notice


def test_newsml_g2_of_several_forms_and_pieces(tmp_path: Path) -> None:
    brief = "<inlineXML><html><body><p>A barge.</p></body></html></inlineXML>"
    pieces = f"<inlineXML><p>{TEXT}</p>and <p>A second.</p></inlineXML>"
    by = '<creator qcode="s:1"><name>Ilse Dornan</name></creator><creator qcode="s:2"><name>Per Haugli</name></creator>'
    item = g2("composite", brief + pieces, by=by).replace('literal="The Wire"', 'qcode="nprov:WIRE"')
    events = g2("composite", "<inlineXML><events><event><name>Launch</name></event></events></inlineXML>", 2)
    message = f"<newsMessage><itemSet>{item}{events}</itemSet></newsMessage>"
    ((document,), errors) = read_file(tmp_path / "a.xml", message)
    assert not errors
    assert (document.author, document.source) == ("Ilse Dornan, Per Haugli", "WIRE")
    assert f"<p>{TEXT}</p>and <p>A second.</p>" in document.content


def test_what_agencies_send_beside_news_is_named(tmp_path: Path) -> None:
    _, (error,) = read_file(tmp_path / "a.xml", '<conceptItem xmlns="http://iptc.org/std/nar/2006-10-01/"/>')
    assert "no news item" in error.cause


def test_a_sitemap_given_as_a_file_gets_advice(tmp_path: Path) -> None:
    data = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/1</loc></url></urlset>'
    )
    _, (error,) = read_file(tmp_path / "a.xml", data)
    assert "feeds add" in (error.advice or "")


def test_a_text_in_another_encoding_is_read_with_a_note(tmp_path: Path) -> None:
    text = "“We do not give up while there is light,” she said in the café of the seamen’s mission. " * 5
    ((document,), errors) = read_file(tmp_path / "a.txt", text.encode("cp1252"))
    assert not errors
    assert document.content == text
    assert "guessed" in document.extra["encoding"]
    (notice,) = notices(tmp_path / "a.txt")
    assert "is not UTF-8" in notice


def test_how_far_the_reading_is_is_told_in_bytes_of_the_disk(tmp_path: Path) -> None:
    from workers.producers import read, size

    lines = "".join(json.dumps({"content": f"{n} {TEXT}"}) + "\n" for n in range(2000))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "b.warc").write_bytes(b"".join(record(PAGE.encode(), n=n) for n in range(20)))
    (tmp_path / "c.jpg").write_bytes(b"x" * 1000)
    counted: list[int] = []
    assert len(list(read([tmp_path], on_bytes=counted.append))) > 2000
    assert sum(counted) == size([tmp_path])
