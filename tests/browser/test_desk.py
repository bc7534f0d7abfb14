"""The desk as a reader has it: watched while it changes, corrected, searched, on a phone, by keys, without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from schemas.corrections import NewCorrection
from schemas.documents import RawDocument
from schemas.records import Extraction
from schemas.urls import Url
from tests.workers.stored import accepted, claim, quote, stored
from workers.store import feeds, hooks
from workers.store.corrections.write import correct
from workers.store.database import Database
from workers.store.settling import settle_all

_LATER = "A doctor says 45 people were killed, and not the 12 of the police."
_BIRDS = "🕊🕊 “Seven of us died,” said the mayor of Elm. Later 12 people were hurt. 🕊"


def _arrives(tables: Database) -> None:
    (arrived,) = accepted(
        tables, RawDocument(content=_LATER, source="d.example", title="A doctor", published="2026-03-02T11:00:00Z")
    )
    both = [claim("45", _LATER, 45, claimant_name="Dr Roe"), claim("12", _LATER, 12, claimant_name="Police")]
    stored(tables, arrived, _LATER, Extraction(claims=both), story_id="s")
    settle_all(tables)


def test_a_story_that_changes_while_it_is_watched_says_so_and_nothing_moves(
    page: Page, sqlite_tables: Database, dispute: list[str]
) -> None:
    page.goto("/stories/s")
    expect(page.locator("#live")).to_be_visible()
    expect(page.locator(".claims .count .number")).to_have_text("12 to 30")
    heading = page.locator("h1").bounding_box()
    _arrives(sqlite_tables)
    expect(page.locator("#news a")).to_contain_text("has changed")
    assert page.locator("h1").bounding_box() == heading
    expect(page.locator(".claims .count .number")).to_have_text("12 to 30")
    page.locator("#news a").click()
    expect(page.locator(".claims .count .number")).to_have_text(["12 to 30", "12 to 45"])


def test_the_wall_marks_what_is_new_until_it_is_seen(page: Page, sqlite_tables: Database, dispute: list[str]) -> None:
    page.goto("/")
    expect(page.locator(".wall .new")).to_have_count(1)
    page.get_by_role("button", name=re.compile("seen")).click()
    expect(page.locator(".wall > li")).to_have_count(1)
    expect(page.locator(".wall .new")).to_have_count(0)
    _arrives(sqlite_tables)
    expect(page.locator("#news a")).to_contain_text("1 story changed, 1 with disputed counts")
    page.locator("#news a").click()
    expect(page.locator(".wall .new")).to_have_count(1)


def test_a_figure_leads_to_its_sentence(page: Page, dispute: list[str]) -> None:
    page.goto("/stories/s")
    page.locator("a.figure", has_text="30").click()
    sentence = page.locator(".sentence:target")
    expect(sentence).to_have_text("Rebels say 30 people were killed, and not the 12 of the police.")
    expect(sentence).to_be_in_viewport()


def test_a_correction_is_made_shown_and_undone(page: Page, dispute: list[str]) -> None:
    page.goto(f"/documents/{dispute[2]}")
    row = page.locator(".found > li").first
    row.get_by_text("Correct").click()
    row.get_by_label("Lowest").fill("13")
    row.get_by_label("Highest").fill("13")
    row.get_by_label("Reason").fill("misheard")
    row.get_by_label("Your name").fill("Ann")
    row.get_by_role("button", name="Amend").click()
    expect(page.locator(".found > li").first).to_contain_text("amended")
    expect(page.locator(".history")).to_contain_text("misheard")
    page.goto("/corrections")
    entry = page.locator(".history > li[data-row]").first
    expect(entry).to_contain_text("amended a claim 30")
    expect(entry).to_contain_text("lowest: 30 13")
    entry.get_by_text("Undo").first.click()
    entry.get_by_label("Reason").fill("heard right")
    expect(entry.get_by_label("Your name")).to_have_value("Ann")
    entry.get_by_role("button", name="Undo").click()
    expect(page.locator(".found > li").first).to_contain_text("30")
    expect(page.locator(".found > li").first).not_to_contain_text("amended")


def test_a_span_selected_after_emoji_is_added_where_it_stands(page: Page, sqlite_tables: Database) -> None:
    (document_id,) = accepted(sqlite_tables, RawDocument(content=_BIRDS, title="Elm"))
    found = Extraction(quotes=[quote("Seven of us died,", _BIRDS, speaker_name="the mayor of Elm")])
    stored(sqlite_tables, document_id, _BIRDS, found, story_id="b")
    page.goto(f"/documents/{document_id}")
    page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf("12");
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 2);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
          }
        }"""
    )
    form = page.locator("#add")
    form.get_by_text("Add a claim").click()
    expect(form.locator('[name="words"]')).to_have_value("12")
    expect(form.locator('[name="start"]')).to_have_value(str(_BIRDS.index("12")))
    form.get_by_label("Figure", exact=True).fill("12")
    form.get_by_label("What happened to them").select_option("injured")
    form.get_by_label("Reason").fill("left out")
    form.get_by_label("Your name").fill("Ann")
    form.get_by_role("button", name="Add").click()
    expect(page.locator(".text .claim")).to_have_text("12")


