"""A report printed as tables, as many rows as a person reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from schemas.stages import State
from workers.cli.tables import add_row, new_table, print_table
from workers.desk import wording

# Rows of each table; the rest is counted in a line below, and is in the export.
_ROWS = 40

# Claims are what people come for.
_CLAIM_ROWS = 100
# Characters of a sentence shown beside a figure.
_LONGEST_WORDS = 120
_CLAIM_COLUMNS = ("measure", "figure", "of whom", "claimant", "relayed by", "times")

Row = Mapping[str, Any]


def print_report(report: Mapping[str, Sequence[Row]], console: Console) -> None:
    """Prints documents, stories, claims, disputes, updates and failures, each where there are any."""
    _print_documents(report["documents"], console)
    _print_stories(report["stories"], console)
    _print_claims(report["claims"], report["stories"], console)
    _print_disputes(report["disputes"], console)
    words = {claim["id"]: claim["figure"] for claim in report["claims"]}
    _print_context(report["stories"], words, console)
    _print_updates(report["stories"], words, console)
    print_failures(report["failures"], console)


def account(new: int, total: int, states: Mapping[State, int]) -> str:
    """One sentence on what became of the documents of a run."""
    known = f" ({new} new, {total - new} known before)" if new != total else ""
    failed = states[State.FAILED]
    ending = f", {failed} failed; `wireroom retry` sends them again" if failed else ""
    return f"{wording.counted(total, 'document')}{known}: {states[State.STORED]} stored{ending}."


def _print(table: Table, total: int, console: Console, rows: int = _ROWS) -> None:
    console.print()
    print_table(table, console)
    if total > rows:
        console.print(f"… and {total - rows} more, see `wireroom export`")


def _largest_first(stories: Sequence[Row]) -> list[Row]:
    return sorted(stories, key=lambda story: (-len(story["document_ids"]), _minute(story["first_published"])))


def _minute(time: datetime | None) -> str:
    return time.strftime("%Y-%m-%d %H:%M") if time else ""


def _print_documents(documents: Sequence[Row], console: Console) -> None:
    if not documents:
        return
    ids = {document["id"]: n for n, document in enumerate(documents, 1)}
    table = new_table("Documents", "#", "published", "source", "title", "quotes", "claims", "copy of")
    for document in documents[:_ROWS]:
        copy_of = document["copy_of"]
        add_row(
            table,
            ids[document["id"]],
            _minute(document["published"]) or "undated",
            document["source"],
            document["title"]
            if document["state"] == State.STORED
            else f"[{document['state']}] {document['title'] or ''}",
            document["quotes"],
            document["claims"],
            f"#{ids[copy_of]}" if copy_of in ids else copy_of,
        )
    _print(table, len(documents), console)


def _print_stories(stories: Sequence[Row], console: Console) -> None:
    if not stories:
        return
    table = new_table(
        "Stories", "title", "documents", "sources", "first published, UTC", "last published, UTC", "disputes"
    )
    for story in _largest_first(stories)[:_ROWS]:
        add_row(
            table,
            story["title"],
            len(story["document_ids"]),
            len(story["sources"]),
            _minute(story["first_published"]),
            _minute(story["last_published"]),
            len(story["disputes"]),
        )
    _print(table, len(stories), console)


def _print_claims(claims: Sequence[Row], stories: Sequence[Row], console: Console) -> None:
    """The claims by story, the largest first; one line for what one claimant says more than once."""
    titles = {story["id"]: story["title"] for story in _largest_first(stories)}
    place = {story: n for n, story in enumerate(titles)}
    said = Counter(
        (
            claim["story_id"],
            claim["measure"],
            wording.figure(claim),
            claim["group"],
            wording.claimant(claim),
            claim["relay"],
        )
        for claim in claims
    )
    if not said:
        return
    table = new_table("Who claims how many (what copies repeat is counted once)", "story", *_CLAIM_COLUMNS)
    ordered = sorted(said.items(), key=lambda item: (place.get(item[0][0], len(place)), item[0][1]))
    last = None
    for (story, *cells), times in ordered[:_CLAIM_ROWS]:
        if story != last:
            table.add_section()
        add_row(table, titles.get(story) if story != last else "", *cells, times)
        last = story
    _print(table, len(ordered), console, _CLAIM_ROWS)


def _print_disputes(figures: Sequence[Row], console: Console) -> None:
    """Who stands against whom: each figure of each dispute, with the words that give it."""
    if not figures:
        return
    table = new_table("Where claims disagree", "story", "measure", "of whom", "figure", "claimant", "in the words of")
    last = None
    for figure in figures[:_ROWS]:
        new = figure["count_id"] != last
        if new:
            table.add_section()
        last = figure["count_id"]
        shown = (figure["story_title"], figure["measure"], figure["group"]) if new else ("", "", "")
        label = wording.figure(figure) + (" (updated later)" if figure["updated_by"] else "")
        relay = f" (by {figure['relay']})" if figure["relay"] else ""
        source = figure["source"] or "unknown source"
        add_row(table, *shown, label, wording.claimant(figure) + relay, f"{source}: {_words(figure)}")
    _print(table, len(figures), console)


def _words(figure: Row) -> str:
    words = " ".join(figure["sentence"].split())
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"


def _print_context(stories: Sequence[Row], words: Mapping[str, str], console: Console) -> None:
    """The figures that stand beside a disputed count and are compared with nothing; `words` are those of each claim."""
    beside = [
        (story["title"], count["measure"], figure)
        for story in stories
        for count in story["disputes"]
        for figure in count["context"]
    ]
    if not beside:
        return
    table = new_table(
        "Beside the disputes, compared with nothing", "story", "measure", "figure", "of whom", "claimant", "why"
    )
    for title, measure, figure in beside[:_ROWS]:
        why = wording.aside(figure) or "no text sets it against these"
        told = wording.figure(figure | {"figure": words.get(figure["claim_id"])})
        add_row(table, title, measure, told, figure["group"], wording.claimant(figure), why)
    _print(table, len(beside), console)


def _print_updates(stories: Sequence[Row], words: Mapping[str, str], console: Console) -> None:
    """The counts that a claimant replaced and in which no dispute was found, each with its figures by time."""
    counts = [(story, count) for story in stories for count in story["updates"]]
    if not counts:
        return
    table = new_table(
        "What was updated, with no dispute found", "story", "measure", "of whom", "figure", "claimant", "source"
    )
    for story, count in counts[:_ROWS]:
        shown = (story["title"], count["measure"], count["group"])
        for figure in count["figures"]:
            told = wording.figure(figure | {"figure": words.get(figure["claim_id"])})
            label = told + (" (updated later)" if figure["updated_by"] else "")
            add_row(table, *shown, label, wording.claimant(figure), figure["source"])
            shown = ("", "", "")
        table.add_section()
    _print(table, len(counts), console)


def print_failures(failures: Sequence[Row], console: Console) -> None:
    """Prints the documents that failed and why, where there are any."""
    if not failures:
        return
    table = new_table("Failed", "document", "stage", "error")
    for failure in failures[:_ROWS]:
        add_row(table, failure["document_id"], failure["stage"], failure["error"])
    _print(table, len(failures), console)
