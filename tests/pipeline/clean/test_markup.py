"""Pieces of HTML as feeds, dumps and content systems hold them, and small pages. All invented."""

from __future__ import annotations

import pytest

from pipeline.clean import clean
from schemas.documents import RawDocument

ONE = "The river Vessa rose two metres in a night and carried away the bridge at Orlen, officials said."
TWO = "Fourteen people were killed and thirty injured, the regional health service said on Monday."
THREE = "Rescuers searched the lower town until dark, and the army flew in tents for 200 families."


def text_of(content: str, content_type: str = "text/plain") -> list[str]:
    return clean(RawDocument.model_validate({"content": content, "content_type": content_type})).text.split("\n")


@pytest.mark.parametrize("content_type", ["text/plain", "text/html"])
@pytest.mark.parametrize(
    "content",
    [
        f"<div>{ONE}</div><div>{TWO}</div><div>{THREE}</div>",
        f"<ul><li>{ONE}</li><li>{TWO}</li><li>{THREE}</li></ul>",
        f"&lt;p&gt;{ONE}&lt;/p&gt;&lt;p&gt;{TWO}&lt;/p&gt;&lt;p&gt;{THREE}&lt;/p&gt;",
        f"<![CDATA[<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>]]>",
        # Text that no block holds: before, between and behind blocks, or parted by blank lines alone.
        f"{ONE}<p>{TWO}</p><p>{THREE}</p>",
        f"<strong>{ONE}</strong><p>{TWO}</p><p>{THREE}</p>",
        f"<p>{ONE}</p>{TWO}<p>{THREE}</p>",
        f"<p>{ONE}</p><p>{TWO}</p> {THREE}",
        f"{ONE}\n\n{TWO.replace('service', '<a href=/h>service</a>')}\n\n{THREE}",
        f"{ONE}\n\n<i>{TWO}</i>\n\n{THREE}",
    ],
)
def test_pieces_of_html_give_their_paragraphs(content: str, content_type: str) -> None:
    assert text_of(content, content_type) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "content",
    [
        f"{ONE}\nThe element <p> begins a paragraph, and 3 < 4.\n{TWO}",
        f"{ONE}\nWhere a <b and c> d, nothing follows.\n{TWO}",
    ],
)
def test_text_that_speaks_of_tags_is_text(content: str) -> None:
    assert text_of(content) == content.split("\n")


def test_a_text_in_cdata_is_that_text() -> None:
    assert text_of(f"<![CDATA[{ONE}]]>") == [ONE]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (f"<h1>Bridge falls</h1><div>{ONE}</div><footer>Orlen Herald</footer>", [ONE]),
        (
            f"<h1>Bridge falls</h1><div>Two dead.</div><div>{ONE}</div><div>More soon.</div>",
            ["Two dead.", ONE, "More soon."],
        ),
        ("<div>Two dead in Orlen.</div><div>Four hurt.</div>", ["Two dead in Orlen.", "Four hurt."]),
        (
            f"<ul>{''.join(f'<li><a href=/{n}>The town and its people, part {n}</a></li>' for n in range(20))}</ul>"
            f"<div>{ONE}</div>",
            [ONE],
        ),
        (
            f"<h1>Bridge falls</h1><pre>{ONE}\n\n{TWO.replace(' and', ' and' + chr(10))}\n \n{THREE}</pre>",
            [ONE, TWO, THREE],
        ),
    ],
)
def test_short_pages_are_not_run_together(body: str, lines: list[str]) -> None:
    assert text_of(f"<html><head><title>Bridge falls</title></head><body>{body}</body></html>") == lines
