"""From the address that a person knows to that of the feed: itself, or the one that the page, or the index of sitemaps,
there names.
"""

from __future__ import annotations

from contextlib import suppress
from html.parser import HTMLParser

from pipeline.clean import decode
from schemas.errors import FetchError, InputError
from schemas.urls import Url
from workers.feeds.reading import read_feed, unpacked
from workers.fetching.client import Answer, fetch
from workers.fetching.urls import checked, shown
from workers.producers.sitemaps import indexed

# https://www.rssboard.org/rss-autodiscovery, and JSON Feed 1.1, "Discovery".
_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")

# Of the feeds that a page names the first is its own; a few more are tried where that one is broken.
_TRIED = 3


def discover(address: str) -> Url:
    """The URL of the feed at an address, or of the first working one that the page there names.

    Raises:
        InputError: nothing can be fetched there, or there is not a feed.
    """
    url = checked(address)
    answer = _fetched(url)
    if _is_feed(answer):
        return answer.moved or url
    named = (_sitemaps(answer) or _named(answer))[:_TRIED]
    for candidate in named:
        try:
            found = _fetched(candidate)
        except InputError:
            continue
        if _is_feed(found):
            return found.moved or candidate
    cause = "links to feeds, but none of them works" if named else "is not a feed and links to none"
    raise InputError(shown(url), cause, "give the address of the feed itself")


def _fetched(url: Url) -> Answer:
    try:
        answer = fetch(url)
    except FetchError as error:
        raise InputError(error.resource, error.cause, error.advice) from error
    if answer.status != 200:
        raise InputError(shown(url), f"the server answered {answer.status}", "check it, or add it with --no-fetch")
    return answer


def _is_feed(answer: Answer) -> bool:
    try:
        read_feed(answer.body, shown(answer.url), 1, answer.charset)
    except InputError:
        return False
    return True


def _sitemaps(answer: Answer) -> list[Url]:
    """The sitemaps that an index names, those of news first."""
    named = []
    for link in indexed(decode(unpacked(answer.body), answer.charset)):
        with suppress(ValueError):
            named.append(answer.url.join(link))
    return named


def _named(answer: Answer) -> list[Url]:
    page = _Links()
    page.feed(decode(answer.body, answer.charset))
    base = answer.url
    with suppress(ValueError):
        base = base.join(page.base)
    named = []
    for link in page.found:
        with suppress(ValueError):
            named.append(base.join(link))
    return list(dict.fromkeys(named))


class _Links(HTMLParser):
    """The links of a page to its feeds, and its base."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.base = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = given.get("href", "")
        if tag == "link" and "alternate" in given.get("rel", "").lower().split():
            kind = given.get("type", "").partition(";")[0].strip().lower()
            if kind in _TYPES and given.get("href"):
                self.found.append(given["href"])
