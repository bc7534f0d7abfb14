"""Which of an entry's texts is its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.producers.reading import read_file
from workers.producers.entries import EntryWithoutText

TEXT = "Rescuers searched a third day for the crew of the barge, the harbour master said on Tuesday. " * 4
CAPTION = "Tugs at work off the breakwater on Tuesday."
MEDIA = f'<m:content url="p"><m:title>At sea</m:title><m:description type="plain">{CAPTION}</m:description></m:content>'


def content(markup: str) -> str:
    return f"<c:encoded><![CDATA[{markup}]]></c:encoded>"


def rss(*elements: str) -> str:
    spaces = 'xmlns:m="http://search.yahoo.com/mrss/" xmlns:c="http://purl.org/rss/1.0/modules/content/"'
    item = f"<item><title>Barge adrift</title><guid>1</guid>{''.join(elements)}</item>"
    return f'<rss version="2.0" {spaces}><channel><title>The Courier</title>{item}</channel></rss>'


@pytest.mark.parametrize(
    "elements",
    [
        (f"<description>{TEXT}</description>", MEDIA),
        (MEDIA, f"<description>{TEXT}</description>"),
        (f"<description>{TEXT}</description>", f"<m:group>{MEDIA.replace(CAPTION, CAPTION * 60)}</m:group>"),
        ("<description>Short.</description>", content(f"<p>{TEXT}</p>"), MEDIA.replace(CAPTION, CAPTION * 60)),
        (f"<description>{TEXT}</description>", content(f"<figure><img><figcaption>{CAPTION}</figcaption></figure>")),
        (f"<description>{TEXT}</description>", content("<p>Tap to listen.</p><audio src='a.mp3'></audio>")),
        (f"<description>{TEXT}</description>", content("<a href='/x'>Read more »</a>")),
        (f"<description>{TEXT}</description>", content("<p>Lire la suite</p>")),
        (content(f"<p>{TEXT}</p>"), "<description>Read more…</description>"),
        (content(f"<p>{TEXT}</p>"), f"<description>{TEXT}</description>"),
    ],
)
def test_the_text_is_taken_and_not_a_caption_or_a_button(tmp_path: Path, elements: tuple[str, ...]) -> None:
    ((document,), errors) = read_file(tmp_path / "a.rss", rss(*elements))
    assert not errors
    assert TEXT.strip() in document.content
    assert CAPTION not in document.content


def test_of_two_that_say_as_much_the_content_is_taken(tmp_path: Path) -> None:
    elements = (f"<description>{TEXT} Advertisement.</description>", content(f"<p>{TEXT}</p>"))
    ((document,), _) = read_file(tmp_path / "a.rss", rss(*elements))
    assert "Advertisement" not in document.content


@pytest.mark.parametrize("text", ["Read more", "<![CDATA[<p>Tap to listen.</p>]]>", "続きを読む"])
def test_an_entry_of_a_button_alone_has_no_text(tmp_path: Path, text: str) -> None:
    (_, (error,)) = read_file(tmp_path / "a.rss", rss(f"<description>{text}</description>"))
    assert isinstance(error, EntryWithoutText)


def test_where_a_clip_is_all_there_is_its_description_is_the_text(tmp_path: Path) -> None:
    ((document,), _) = read_file(tmp_path / "a.rss", rss(MEDIA))
    assert document.content == CAPTION


def test_a_json_item_is_chosen_likewise(tmp_path: Path) -> None:
    item = f'{{"id": "1", "content_html": "<figcaption>{CAPTION}</figcaption>", "content_text": "{TEXT}"}}'
    feed = f'{{"version": "https://jsonfeed.org/version/1.1", "title": "C", "items": [{item}]}}'
    ((document,), _) = read_file(tmp_path / "a.json", feed)
    assert document.content.startswith("Rescuers")
