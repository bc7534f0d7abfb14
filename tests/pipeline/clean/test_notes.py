"""Notes on what is stored in an article's place, and on the beginning of one whose rest is sold."""

from __future__ import annotations

import pytest

from pipeline.clean import clean
from schemas.documents import RawDocument

BRIEF = [
    "Two bridges fell into the river on Tuesday and 14 people are missing, the mayor of Orlen said.",
    "Rescue teams searched the banks until dark and will go on at first light, said Ilse Dornan of the fire brigade.",
]


def notes(title: str, *lines: str, below: str = "", linked: str = "") -> list[str]:
    body = "".join(f"<p>{line}</p>" for line in lines)
    page = (
        f"<!DOCTYPE html><html><head><title>{title}</title>{linked}</head>"
        f"<body><main><h1>{title}</h1>{body}{below}</main></body></html>"
    )
    return clean(RawDocument(content=page, content_type="text/html", title="Bridges fall in Orlen")).notes


@pytest.mark.parametrize(
    ("title", "lines", "told"),
    [
        (
            "Just a moment...",
            ["orlen.example needs a few seconds before it can show you this page."],
            "whether a person",
        ),
        (
            "Orlen Courier",
            ["Please verify you are a human.", "Press and hold the button below for three seconds."],
            "whether a",
        ),
        (
            "Orlener Bote",
            ["Bitte bestätigen Sie, dass Sie kein Roboter sind.", "Danach geht es gleich weiter."],
            "whether a",
        ),
        ("Page not found", ["The address may be old, or it was typed wrongly by whoever linked to it."], "an error"),
        (
            "404 - Page not found",
            ["The address may be old, or it was typed wrongly by whoever linked to it."],
            "an error",
        ),
        (
            "Orlen Courier",
            ["The page you are looking for has moved or is gone for good.", "Try our search."],
            "an error",
        ),
        ("Seite nicht gefunden", ["Vielleicht ist die Adresse alt, oder sie wurde falsch geschrieben."], "an error"),
        ("Страница не найдена", ["Возможно, адрес устарел или был набран с ошибкой."], "an error"),
        ("Access Denied", ["The server gave the reference 18.2f4 and no further reason for it."], "an error"),
        (
            "Orlen Courier",
            ["Log in to continue to the archive of the paper.", "It goes back to the year 1911."],
            "log in",
        ),
        ("Le Courrier", ["Connectez-vous pour accéder aux archives du journal.", "Elles remontent à 1911."], "log in"),
        ("Before you continue", ["What you choose here holds for all pages of the house for one year."], "consent"),
    ],
)
def test_a_page_in_an_articles_place_is_noted(title: str, lines: list[str], told: str) -> None:
    found = notes(title, *lines)
    assert len(found) == 1
    assert found[0].startswith("no article: ")
    assert told in found[0]


@pytest.mark.parametrize(
    ("title", "line"),
    [
        (
            "404 people flee the flood",
            "Lorries took 404 people out of the valley of Orlen on Tuesday night, said the mayor.",
        ),
        (
            "Not found guilty: a mayor goes home",
            "The mayor of Orlen was not found guilty on Tuesday of taking money for a bridge.",
        ),
        (
            "Access denied to reporters at the camp",
            "Guards kept reporters out of the camp at Orlen on Tuesday, the union said.",
        ),
        (
            "Forbidden bridge reopens",
            "You must register to vote in Orlen by Monday, the council said beside the new bridge.",
        ),
        ("Allies promise help", "We and our allies will stand by Orlen, the minister said beside the fallen bridge."),
        ("The page was found in a cellar", "A page of the lost chronicle of Orlen was found in a cellar on Tuesday."),
    ],
)
def test_news_that_sounds_like_one_has_no_note(title: str, line: str) -> None:
    assert notes(title, line, *BRIEF) == []


def test_an_article_on_walls_has_no_note() -> None:
    assert notes("Page not found", *(f"{line} This was told by reader {n}." for n in range(6) for line in BRIEF)) == []


@pytest.mark.parametrize(
    "offer",
    [
        "Subscribe to continue reading",
        "This article is for subscribers only.",
        "You’ve reached your limit of free articles.",
        "Dieser Artikel ist nur für Abonnenten.",
        "Il vous reste 74.5% de cet article à lire.",
        "Cet article est réservé aux abonnés.",
        "Para seguir leyendo, hazte suscriptor",
        "Abbonati per continuare a leggere",
        "Dit artikel is alleen voor abonnees",
    ],
)
def test_the_beginning_of_an_article_whose_rest_is_offered_is_noted(offer: str) -> None:
    found = notes("Bridges fall in Orlen", *BRIEF, below=f"<div><h3>{offer}</h3><p>One euro for a month.</p></div>")
    assert found == ["not whole: the page offers the rest to those who subscribe or register"]


@pytest.mark.parametrize("line", ["Subscribe to our newsletter", "Readers may subscribe to keep the paper alive."])
def test_other_offers_are_no_stubs(line: str) -> None:
    assert notes("Bridges fall in Orlen", *BRIEF, below=f"<div><h3>{line}</h3></div>") == []


def test_an_offer_on_a_page_that_is_free_or_long_is_no_stubs() -> None:
    offer = "<div><h3>Subscribe to continue reading</h3></div>"
    free = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": true}</script>'
    assert notes("Bridges fall in Orlen", *BRIEF, below=offer, linked=free) == []
    long = [f"{line} This was told by reader {n}." for n in range(20) for line in BRIEF]
    assert notes("Bridges fall in Orlen", *long, below=offer) == []
