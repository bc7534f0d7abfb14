"""What is cut round an article's paragraphs."""

from __future__ import annotations

from lxml import html

from pipeline.clean.facts import Facts
from pipeline.clean.prose import page_lines
from pipeline.clean.trimming import trimmed


def test_paragraphs_that_the_page_hides_are_kept_with_what_it_shows_below_them() -> None:
    hidden = [
        "The mayor of Orlen said on Monday that the bridge will stay closed until the end of May.",
        "Repairs cost 2 million crowns, the council said, and 14 workers were hired for them.",
    ]
    tree = html.fromstring(f"<body><div hidden><p>{'</p><p>'.join(hidden)}</p></div><p>More on Friday</p></body>")
    lines = [*hidden, "More on Friday"]
    assert trimmed(lines, page_lines(tree), Facts()) == (lines, [])
