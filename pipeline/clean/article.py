"""`clean`: a raw document to the article's text and facts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from schemas.documents import RawDocument
from schemas.errors import NoTextError, TooLargeError
from schemas.records import Cleaned, Removed

from .dates import dateline_date
from .encoding import mend
from .facts import Facts
from .language import Languages, language_tag
from .markup import markup, unwrapped
from .notes import in_its_place
from .page import read_page
from .paragraphs import key, paragraphs, without_entities
from .rules import SENTENCE_END, Rules, default_rules

# A newspaper article is under 100 kB and a book 1 MB; beyond this it is no article.
_MAX_TEXT = 4_000_000
# A headline is no longer than this many words, and what stands above the article's body is within so many lines.
_HEADLINE_WORDS = 25
_TOP = 4
_LAST_RESORT = ("gallery", "caption", "title")
# The same, where they are sentences; what speaks to a reader alone (consent, newsletters, sharing) is no text ever.
_LAST_SENTENCES = ("related", "credit", "byline", "stamp", "player", "furniture", "label")
_SENTENCE_WORDS = 5
_BYLINE = re.compile(r"by (.+)", re.I)
_LETTER = re.compile(r"[^\W_]")


def clean(raw: RawDocument, rules: Rules | None = None, languages: Languages | None = None) -> Cleaned:
    """The article in `raw`, all of it and nothing else, with what it says of itself.

    Args:
        raw: text or HTML; a page sent as text/plain is seen for what it is.
        rules: what is cut, as `Rules.load` gives it; None for the rules that ship.
        languages: the model of languages where it is unpacked; None for the one that ships.

    Returns:
        The text with one paragraph a line, what was cut with its kind, and the facts. What the sender stated (title,
        author, source, url, published, language) wins over what the page states, and that over a guess.

    Raises:
        NoTextError: nothing is left that reads as an article.
        TooLargeError: past a limit of size, depth or number of elements.
    """
    resource = f"document {raw.external_id or raw.url or raw.id}"
    removed: list[Removed] = []
    notes: list[str] = []
    content = unwrapped(raw.content)
    if (html := markup(content, raw.content_type == "text/html")) is not None:
        page = read_page(html, raw.url, resource)
        lines, facts = mend("\n".join(page.paragraphs)).split("\n"), page.facts
        removed += page.removed
        notes = page.notes
    elif len(content) > _MAX_TEXT:
        raise TooLargeError(resource, f"{len(content):,} characters, more than {_MAX_TEXT:,}", "split it into articles")
    else:
        lines, facts = paragraphs(without_entities(mend(content))), Facts()
    title = raw.title or facts.title
    rules = rules or default_rules()
    lines, cut = _without_furniture(lines, title, rules)
    removed += cut
    if title is None and raw.content_type == "text/plain" and (title := _headline(lines)):
        lines, cut = _without_furniture(lines, title, rules)
        removed += cut
    text = "\n".join(lines)
    if not _LETTER.search(text):
        raise NoTextError(resource, "no text is left once navigation and promotion are removed", "check the document")
    if html is not None:
        notes = [*notes, *in_its_place(facts.title, lines)]
    published = raw.published or facts.published
    naive = raw.published_naive if raw.published else facts.published_naive
    if published is None and (day := dateline_date(text, datetime.now(UTC))):
        published, naive = day.replace(tzinfo=UTC), True
    return Cleaned(
        text=text,
        removed=removed,
        title=title,
        author=raw.author or facts.author or _author(removed),
        source=raw.source or facts.source or _domain(raw.url or facts.url),
        url=raw.url or facts.url,
        language=language_tag(raw.language) or (languages or Languages.shipped()).language_of(text) or facts.language,
        published=published,
        published_naive=naive,
        notes=notes,
    )


def _without_furniture(lines: list[str], title: str | None, rules: Rules) -> tuple[list[str], list[Removed]]:
    """The lines that are the article's, and those that are not: promotion, and the headline repeated above the text.

    What stands at an end once others are cut is looked at again, so that a cleaned text is left as it is.
    """
    removed: list[Removed] = []
    while True:
        left, cut = _cut_once(lines, title, rules)
        removed += cut
        if not cut or not left or left == lines:
            return left, removed
        lines = left


def _cut_once(lines: list[str], title: str | None, rules: Rules) -> tuple[list[str], list[Removed]]:
    kept: list[str] = []
    removed: list[Removed] = []
    name = key(title)
    for kind, line in rules.cut(lines):
        if kind is None and name and len(kept) < _TOP and key(line) == name:
            kind = "title"
        if kind is None:
            kept.append(line)
        else:
            removed.append(Removed(kind, line))
    if kept:
        return kept, removed
    # A gallery's captions, or a post that is its own headline, are the text of what has no other.
    shown = [piece for piece in removed if piece.kind in _LAST_RESORT or _is_last_sentence(piece)]
    return [piece.text for piece in shown], [piece for piece in removed if piece not in shown]


def _is_last_sentence(piece: Removed) -> bool:
    long = piece.text.count(" ") + 1 >= _SENTENCE_WORDS
    return piece.kind in _LAST_SENTENCES and long and bool(SENTENCE_END.search(piece.text))


def _headline(lines: list[str]) -> str | None:
    """The first line of a crawl dump as its title, where it reads as one and a paragraph follows it."""
    if len(lines) < 2 or not SENTENCE_END.search(lines[1]):
        return None
    line = lines[0]
    headline = 3 <= line.count(" ") + 1 <= _HEADLINE_WORDS and not SENTENCE_END.search(line)
    return line if headline and not line.endswith((":", ",", ";")) else None


def _author(removed: list[Removed]) -> str | None:
    """Who a line such as "By Jane Roe" names."""
    bylines = (_BYLINE.fullmatch(piece.text) for piece in removed if piece.kind == "byline")
    return next((found[1] for found in bylines if found), None)


def _domain(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").hostname or None
    except ValueError:  # an address out of shape names no domain
        return None
