"""Title, author and date of pages that state them in few or in contradicting ways. All invented."""

from __future__ import annotations

from datetime import date

import pytest

from tests.pipeline.clean.test_kinds_of_pages import BODY, HEADLINE, article, cleaned, linked, page

MET = '<meta property="og:site_name" content="Orlen Herald">'
HOME = '<h1><a href="/">Tales &amp; Tides now</a></h1>'
STATED = linked(**{"@type": "NewsArticle", "datePublished": "2026-03-05T01:41:00Z"})
OLDER = linked(**{"@type": "NewsArticle", "datePublished": "2020-03-04"})


@pytest.mark.parametrize(
    ("head", "above", "title"),
    [
        (f"<title>{HEADLINE} | Tales &amp; Tides now</title>", f"{HOME}<h1>{HEADLINE}</h1>", HEADLINE),
        ("<title>Trips to the valley</title>", "<h1>Orlen-Westbank</h1>", "Orlen-Westbank"),
        (f"<title>{HEADLINE} : Orlen Herald | News of the river</title>{MET}", "", HEADLINE),
        (f"<title>The flood - {HEADLINE}</title>", f"<h1><span>The flood</span><span>{HEADLINE}</span></h1>", HEADLINE),
        # A day before the headline, and a statement without a word.
        (f"<title>4.03.2026 - {HEADLINE}</title>", f"<h1>4.03.2026 - {HEADLINE}</h1>", HEADLINE),
        ("<title>2026 - the year of floods</title>", "", "2026 - the year of floods"),
        ('<meta property="og:title" content=".:">', f"<h1>{HEADLINE}</h1>", HEADLINE),
        # A line above the headline, in the same heading: stated alone, or apart from it, or glued to it.
        (
            f'<meta property="og:title" content="{HEADLINE}"><title>The flood: {HEADLINE}</title>',
            f"<h1><span>The flood</span> <span>{HEADLINE}</span></h1>",
            HEADLINE,
        ),
        (
            f'<meta property="og:title" content="The flood: {HEADLINE}">',
            f"<h1><span>After the flood</span> <span>{HEADLINE}</span></h1>",
            HEADLINE,
        ),
        (
            f'<meta property="og:title" content="The flood - {HEADLINE}">',
            f"<h1><span>The flood</span>{HEADLINE}</h1>",
            HEADLINE,
        ),
        (f"<title>{HEADLINE}</title>", f"<h1><span>{HEADLINE[0]}</span>{HEADLINE[1:]}</h1>", HEADLINE),
        # Of several headings of first rank the one on what is stated; what hyphens are put in for lines is no text.
        (
            '<meta property="og:title" content="Why bridges fell">',
            f"<h1>{HEADLINE}</h1><h1>Letters from our readers</h1>",
            HEADLINE,
        ),
        (f"<title>{HEADLINE}</title>", f"<h1>{HEADLINE[:3]}\u00ad{HEADLINE[3:]}</h1>", HEADLINE),
        # An outlet that is named nowhere else.
        ("<title>Vessa floods - ilsed</title>", "<h1>Vessa floods</h1><h1>What comes next</h1>", "Vessa floods"),
        ("<title>維沙河上漲，三人死亡-河報</title>", "", "維沙河上漲，三人死亡"),
        (f"<title>{HEADLINE} | Herald</title>", "", HEADLINE),
        (f"<title>{HEADLINE} - Three Dead</title>", "", f"{HEADLINE} - Three Dead"),
        # A headline that ends in the outlet's name.
        (
            f"{MET}<title>Letters - All new maps of the lower river valley in Orlen Herald</title>",
            "",
            "Letters - All new maps of the lower river valley in Orlen Herald",
        ),
    ],
)
def test_titles(head: str, above: str, title: str) -> None:
    assert cleaned(page(article(*BODY, above=above), head)).title == title


