"""Pages of the kinds that went wrong in the world: all of the article, nothing else, its own facts. All invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.clean import clean
from schemas.documents import RawDocument
from schemas.errors import NoTextError
from schemas.records import Cleaned

LEAD = "Two bridges fell into the river on Tuesday and 14 people are missing, the mayor of Orlen said."
BODY = [
    "The river rose two metres in a night, and 40 families were taken to a school on the hill, the council said.",
    "“We have lost everything, but we are alive,” said a baker whose shop stood by the bridge for forty years.",
    "Engineers expect the water to fall by the weekend, although more rain is forecast for the upper valley.",
    "The council has opened two schools for those whose houses cannot be reached, and asked for blankets and food.",
    "Three villages on the left bank were still without power on Wednesday, the company that runs the lines said.",
    "The governor promised to find out why the sirens stayed silent until an hour after the first bridge had gone.",
]
HEADLINE = "Bridges fall as the river rises in Orlen"
HEAD = (
    f'<title>{HEADLINE} | Orlen Herald</title><meta property="og:title" content="{HEADLINE}">'
    '<meta property="og:site_name" content="Orlen Herald">'
)


def page(inside: str, head: str = HEAD, lang: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head>{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<main>{inside}</main><footer><p>© 2026 Orlen Herald. All rights reserved.</p></footer></body></html>"
    )


def article(*paragraphs: str, above: str = f"<h1>{HEADLINE}</h1>") -> str:
    return f"<article>{above}{''.join(f'<p>{line}</p>' for line in paragraphs)}</article>"


def linked(**data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def cleaned(html: str) -> Cleaned:
    return clean(RawDocument(content=html, content_type="text/html"))


@pytest.mark.parametrize("box", ["intro", "teaser-top", "article__lead", ""])
def test_a_lead_in_a_box_of_its_own_stays_in_its_place(box: str) -> None:
    body = "".join(f"<p>{line}</p>" for line in BODY)
    inside = (
        f'<article><h1>{HEADLINE}</h1><div class="{box}"><p>{LEAD}</p></div><div class="text">{body}</div></article>'
    )
    assert cleaned(page(inside)).text.split("\n") == [LEAD, *BODY]


@pytest.mark.parametrize("paragraphs", [[LEAD], [LEAD, BODY[0]], [LEAD, *BODY]])
def test_a_lead_that_is_the_description_stays(paragraphs: list[str]) -> None:
    head = f'{HEAD}<meta name="description" content="{LEAD}">'
    assert cleaned(page(article(*paragraphs), head)).text.split("\n") == paragraphs


def test_a_notice_of_correction_behind_the_text_stays() -> None:
    notice = "An earlier version of this report gave the number of missing people as 41; it is 14."
    inside = article(*BODY).replace("</article>", f'<div class="note"><p>{notice}</p></div></article>')
    assert cleaned(page(inside)).text.split("\n") == [*BODY, notice]


def test_a_body_in_several_parts_is_whole() -> None:
    parts = "".join(
        f'<div class="part"><div class="in"><p>{a}</p><p>{b}</p></div></div><div class="ad">Advertisement</div>'
        for a, b in zip(BODY[::2], BODY[1::2], strict=True)
    )
    assert cleaned(page(f"<h1>{HEADLINE}</h1><div>{parts}</div>")).text.split("\n") == BODY


def test_a_menu_is_not_taken_for_the_article() -> None:
    menu = "".join(f'<span><a href="/{n}">Section number {n} of the paper</a></span> ' for n in range(30))
    text = "".join(f"<div>{line}</div>" for line in BODY)
    inside = f'<div class="top">{menu}</div><div><h1>{HEADLINE}</h1></div><div class="story"><div>{text}</div></div>'
    assert cleaned(page(inside)).text.split("\n") == BODY


def test_what_readers_wrote_is_no_part_of_it() -> None:
    said = "".join(
        f"<div><p>I have lived by that bridge for {n} years and nobody ever came to look at its stones.</p></div>"
        for n in range(10, 40)
    )
    inside = f'{article(*BODY[:3])}<section id="comments"><h2>30 readers have their say</h2>{said}</section>'
    assert cleaned(page(inside)).text.split("\n") == BODY[:3]


def test_the_text_of_linked_data_has_its_paragraphs_and_a_note() -> None:
    head = HEAD + linked(**{"@type": "NewsArticle", "headline": HEADLINE, "articleBody": "\n\n".join(BODY)})
    result = cleaned(page('<div id="app"></div>', head))
    assert result.text.split("\n") == BODY
    assert result.notes == ["text from the page's linked data"]


def test_the_text_of_a_pages_script_is_read_with_a_note() -> None:
    data = {
        "page": {"menu": ["Home", "Sport"], "blocks": [{"kind": "text", "html": f"<b>{line}</b>"} for line in BODY]}
    }
    inside = f'<div id="root">Loading…</div><script type="application/json">{json.dumps(data)}</script>'
    result = cleaned(page(inside))
    assert result.text.split("\n") == BODY
    assert result.notes == ["text from the data of the page's scripts"]


@pytest.mark.parametrize("shown", ["Loading…", "Loading...", "Home News Sport"])
def test_a_page_that_its_script_draws_fails_and_says_so(shown: str) -> None:
    with pytest.raises(NoTextError, match="drawn by a script"):
        cleaned(page(f'<div id="root">{shown}</div><script>draw()</script>'))


def test_a_stub_is_marked_and_holds_no_offer() -> None:
    offer = (
        "<h3>Keep reading for one euro</h3><p>Choose the yearly plan and save forty per cent in your first year.</p>"
    )
    inside = article(*BODY[:2]).replace("</article>", f'<div class="offer">{offer}</div></article>')
    result = cleaned(page(inside, HEAD + linked(**{"@type": "NewsArticle", "isAccessibleForFree": "False"})))
    assert result.text.split("\n") == BODY[:2]
    assert result.notes == ["not whole: the page says that the article is not free to read"]


def test_a_page_that_hides_the_rest_is_marked() -> None:
    hidden = f'<div class="paywalled" style="display:none"><p>{BODY[4]}</p></div>'
    result = cleaned(page(article(*BODY[:2]).replace("</article>", f"{hidden}</article>")))
    assert result.text.split("\n") == BODY[:2]
    assert result.notes == ["not whole: the page hides the rest behind a paywall"]


def test_a_whole_page_has_no_note() -> None:
    assert cleaned(page(article(*BODY))).notes == []


VIDEO = {"@type": "VideoObject", "datePublished": "2019-02-02T10:00:00Z"}
OTHERS = {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "datePublished": "2018-01-01T09:00:00Z"}]}
OWN = {"@type": "ReportageNewsArticle", "headline": HEADLINE, "datePublished": "2026-02-04T09:30:00Z"}


@pytest.mark.parametrize("data", [[VIDEO, OTHERS, OWN], [OWN, VIDEO], [{"@graph": [VIDEO, {"mainEntity": OWN}]}]])
def test_the_date_is_that_of_the_article_itself(data: list[object]) -> None:
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert cleaned(page(article(*BODY), HEAD + script)).published == datetime(2026, 2, 4, 9, 30, tzinfo=UTC)


def test_a_live_blog_began_when_its_coverage_did() -> None:
    posts = [{"@type": "BlogPosting", "datePublished": f"2026-02-04T{hour}:30:00Z"} for hour in (18, 17, 16)]
    data = {"@type": "LiveBlogPosting", "coverageStartTime": "2026-02-04T08:00:00Z", "liveBlogUpdate": posts}
    assert cleaned(page(article(*BODY), HEAD + linked(**data))).published == datetime(2026, 2, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "lang", "day"),
    [
        ("Published 4 February 2026", "en", (2026, 2, 4)),
        ("Last updated 6 February 2026 | Published 4 February 2026", "en", (2026, 2, 4)),
        ("04.02.2026, 10:15 Uhr", "de", (2026, 2, 4)),
        ("4 de febrero de 2026", "es", (2026, 2, 4)),
        ("Publié le 4 février 2026", "fr", (2026, 2, 4)),
        ("4 февраля 2026", "ru", (2026, 2, 4)),
        ("2026年2月4日", "ja", (2026, 2, 4)),
        ("04/02/2026", "en-GB", (2026, 2, 4)),
        ("02/04/2026", "en-US", (2026, 2, 4)),
        ("02/04/2026", "en", None),
        ("14/02/2026", "en", (2026, 2, 14)),
        ("The river", "en", None),
    ],
)
def test_a_date_shown_beside_the_headline(shown: str, lang: str, day: tuple[int, int, int] | None) -> None:
    above = f"<h1>{HEADLINE}</h1><div>{shown}</div>"
    published = cleaned(page(article(*BODY, above=above), lang=lang)).published
    assert (published and (published.year, published.month, published.day)) == day


def test_the_year_in_a_footer_is_no_date() -> None:
    assert cleaned(page(article(*BODY))).published is None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("ORLEN, Feb 4 2026 - The river rose two metres in a night.", datetime(2026, 2, 4, tzinfo=UTC)),
        ("ORLEN, 4 February 2026 (Agency) — The river rose two metres.", datetime(2026, 2, 4, tzinfo=UTC)),
        ("The army said on Feb 4 2026 - a day before - that it had left.", None),
        ("ORLEN - The river rose two metres in a night.", None),
    ],
)
def test_a_text_has_the_date_of_its_dateline(line: str, day: datetime | None) -> None:
    assert clean(RawDocument(content=line)).published == day


@pytest.mark.parametrize(
    ("title", "outlet", "headline"),
    [
        ("Bridges fall in Orlen | Orlen Herald", "Orlen Herald", "Bridges fall in Orlen"),
        ("Orlen Herald - Bridges fall in Orlen", "Orlen Herald", "Bridges fall in Orlen"),
        ("Bridges fall: what we know | News | Orlen Herald", "Orlen Herald", "Bridges fall: what we know"),
        ("橋が落ちる、十四人不明：オルレン新聞デジタル", "オルレン新聞デジタル", "橋が落ちる、十四人不明"),
        ("橋が落ちる、十四人不明｜オルレン新聞", "オルレン新聞", "橋が落ちる、十四人不明"),
    ],
)
def test_a_title_is_the_headline_without_the_outlet(title: str, outlet: str, headline: str) -> None:
    head = f'<title>{title}</title><meta property="og:site_name" content="{outlet}">'
    assert cleaned(page(article(*BODY, above=""), head)).title == headline


@pytest.mark.parametrize(
    ("metas", "names"),
    [
        (
            '<meta name="citation_author" content="Dornan, Ilse"><meta name="citation_author" content="Haugli, Per">',
            "Ilse Dornan; Per Haugli",
        ),
        ('<meta name="author" content="By Ilse Dornan and Per Haugli">', "Ilse Dornan; Per Haugli"),
        ('<meta name="author" content="Ilse Dornan, PhD">', "Ilse Dornan, PhD"),
        ('<meta name="author" content="ilse-dornan"><meta name="byl" content="Von Ilse Dornan">', "Ilse Dornan"),
        ('<meta property="article:author" content="https://orlen.example.org/people/ilse-dornan">', None),
        ('<meta name="author" content="Ilse Dornan am 4. Februar 2026">', "Ilse Dornan"),
        ('<meta name="author" content="Orlen Herald"><meta name="byl" content="Ilse Dornan">', "Ilse Dornan"),
        ('<meta name="author" content="Orlen Herald">', "Orlen Herald"),
    ],
)
def test_authors_are_persons_by_their_names(metas: str, names: str | None) -> None:
    assert cleaned(page(article(*BODY), HEAD + metas)).author == names


def test_an_outlet_beside_persons_is_no_author() -> None:
    authors = [
        {"@type": "Organization", "name": "Orlen Herald GmbH"},
        {"@type": "Person", "name": "Ilse R. Dornan"},
        {"@type": "Person", "name": "O'Hara, J.P."},
    ]
    head = HEAD + linked(**{"@type": "NewsArticle", "author": authors})
    assert cleaned(page(article(*BODY), head)).author == "Ilse R. Dornan; J.P. O'Hara"


def test_labels_and_further_headlines_round_the_text_go() -> None:
    inside = article(
        *BODY[:5], above=f'<ul><li><a href="/n">News</a></li><li><a href="/v">Valley</a></li></ul><h1>{HEADLINE}</h1>'
    ).replace("</article>", '<h3>More from the valley</h3></article><p><a href="/c">Why sirens stayed silent</a></p>')
    assert cleaned(page(inside)).text.split("\n") == BODY[:5]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>Three people were hurt.</p><p>Two are missing.</p>", "Three people were hurt.\nTwo are missing."),
        ("He said &quot;we do not give up&quot; &amp; went on.", 'He said "we do not give up" & went on.'),
        ("The governor&#8217;s inquiry follows.", "The governor’s inquiry follows."),
        ("AT&T and R&D, and a < b.", "AT&T and R&D, and a < b."),
    ],
)
def test_markup_sent_as_text_is_read(content: str, text: str) -> None:
    assert clean(RawDocument(content=content)).text == text


BOXES = [
    ("sharedaddy sd-sharing-enabled", "<h3>Pass it on to your people:</h3><ul><li>Orlbook</li></ul>"),
    ("post-audio-player", "<h4>Hear this piece here</h4>"),
    ("c-letters-cta", "<p>We want to hear what you think of this piece. Write to the letters page of the paper.</p>"),
    ("newsletter-teaser", "<p>Miss nothing from the valley: the Tuesday letter brings it to your door for free.</p>"),
    ("c-inline-teaser", "<h3>How a stone bridge is built</h3><p>Masons of three towns show what holds an arch.</p>"),
    ("linkbox_large", "<p>The whole paper is on the telephone too, with all of its old numbers.</p>"),
]


@pytest.mark.parametrize(("name", "box"), BOXES, ids=[name for name, _ in BOXES])
def test_a_box_among_the_paragraphs_that_its_template_names_goes(name: str, box: str) -> None:
    inside = article(*BODY).replace(f"<p>{BODY[2]}</p>", f'<p>{BODY[2]}</p><div class="{name}">{box}</div>')
    result = cleaned(page(inside))
    assert f'class="{name}"' in inside
    assert result.text.split("\n") == BODY


@pytest.mark.parametrize("name", ["related-content", "social-share", "linkbox"])
def test_the_text_stays_where_a_template_calls_it_a_box(name: str) -> None:
    inside = (
        article(*BODY).replace("<article>", f'<article><div class="{name}">').replace("</article>", "</div></article>")
    )
    assert f'class="{name}"' in inside
    assert cleaned(page(inside)).text.split("\n") == BODY


@pytest.mark.parametrize("side", ["aside", "nav", "footer"])
def test_an_article_that_a_box_without_an_end_takes_in_is_whole(side: str) -> None:
    menu = f'<{side} class="sidebar"><ul><li><a href="/2">Sport on the river</a></li></ul>'
    assert cleaned(page(f"{menu}<div>{article(*BODY)}</div>")).text.split("\n") == BODY


def test_an_article_in_a_box_beside_a_longer_text_is_no_reason_to_read_the_box() -> None:
    teaser = "<article><p>The harbour of Orlen opens again in May after two years of work on its quays.</p></article>"
    inside = f'<div class="text"><h1>{HEADLINE}</h1><p>{"</p><p>".join(BODY)}</p></div><aside>{teaser}</aside>'
    assert cleaned(page(inside)).text.split("\n") == BODY


def test_a_list_of_labelled_links_between_paragraphs_is_further_reading() -> None:
    links = {"Weather": "More rain for the valley", "Traffic": "Which roads are closed", "Help": "Where beds are free"}
    items = "".join(f'<li>{label}: <a href="/{n}">{to}</a></li>' for n, (label, to) in enumerate(links.items()))
    first, second = article(*BODY).split(f"<p>{BODY[3]}</p>")
    found = cleaned(page(f"{first}<div class='mb-4'><span><ul>{items}</ul></span></div><p>{BODY[3]}</p>{second}"))
    assert found.text.split("\n") == BODY
    assert {piece.kind for piece in found.removed if "rain for the valley" in piece.text} == {"related"}


def test_a_list_of_sentences_that_hold_links_is_the_articles() -> None:
    told = [f"The {place} bridge was opened again on Friday, the council said" for place in ("east", "west", "old")]
    items = "".join(f"<li>{line.replace('was opened', '<a href=/x>was opened</a>')}.</li>" for line in told)
    first, second = article(*BODY).split(f"<p>{BODY[3]}</p>")
    found = cleaned(page(f"{first}<div><ul>{items}</ul></div><p>{BODY[3]}</p>{second}"))
    assert found.text.split("\n") == [*BODY[:3], *(f"{line}." for line in told), *BODY[3:]]


def test_a_box_that_asks_for_an_address_goes_with_what_it_promises() -> None:
    promise = "Every second Sunday: what the river brought, told by the people who live beside it."
    box = f'<div><h3>The Orlen Letter</h3><p>{promise}</p><div><form><input type="email"></form></div></div>'
    inside = article(*BODY).replace(f"<p>{BODY[2]}</p>", f"<p>{BODY[2]}</p>{box}")
    found = cleaned(page(inside))
    assert found.text.split("\n") == BODY
    assert any(piece.kind == "newsletter" and promise in piece.text for piece in found.removed)


@pytest.mark.parametrize("above", ["", f"<h1>{HEADLINE}</h1>"])
def test_a_brief_in_one_box_with_a_field_for_an_address_stays(above: str) -> None:
    inside = f'<div>{above}<p>{LEAD}</p><p>{BODY[0]}</p><form><input type="email"></form></div>'
    assert cleaned(page(inside)).text.split("\n") == [LEAD, BODY[0]]
