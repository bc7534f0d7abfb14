"""HTML: the body and nothing round it, the page's facts, and pages made to hurt. All pages are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from pipeline.clean import clean
from schemas.documents import RawDocument
from schemas.errors import NoTextError, TooLargeError
from schemas.records import Cleaned

BODY = [
    "The river rose two metres in a night, the mayor of Orlen said on Tuesday, and 14 people were taken to hospital.",
    "“We have lost everything, but we are alive,” said a baker whose shop stood by the bridge for forty years.",
    "Engineers expect the water to fall by the weekend, although more rain is forecast for the upper valley.",
    "The council has opened two schools for those whose houses cannot be reached, and asked for blankets and food.",
    "Three villages on the left bank were still without power on Wednesday, the company that runs the lines said.",
]
HEAD = """
<title>Flood in Orlen drives hundreds from their homes | Orlen Herald</title>
<meta property="og:title" content="Flood in Orlen drives hundreds from their homes">
<meta property="og:site_name" content="Orlen Herald">
<meta name="description" content="Two metres in a night, and more rain is on its way to the valley">
<meta name="author" content="Ana Ruiz">
<meta property="article:published_time" content="2019-11-19T06:56:43-05:00">
<link rel="canonical" href="https://orlen.example.org/news/flood">
"""
LINKS = (
    '<ul><li><a href="{address}">Five bridges that did not hold</a></li>'
    '<li><a href="/b">Is the dam safe now?</a></li></ul>'
)


def page(*body: str, head: str = HEAD, lang: str = "en") -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in BODY)
    inside = body or ("",)
    return (
        f'<!doctype html><html lang="{lang}"><head>{head}</head><body><nav><a href="/">Home</a></nav>'
        f'<main><div class="story-body">{paragraphs}{"".join(inside)}</div></main>'
        "<footer>Orlen Herald, Bridge Street</footer></body></html>"
    )


def cleaned(html: str, **facts: object) -> Cleaned:
    return clean(RawDocument.model_validate({"content": html, "content_type": "text/html", **facts}))


def test_the_body_is_the_text_paragraph_by_paragraph() -> None:
    assert cleaned(page()).text.split("\n") == BODY


def test_a_page_sent_as_text_is_seen_for_what_it_is() -> None:
    result = clean(RawDocument(content="\n" + page()))
    assert result.text.split("\n") == BODY
    assert result.author == "Ana Ruiz"


def test_the_page_states_its_facts() -> None:
    result = cleaned(page())
    assert result.title == "Flood in Orlen drives hundreds from their homes"
    assert result.author == "Ana Ruiz"
    assert result.source == "Orlen Herald"
    assert result.url == "https://orlen.example.org/news/flood"
    assert result.language == "en"
    assert result.published == datetime(2019, 11, 19, 6, 56, 43, tzinfo=timezone(timedelta(hours=-5)))
    assert result.published.utcoffset() == timedelta(hours=-5)
    assert not result.published_naive


def test_what_the_sender_stated_wins() -> None:
    stated = {
        "title": "Orlen under water",
        "author": "Jan Kowal",
        "source": "herald",
        "url": "https://example.org/a",
        "language": "de-AT",
        "published": "2019-11-20T10:00:00",
    }
    result = cleaned(page(), **stated)
    assert (result.title, result.author, result.source, result.url) == tuple(list(stated.values())[:4])
    assert result.language == "de"
    assert result.published == datetime(2019, 11, 20, 10, tzinfo=UTC)
    assert result.published_naive


def test_the_headline_is_no_part_of_the_text_and_the_lead_is() -> None:
    above = (
        "<h1>Flood in Orlen drives hundreds from their homes</h1>"
        '<div class="intro"><p>Two metres in a night, and more rain is on its way to the valley</p></div>'
    )
    result = cleaned(page().replace("<main>", f"<main><header>{above}</header>"))
    assert result.text.split("\n") == ["Two metres in a night, and more rain is on its way to the valley", *BODY]
    assert result.title == "Flood in Orlen drives hundreds from their homes"


def test_a_first_paragraph_that_is_also_the_description_stays() -> None:
    head = HEAD.replace("Two metres in a night, and more rain is on its way to the valley", BODY[0])
    assert cleaned(page(head=head)).text.split("\n") == BODY


def test_further_pieces_are_kept_aside_with_their_addresses() -> None:
    links = LINKS.format(address="/a")
    result = cleaned(page(links, '<p><a href="/c">Why sirens stayed silent all night</a></p>'))
    assert result.text.split("\n") == BODY
    assert [piece.text for piece in result.removed if piece.kind == "related"] == [
        "Five bridges that did not hold <https://orlen.example.org/a>",
        "Is the dam safe now? <https://orlen.example.org/b>",
        "Why sirens stayed silent all night <https://orlen.example.org/c>",
    ]


@pytest.mark.parametrize("label", ["Elsewhere in the valley:", "<b>From Orlen Radio</b> |"])
def test_a_label_and_a_linked_headline_are_a_further_piece(label: str) -> None:
    result = cleaned(
        page(f'<p>{label} <a href="/c">Why sirens stayed silent all night</a></p>', f"<p>{BODY[0][::-1]}</p>")
    )
    assert result.text.split("\n") == [*BODY, BODY[0][::-1]]
    assert [piece.kind for piece in result.removed] == ["related"]


def test_links_within_sentences_stay() -> None:
    lines = [
        '<p>The ministry’s <a href="/report">report on the dam</a> names two firms.</p>',
        '<p>The ministry says: <a href="/report">the dam was never</a> checked at all.</p>',
    ]
    result = cleaned(page(*lines))
    assert result.text.split("\n")[5:] == [
        "The ministry’s report on the dam names two firms.",
        "The ministry says: the dam was never checked at all.",
    ]
    assert not result.removed


def test_a_box_that_opens_on_hovering_is_not_read_and_the_name_is() -> None:
    hover = (
        '<p>Mayor <span class="rollover"><a href="/p/ruiz">Ana Ruiz</a><span class="rollover-block">Ana Maria Ruiz '
        '<a href="/x">Ruiz opens new bridge</a> MORE</span></span> will speak at noon.</p>'
    )
    assert cleaned(page(hover)).text.split("\n")[-1] == "Mayor Ana Ruiz will speak at noon."


def test_a_post_in_a_widget_is_a_quotation() -> None:
    post = (
        '<div class="news-widget"><blockquote class="embedded-post"><p>Stay away from the bridge, and do not drive '
        "through water.</p></blockquote></div>"
    )
    assert "Stay away from the bridge" in cleaned(page(post, f"<p>{BODY[0][::-1]}</p>")).text


def test_a_heading_marked_as_a_box_stays() -> None:
    heading = (
        '<div class="crosshead">Who pays for the dam?</div><p>The state will pay half of it, the minister said.</p>'
    )
    assert "Who pays for the dam?" in cleaned(page(heading)).text.split("\n")


def test_lines_from_elsewhere_on_the_page_are_set_aside() -> None:
    box = (
        "<section><h2>The morning in five minutes</h2><p>All of the valley, sent to you before breakfast.</p></section>"
    )
    assert cleaned(page().replace("</main>", f"{box}</main>")).text.split("\n") == BODY


def test_small_print_is_set_aside() -> None:
    small = (
        '<p style="font-size: 11px; color: grey">Orlen Herald is a company of the Valley Press group, '
        "with offices in four towns.</p>"
    )
    result = cleaned(page(small))
    assert result.text.split("\n") == BODY
    assert [piece.kind for piece in result.removed] == ["boilerplate"]


@pytest.mark.parametrize(
    "fragment",
    ["<p>Three people were hurt.</p>", "Three people <b>were</b> hurt.", "<div><p>Three people were hurt.</p></div>"],
)
def test_a_fragment_of_a_feed_is_all_text(fragment: str) -> None:
    assert cleaned(fragment).text == "Three people were hurt."


def test_every_language_is_cleaned() -> None:
    lines = ["Река поднялась на два метра за ночь, сообщил мэр города во вторник утром." for _ in range(1)]
    lines += [
        "Инженеры ожидают, что вода спадёт к выходным, хотя прогноз обещает дожди.",
        "Школы открыты для всех, кто остался без крова.",
    ]
    html = "<html><body><article>" + "".join(f"<p>{line}</p>" for line in lines) + "</article></body></html>"
    result = cleaned(html)
    assert result.text.split("\n") == lines
    assert result.language == "ru"


@pytest.mark.parametrize("date", ["2999-01-01T00:00:00Z", "1970-01-01", "0001-01-01T00:00:00Z", "soon", ""])
def test_an_impossible_date_is_passed_over(date: str) -> None:
    head = HEAD.replace("2019-11-19T06:56:43-05:00", date)
    assert cleaned(page(head=head)).published is None


def test_linked_data_before_metadata_and_both_before_a_guess() -> None:
    data = '{"@graph": [{"@type": "NewsArticle", "datePublished": "2019-11-18T09:00:00+05:30"}]}'
    data = f'<script type="application/ld+json">{data}</script>'
    result = cleaned(page("<p>Published on 1 January 2017.</p>", head=HEAD + data))
    assert result.published is not None
    assert result.published.isoformat() == "2019-11-18T09:00:00+05:30"


@pytest.mark.parametrize("data", ["{", "[" * 5_000, '"x"', "{}", '{"datePublished": {"a": 1}, "author": [1, null]}'])
def test_broken_linked_data_costs_nothing(data: str) -> None:
    result = cleaned(page(head=f'{HEAD}<script type="application/ld+json">{data}</script>'))
    assert result.text.split("\n") == BODY
    assert result.published is not None


@pytest.mark.parametrize("address", ["http://[", "javascript:void(0)", "//", "mailto:a@b"])
def test_an_address_out_of_shape_costs_nothing(address: str) -> None:
    assert cleaned(page(LINKS.format(address=address)), url=address).text.split("\n") == BODY


@pytest.mark.parametrize(
    ("html", "cause"),
    [
        (page("<p>" + "x " * 10_000_000), "characters of HTML"),
        ("<div>" * 10_000 + "<p>text</p>" + "</div>" * 10_000, "deep"),
        (page("<p>" + "<span>word </span>" * 10_000 + "</p>", "<b>a</b>" * 25_000), "elements"),
        (page("<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">text</p>"), "attributes"),
    ],
    ids=["20 MB", "10,000 deep", "many elements", "many attributes"],
)
def test_a_page_made_to_hurt_is_refused_with_a_reason(html: str, cause: str) -> None:
    with pytest.raises(TooLargeError) as caught:
        cleaned(html, id="d9")
    assert caught.value.resource == "document d9"
    assert cause in caught.value.cause
    assert caught.value.advice


@pytest.mark.parametrize(
    "html", ["<html><body></body></html>", "<!-- nothing -->", "<script>var a = 1;</script>", "<", "\x0b\x0c<p>"]
)
def test_a_page_without_text_is_an_error_of_the_document(html: str) -> None:
    with pytest.raises(NoTextError):
        cleaned(html)