@pytest.mark.parametrize(
    ("head", "above", "author"),
    [
        ("", '<span class="author vcard">Author <a class="fn" href="/i">Ilse Dornan</a></span>', "Ilse Dornan"),
        ("", '<div class="meta--author">Posted on May 21, 2025 by Ilse Dornan</div>', "Ilse Dornan"),
        ("", "<p>By Ilse Dornan, in Orlen</p>", "Ilse Dornan"),
        ("", '<ul class="metaAuthorList"><li>Ilse Dornan</li></ul>', "Ilse Dornan"),
        ('<meta name="author" content="Orlen Herald - Ilse Dornan">', "", "Ilse Dornan"),
        ('<meta name="author" content="Orlen Herald">', '<p class="autor">Ilse Dornan</p>', "Ilse Dornan"),
        ('<meta name="author" content="ilsedornan">', '<a rel="author" href="/i">Ilse Dornan</a>', "Ilse Dornan"),
        ('<meta name="author" content="ilsedornan">', "", "ilsedornan"),
        # What stands apart in an element is no part of the name: a label, an office, a day, a place, another's work.
        ("", '<div class="byline"><b>By</b><a href="/i">Ilse Dornan</a><i>Staff writer</i>Dec 14</div>', "Ilse Dornan"),
        (
            "",
            '<div class="byline"><b>By</b><a href="/i">Ilse Dornan</a><i> and </i><a href="/j">Jan Kowal</a></div>',
            "Ilse Dornan; Jan Kowal",
        ),
        ("", '<p class="byline">Ilse Dornan December 14, 2025</p>', "Ilse Dornan"),
        ("", '<p class="byline">Ilse Dornan in River News</p>', "Ilse Dornan"),
        ("", '<p class="byline">Ilse Dornan, illustrations by Jan Kowal</p>', "Ilse Dornan"),
        ("", '<p class="author">Show the archive →</p><p>By Ilse Dornan</p>', "Ilse Dornan"),
        ("", "<p>3 March 2026 · by Ilse Dornan · in River</p>", "Ilse Dornan"),
        ("", "<p><span>By</span><span>Ilse Dornan</span></p>", "Ilse Dornan"),
        ("", "<p>4.03.2026 - Redaktion: Ilse Dornan (Pressestelle)</p>", "Ilse Dornan"),
        ("", "<p>Gastbeitrag von Ilse Dornan</p>", "Ilse Dornan"),
        ('<meta name="author" content="Orlen Herald">', "<p>By Ilse Dornan</p>", "Ilse Dornan"),
        (
            '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ilse Dornan">',
            "",
            "Ilse Dornan",
        ),
        ('<meta name="author" content="No Author">', "", None),
        (
            linked(**{"@type": "Recipe", "author": {"name": "Ilse Dornan"}, "datePublished": "2026-03-04"}),
            "",
            "Ilse Dornan",
        ),
        (
            '<meta name="author" content="Ilse Dornan in conversation with Jan Kowal">',
            "",
            "Ilse Dornan; Jan Kowal",
        ),
    ],
)
def test_authors(head: str, above: str, author: str | None) -> None:
    assert cleaned(page(article(*BODY, above=f"<h1>{HEADLINE}</h1>{above}"), MET + head)).author == author


@pytest.mark.parametrize(
    ("head", "shown", "day"),
    [
        # Greenwich is a day ahead of the clock by which the page shows the same moment.
        (STATED, "4 March 2026, 21:41", "2026-03-04"),
        (STATED, "<b>4 March 2026</b><b>21:41</b>", "2026-03-04"),
        (STATED, "4 March 2026, 21:17", "2026-03-05"),
        ('<meta name="date" content="2026-03-09">', "4 March 2026", "2026-03-04"),
        ('<meta name="date" content="2026-03-04">', "9 March 2026", "2026-03-04"),
        ('<meta name="example:published-time" content="04.03.2026 18:50">', "", "2026-03-04"),
        ('<meta property="article:published_time " content="2026-03-04T18:50:00Z">', "", "2026-03-04"),
        # A change is told by a label before its date, in the line before it, or behind it.
        ("", "Updated:<br>9 March 2026<br>Original:<br>4 March 2026", "2026-03-04"),
        ("", "9 March 2026 last updated<br>4 March 2026", "2026-03-04"),
        (STATED + '<meta name="pubdate" content="2026-03-07T10:00:00Z">', "Updated 10:15, 7 March 2026", "2026-03-05"),
        # A clock in an element of its own; a film's length.
        ("", "<b>4 March 2026</b><b>10:15</b>", "2026-03-04"),
        ("", '<time datetime="2026-03-04T10:15:00Z">today</time><time datetime="PT3M14S">3:14</time>', "2026-03-04"),
        ('<meta name="example:published-time" content="04/03/2026">', "", None),
        (
            OLDER + '<meta name="pubdate" content="2026-03-04">',
            "4 March 2026",
            "2026-03-04",
        ),
        ("", "", None),
    ],
)
def test_days(head: str, shown: str, day: str | None) -> None:
    above = f"<h1>{HEADLINE} since 1 May 2019</h1><p>{shown}</p>"
    published = cleaned(page(article(*BODY, above=above), MET + head)).published
    assert (published and published.date()) == (day and date.fromisoformat(day))


@pytest.mark.parametrize(
    ("above", "day"),
    [
        # The day of the visit in the page's head, and the article's below its headline.
        (f"<p>Friday, 20 March 2026</p><h1>{HEADLINE}</h1><p>By Jane Roe | 4 March 2026</p>", "2026-03-04"),
        (f"<p>4 March 2026</p><h1>{HEADLINE}</h1><p>By Jane Roe</p>", "2026-03-04"),
        # The site's own heading with its menu, and the article's, of which the date is a part.
        (
            f"<h1>Orlen district</h1><ul><li>Grants (until 31.12.2018)</li><li>Roads</li></ul>"
            f"<p>Home</p><p>News</p><p>River</p><p>Notices</p><h1><span>4.03.2026</span>{HEADLINE}</h1>",
            "2026-03-04",
        ),
        (f"<h1>Orlen district</h1><p>4 March 2026</p>{'<p>News</p>' * 5}<h1>{HEADLINE}</h1>", "2026-03-04"),
        # Times beside the headline go before others of the page; not that of a change.
        (
            f'<h1>{HEADLINE}</h1><p>Updated <time datetime="2026-03-07T09:00:00Z">today</time></p>'
            '<p><time datetime="2026-03-04T10:15:00Z">10:15</time></p>',
            "2026-03-04",
        ),
    ],
)
def test_the_day_shown_beside_the_headline(above: str, day: str) -> None:
    other = '<ul><li><time datetime="2026-02-02T08:00:00Z">8:00</time> <a href="/2">Another flood</a></li></ul>'
    shown = page(f"{above}{article(*BODY)}{other}", f"<title>{HEADLINE}</title>")
    published = cleaned(shown).published
    assert published is not None
    assert published.date() == date.fromisoformat(day)