def test_search_marks_the_words(page: Page, dispute: list[str]) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("rebels OR police")
    page.keyboard.press("Enter")
    expect(page.locator(".hits > li")).to_have_count(3)
    expect(page.locator(".hits mark").first).to_be_visible()
    page.goto("/search?q=(rebels")
    expect(page.get_by_role("alert")).to_contain_text("bracket")


def test_keys_go_from_row_to_row_and_open(page: Page, dispute: list[str]) -> None:
    page.goto("/stories/s")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".documents .current")).to_have_count(1)
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("/documents/"))


_PAGES = ("/", "/stories/s", "/documents/{0}", "/search?q=people", "/search", "/corrections", "/failures", "/feeds",
          "/hooks")  # fmt: skip


@pytest.fixture
def listed(sqlite_tables: Database, dispute: list[str]) -> None:
    """A feed and a hook, both of which fail, and a correction."""
    with sqlite_tables.writing(deciding=True) as session:
        feed = feeds.add(session, Url.parse("https://gazette.example/a/feed/of/many/words.xml"), "The Gazette")
        feed.error = "the server answered 503 (Service Unavailable)"
        hooks.add(session, Url.parse("https://newsroom.example/in"), ["dispute.opened"], "measure:killed>10")
        said = {"record": "claim", "record_id": f"{dispute[2]}:0", "action": "amend", "after": {"low": 31}}
        correct(session, NewCorrection.model_validate(said | {"reason": "misheard", "author": "Ann"}))
    settle_all(sqlite_tables)


@pytest.mark.parametrize("width", [360, 390])
def test_a_phone_shows_every_page_without_going_sideways(
    browser: Browser, address: str, dispute: list[str], listed: None, width: int
) -> None:
    phone = browser.new_context(base_url=address, viewport={"width": width, "height": 740}, has_touch=True)
    page = phone.new_page()
    for path in _PAGES:
        page.goto(path.format(*dispute))
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
        tops = page.locator(".top nav a").evaluate_all("(links) => links.map((a) => a.getBoundingClientRect().top)")
        assert len(set(tops)) == 1, "the links to the pages stand on one line"
    phone.close()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/feeds", ["State: active", "Last success: never", "Error: the server answered 503 (Service Unavailable)"]),
        ("/hooks", ["Events: dispute.opened", "Search: measure:killed>10", "Waiting: 0"]),
    ],
)
def test_a_phone_shows_feeds_and_hooks_as_lines_with_names(
    browser: Browser, address: str, dispute: list[str], listed: None, path: str, words: list[str]
) -> None:
    phone = browser.new_context(base_url=address, viewport={"width": 375, "height": 740}, has_touch=True)
    page = phone.new_page()
    page.goto(path)
    lines = page.locator("table.rows td").evaluate_all(
        """(cells) => cells.filter((cell) => cell.checkVisibility()).map((cell) => {
          const name = getComputedStyle(cell, "::before").content.match(/"([^"]*)"/g) || [];
          const box = cell.getBoundingClientRect();
          const inside = box.left >= 0 && box.right <= innerWidth && cell.scrollWidth <= cell.clientWidth;
          return (inside ? "" : "cut off: ") + name.map((part) => part.slice(1, -1)).join("") + cell.innerText.trim();
        })"""
    )
    assert not [line for line in lines if line.startswith("cut off")]
    for line in words:
        assert line in lines
    phone.close()


