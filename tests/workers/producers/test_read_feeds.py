"""RSS and Atom as they are served, whole and broken."""

from __future__ import annotations

import socket
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import feedparser
import pytest

from tests.workers.producers.reading import read_file

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>The Gazette</title><link>https://gazette.example/</link>
{}
</channel>
</rss>
"""
ITEM = """<item>
<title>Bridge reopens &amp;amp; traffic returns</title>
<link>https://www.gazette.example/bridge</link>
<guid isPermaLink="false">gazette-7</guid>
<dc:creator>A. Reporter</dc:creator>
<pubDate>Wed, 01 May 2024 08:00:00 +0200</pubDate>
<description>The bridge is open.</description>
<content:encoded><![CDATA[<p>The bridge is <b>open</b> again.</p><script>track()</script>]]></content:encoded>
</item>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>The Gazette</title><link href="https://gazette.example/"/><id>urn:gazette</id>
<updated>2024-05-01T09:00:00Z</updated>
{}
</feed>
"""
ENTRY = """<entry>
<title type="html">Bridge &lt;i&gt;reopens&lt;/i&gt;</title>
<link href="https://gazette.example/bridge"/><id>urn:gazette:7</id>
<author><name>A. Reporter</name></author><author><name>B. Writer</name></author>
<published>2024-05-01T08:00:00+02:00</published><updated>2024-05-01T09:00:00Z</updated>
<summary>The bridge is open.</summary>
{}
</entry>"""


@pytest.mark.parametrize("name", ["a.rss", "a.xml", "a.atom", "a.rss.gz"])
def test_rss_entry_becomes_a_document(tmp_path: Path, name: str) -> None:
    [document], errors = read_file(tmp_path / name, RSS.format(ITEM))
    assert not errors
    assert document.external_id == "gazette-7"
    assert document.url == "https://www.gazette.example/bridge"
    assert document.source == "www.gazette.example"
    assert document.title == "Bridge reopens & traffic returns"
    assert document.author == "A. Reporter"
    assert document.published == datetime(2024, 5, 1, 8, tzinfo=timezone(timedelta(hours=2)))
    assert document.published.utcoffset() == timedelta(hours=2)
    assert not document.published_naive
    assert document.content_type == "text/html"
    assert document.content == "<p>The bridge is <b>open</b> again.</p><script>track()</script>"
    assert document.extra == {"feed": "The Gazette"}


@pytest.mark.parametrize(
    ("content", "expected", "content_type"),
    [
        (
            '<content type="html">&lt;p&gt;It is open again.&lt;/p&gt;</content>',
            "<p>It is open again.</p>",
            "text/html",
        ),
        ("<content>Open again, 3 &lt; 5.</content>", "Open again, 3 < 5.", "text/plain"),
        ('<content type="image/png" src="https://gazette.example/a.png"/>', "The bridge is open.", "text/plain"),
        ('<content type="html">&lt;img src="a.png"&gt;</content>', "The bridge is open.", "text/plain"),
        ("", "The bridge is open.", "text/plain"),
    ],
)
def test_atom_entry_becomes_a_document(tmp_path: Path, content: str, expected: str, content_type: str) -> None:
    [document], errors = read_file(tmp_path / "a.atom", ATOM.format(ENTRY.format(content)))
    assert not errors
    assert document.content == expected
    assert document.content_type == content_type
    assert document.external_id == "urn:gazette:7"
    assert document.url == "https://gazette.example/bridge"
    assert document.source == "gazette.example"
    assert document.title == "Bridge reopens"
    assert document.author == "A. Reporter, B. Writer"
    assert document.published
    assert document.published.isoformat() == "2024-05-01T08:00:00+02:00"


def test_xhtml_content(tmp_path: Path) -> None:
    content = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Open again.</p></div></content>'
    [document], _ = read_file(tmp_path / "a.atom", ATOM.format(ENTRY.format(content)))
    assert document.content_type == "text/html"
    assert "<p>Open again.</p>" in document.content


@pytest.mark.parametrize(
    "feed",
    [
        '<rss version="0.91"><channel><title>G</title>{}</channel></rss>',
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
        '<rss version="0.91"><channel><title>G</title>{}</channel></rss>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="x"><title>G</title></channel>{}</rdf:RDF>',
    ],
    ids=["0.91", "0.91 with its DTD", "1.0"],
)
def test_older_rss(tmp_path: Path, feed: str) -> None:
    item = (
        "<item><title>Bridge</title><link>https://gazette.example/b</link><description>It is open.</description></item>"
    )
    [document], errors = read_file(tmp_path / "a.rss", feed.format(item))
    assert document.content == "It is open."
    assert document.external_id == "https://gazette.example/b"
    assert not errors


def test_entry_without_link_takes_its_source_from_the_feed(tmp_path: Path) -> None:
    item = "<item><description>It is open.</description></item>"
    [document], _ = read_file(tmp_path / "local.rss", RSS.format(item))
    assert document.source == "gazette.example"
    assert document.external_id == "local"
    feed = RSS.format(item).replace("<link>https://gazette.example/</link>", "<link>http://[bad</link>")
    [document], _ = read_file(tmp_path / "local.rss", feed)
    assert document.source == "The Gazette"


@pytest.mark.parametrize(
    "text", ["", "<description> </description>", "<description>&lt;img src='a.png'&gt;&amp;nbsp;</description>"]
)
def test_entry_without_text_is_named_and_the_rest_goes_on(tmp_path: Path, text: str) -> None:
    empty = f"<item><title>SECRET TITLE</title>{text}</item>"
    documents, [error] = read_file(
        tmp_path / "a.rss", RSS.format(ITEM + empty + ITEM.replace("gazette-7", "gazette-8"))
    )
    assert [document.external_id for document in documents] == ["gazette-7", "gazette-8"]
    assert error.resource.endswith("a.rss, entry 2")
    assert error.cause == "has no text"


@pytest.mark.parametrize(
    ("date", "naive", "extra"),
    [
        ("Wed, 01 May 2024 08:00:00", True, "Wed, 01 May 2024 08:00:00"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", False, "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("yesterday", False, "yesterday"),
    ],
)
def test_uncertain_date_is_kept_as_written(tmp_path: Path, date: str, naive: bool, extra: str) -> None:
    feed = RSS.format(ITEM).replace("Wed, 01 May 2024 08:00:00 +0200", date)
    [document], _ = read_file(tmp_path / "a.rss", feed)
    assert document.extra == {"feed": "The Gazette", "published": extra}
    assert document.published_naive is naive
    assert document.published == (datetime(2024, 5, 1, 8, tzinfo=UTC) if naive else None)


def test_updated_stands_in_for_published(tmp_path: Path) -> None:
    feed = ATOM.format(ENTRY.format("")).replace("<published>2024-05-01T08:00:00+02:00</published>", "")
    [document], _ = read_file(tmp_path / "a.atom", feed)
    assert document.published == datetime(2024, 5, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_declared_encoding(tmp_path: Path, encoding: str) -> None:
    feed = RSS.replace("UTF-8", encoding).format("<item><description>The café is open – again.</description></item>")
    data = feed.encode("cp1252" if encoding == "iso-8859-1" else encoding)
    [document], errors = read_file(tmp_path / "a.rss", data)
    assert document.content == "The café is open – again."
    assert not errors


def test_sloppy_feed_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    sloppy = "<item><description>Fish & chips&nbsp;<b>again</description></item>"
    documents, errors = read_file(
        tmp_path / "a.rss", RSS.format(sloppy + "<item><description>Open.</description></item>")
    )
    assert documents[-1].content == "Open."
    assert documents[0].content.startswith("Fish &")
    assert not errors


@pytest.mark.parametrize("cut", ["</channel>", "<guid", "track()"])
def test_truncated_feed_keeps_what_is_whole(tmp_path: Path, cut: str) -> None:
    feed = RSS.format(ITEM + "\n" + ITEM.replace("gazette-7", "gazette-8"))
    documents, [error] = read_file(tmp_path / "a.rss", feed[: feed.rindex(cut)])
    whole = ["gazette-7", "gazette-8"] if cut == "</channel>" else ["gazette-7"]
    assert [document.external_id for document in documents] == whole
    assert error.cause == f"is truncated after entry {len(whole)}"
    assert ", line " in error.resource


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("not markup at all", "is not a feed (RSS, Atom)"),
        ("<note><to>you</to></note>", "is not a feed (RSS, Atom)"),
        ("<html><body><p>The bridge is open.</p></body></html>", "is a web page, not a feed"),
        (RSS.format(""), "has no entries"),
        ('<?xml version="1.0"?><opml version="2.0"><body/></opml>', "is a list of feeds, not a feed"),
    ],
)
def test_what_is_no_feed(tmp_path: Path, text: str, cause: str) -> None:
    documents, [error] = read_file(tmp_path / "a.xml", text)
    assert not documents
    assert error.cause == cause


def test_parser_that_breaks_is_an_error_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise AssertionError("SECRET BODY")

    monkeypatch.setattr(feedparser, "parse", broken)
    documents, [error] = read_file(tmp_path / "a.rss", RSS.format(ITEM))
    assert not documents
    assert error.cause == "cannot be parsed as a feed (AssertionError)"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a reader used the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("no_network")
def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET")
    head = (
        f'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://gazette.example/a.dtd" [<!ENTITY a SYSTEM '
        f'"file://{tmp_path}/secret"><!ENTITY % b SYSTEM "http://gazette.example/b"> %b;]>'
    )
    item = "<item><description>It is open. &a;</description></item>"
    [document], _ = read_file(tmp_path / "a.rss", head + f'<rss version="2.0"><channel>{item}</channel></rss>')
    assert document.content.startswith("It is open.")
    assert "SECRET" not in document.content
    # A file whose whole content is an address must not be taken for one.
    _, [error] = read_file(tmp_path / "b.rss", "http://gazette.example/feed")
    assert error.cause == "is not a feed (RSS, Atom)"


@pytest.mark.parametrize(
    "entities",
    [
        [("a", "x" * 100_000)],
        [("z", "x"), ("a", "&z;" * 100_000)],
        [("q", "]><b>"), ("a", "x" * 100_000)],
    ],
    ids=["one large", "one of many", "behind what looks like the root"],
)
def test_entities_do_not_grow(tmp_path: Path, entities: list[tuple[str, str]]) -> None:
    declared = "\n".join(f'<!ENTITY {name} "{value}">' for name, value in entities)
    item = f"<item><description>open {'&a;' * 2_000}</description></item>"
    feed = f'<!DOCTYPE rss [\n{declared}\n]>\n<rss version="2.0"><channel>{item}</channel></rss>'
    tracemalloc.start()
    documents, errors = read_file(tmp_path / "a.rss", feed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(documents) + len(errors) > 0
    assert peak < 50 * 2**20


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("desk@gazette.example (Ilse Dornan)", "Ilse Dornan"),
        ("Ilse Dornan &lt;desk@gazette.example&gt;", "Ilse Dornan"),
        ("desk@gazette.example", None),
        ("Ilse Dornan", "Ilse Dornan"),
        ("Ilse Dornan (Velmora)", "Ilse Dornan (Velmora)"),
    ],
)
def test_an_author_is_a_name_and_no_address(tmp_path: Path, written: str, author: str | None) -> None:
    entry = f"<item><title>T</title><author>{written}</author><description>The bridge is open.</description></item>"
    [document], _ = read_file(tmp_path / "a.rss", RSS.format(entry))
    assert document.author == author
