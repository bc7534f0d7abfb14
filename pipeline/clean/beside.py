"""What a page shows beside the headline of its article: short lines and times, of which one tells when it appeared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from .dates import is_of_a_change
from .paragraphs import visible
from .prose import BLOCKS, Line, iter_lines

# Lines above the headline, and words in a line that shows when the article was published.
_ABOVE = 4
_SHORT = 20
# Paragraphs below the headline: a lead, perhaps of two, stands above the date on many pages.
_BELOW = 3
# Words; a shorter name of the page may be its section's as well.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """Short lines: those just above the headline, those from it to the third paragraph below, and the times in both.

    `within` are the parts that the headline itself is made of, where it has any; `head` what stands between an earlier
    headline, which is the site's, and the article's.
    """

    head: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    within: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """What stands above and below, in the order of the page."""
        return [*self.above, *self.below]

    @property
    def dated(self) -> list[str]:
        """All lines, those above the headline last: pages show the day of the visit in their head."""
        return [*self.within, *self.below, *self.above, *self.head]


def beside_headline(tree: HtmlElement, titles: Iterable[str]) -> Beside:
    """What stands beside the headline; where the page has none, at its top.

    Args:
        titles: the page's titles, as `key` gives them: of several headlines, the one that they name is the article's.
    """
    names = [name for name in titles if name.count(" ") + 1 >= _NAMED]
    page: list[Line] = []
    headlines: list[int] = []
    has_headline = tree.find(".//h1") is not None
    prose = 0
    for line in iter_lines(tree):
        if line.holder.tag == "h1":
            headlines.append(len(page))
        page.append(line)
        prose += line.is_prose and (bool(headlines) or not has_headline)
        if prose == _BELOW:
            break
    first = next(iter(headlines), 0)
    top = next((n for n in headlines if any(name in page[n].key for name in names)), first)
    head, above, below = (
        [line for line in part if line.text.count(" ") < _SHORT and line.holder.tag != "h1"]
        for part in (page[max(0, first - _ABOVE) : max(0, top - _ABOVE)], page[max(0, top - _ABOVE) : top], page[top:])
    )
    within = page[top].holder.iter("span", "small", "time") if headlines else ()
    return Beside(
        [line.text for line in head],
        [line.text for line in above],
        [visible(part.text_content()) for part in within],
        [line.text for line in below],
        list(_times(tree, {line.holder: line.text for line in (*above, *below)})),
    )


def _times(tree: HtmlElement, holders: dict[HtmlElement, str]) -> Iterable[str]:
    """The moments of the `time` elements in some blocks, without those of a change."""
    for time in tree.iter("time"):
        moment = time.get("datetime")
        holder = next((element for element in time.iterancestors() if element.tag in BLOCKS), None)
        if not moment or holder not in holders:
            continue
        shown = " ".join(visible(time.text_content()).split())
        before = holders[holder].partition(shown)[0] if shown else ""
        if not any(map(is_of_a_change, (before, time.get("class", ""), time.get("itemprop", "")))):
            yield moment