def test_without_a_script_everything_is_read_and_sent(browser: Browser, address: str, dispute: list[str]) -> None:
    plain = browser.new_context(base_url=address, java_script_enabled=False)
    page = plain.new_page()
    page.goto("/")
    page.get_by_role("link", name="Police speak").click()
    expect(page.locator(".claims .count .number")).to_have_text("12 to 30")
    page.locator("a.figure", has_text="30").click()
    expect(page.locator(".text")).to_contain_text("Rebels say 30")
    row = page.locator(".found > li").first
    row.get_by_text("Correct").click()
    row.get_by_label("Reason").fill("no such place")
    row.get_by_label("Your name").fill("Ann")
    row.get_by_role("button", name="Reject").click()
    expect(page.locator(".found > li").first).to_contain_text("rejected")
    page.goto("/failures")
    page.get_by_role("button", name=re.compile("again")).click()
    expect(page.locator(".failures > li")).to_contain_text("sent again")
    plain.close()


def test_fifty_tabs_are_all_told_of_an_event(
    context: BrowserContext, sqlite_tables: Database, dispute: list[str]
) -> None:
    tabs = [context.new_page() for _ in range(50)]
    for tab in tabs:
        tab.goto("/stories/s", wait_until="domcontentloaded")
    for tab in tabs:
        expect(tab.locator("#live")).to_be_visible()
    _arrives(sqlite_tables)
    for tab in tabs:
        expect(tab.locator("#news a")).to_contain_text("has changed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_controls_stand_out_from_their_ground(
    browser: Browser, address: str, dispute: list[str], listed: None, scheme: str
) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1, for every text of a page against the ground behind it; 1.4.11: 3 to 1 for borders."""
    reader = browser.new_context(base_url=address, color_scheme="dark" if scheme == "dark" else "light")
    page = reader.new_page()
    for path in (*_PAGES, "/login", "/stories/none"):
        page.goto(path.format(*dispute))
        page.evaluate("document.querySelectorAll('details').forEach((folded) => { folded.open = true; })")
        assert page.evaluate(_CONTRASTS) == [], path
        assert page.evaluate(_BORDERS) == [], path
    reader.close()


_MEASURE = """
  const channels = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = channels(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const wrong = [];
"""

_CONTRASTS = """() => {MEASURE
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("svg, .hidden, .skip") || !element.checkVisibility()) continue;
    const own = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (!own) continue;
    const ratio = contrast(channels(getComputedStyle(element).color), ground(element));
    if (ratio < 4.5) wrong.push(element.tagName + "." + element.className + " " + ratio.toFixed(2));
  }
  return wrong;
}""".replace("MEASURE", _MEASURE)

_BORDERS = """() => {MEASURE
  for (const element of document.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), select, button")) {
    if (!element.checkVisibility()) continue;
    const ratio = contrast(channels(getComputedStyle(element).borderTopColor), ground(element.parentElement));
    if (ratio < 3) wrong.push(element.tagName + "." + element.name + " " + ratio.toFixed(2));
  }
  return wrong;
}""".replace("MEASURE", _MEASURE)


def test_every_control_has_a_name_and_every_page_its_landmarks(page: Page, dispute: list[str], listed: None) -> None:
    for path in _PAGES:
        page.goto(path.format(*dispute))
        unnamed = page.evaluate(
            """() => [...document.querySelectorAll("input:not([type=hidden]), select, button, a[href]")]
              .filter((e) => !(e.labels && e.labels.length) && !e.getAttribute("aria-label") && !e.textContent.trim())
              .map((e) => e.outerHTML)"""
        )
        assert unnamed == [], path
        assert page.locator("h1").count() == 1
        assert page.locator("main").count() == 1
        assert page.evaluate("document.documentElement.lang") == "en"
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
        assert len(ids) == len(set(ids)), path


def test_the_skip_link_leads_past_the_navigation(page: Page, dispute: list[str]) -> None:
    page.goto("/stories/s")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    within = page.evaluate("document.activeElement.closest('main') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert (within, outline) == (True, "solid")
