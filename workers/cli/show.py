"""`wireroom show`: one document or story with its records marked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.errors import SettingError
from workers.cli.options import DatabaseUrl, Json, output, print_json, use
from workers.store.database import database


def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of a document or story, or its beginning.")],
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Show a document with its quotes and claims marked, or a story with its counts."""
    use(database_url)
    from workers.store.read.wall import find_ids
    from workers.store.read.whole import one_document, one_story
    from workers.store.settling import settle_all

    settle_all(database())
    with database().reading() as session:
        ids = find_ids(session, name.lower())
        if len(ids) != 1:
            cause = "matches no document or story" if not ids else "matches several documents or stories"
            raise SettingError(name, cause, "see `wireroom search`")
        kind, found_id = ids[0]
        found = one_document(session, found_id) if kind == "document" else one_story(session, found_id)
    if as_json:
        print_json(found)
    elif found is not None:
        (_print_document if kind == "document" else _print_story)(found, output())


def _print_document(found: dict[str, Any], console: Console) -> None:
    from workers.desk import wording

    console.print(Text(_printable(found["title"] or "without a title"), style="bold"))
    facts = (found["source"], wording.moment(found["published"]), found["author"], found["state"], found["url"])
    console.print(Text(_printable("  ".join(fact for fact in facts if fact)), style="dim"))
    if found["story_id"]:
        console.print(Text(f"story {found['story_id']}", style="dim"))
    if found["error"]:
        console.print(Text(_printable(found["error"]), style="red"))
    text = Text("".join(c if c.isprintable() or c == "\n" else " " for c in found["text"] or ""))
    for quote in found["quotes"]:
        if quote["review_status"] != "rejected":
            text.stylize("green", quote["start"], quote["end"])
    for claim in found["claims"]:
        text.stylize("strike" if claim["review_status"] == "rejected" else "bold reverse", claim["start"], claim["end"])
    console.print("", text, "", sep="\n")
    table = Table(
        "id", "figure", "measure", "of whom", "claimant", "relayed by", "", title="claims", title_justify="left"
    )
    for claim in found["claims"]:
        who = wording.claimant({"claimant_name": claim["claimant_name"], "source": found["source"]})
        status = "" if claim["review_status"] == "unreviewed" else claim["review_status"]
        cells = (
            claim["id"].partition(":")[2],
            wording.figure(claim),
            claim["measure"],
            claim["group"],
            who,
            claim["relay"],
            status,
        )
        table.add_row(*(Text(_printable(str(cell or ""))) for cell in cells))
    if found["claims"]:
        console.print(table)


def _print_story(found: dict[str, Any], console: Console) -> None:
    from pipeline.measures import said
    from workers.desk import wording
    from workers.desk.speakers import claimants

    console.print(Text(_printable(found["title"] or "without a title"), style="bold"))
    table = Table(
        "count", "claimants", "figure", "claimant", "relayed by", "source", title="counts", title_justify="left"
    )
    for count in (SimpleNamespace(**each) for each in found["counts"]):
        told = " ".join(part for part in (wording.span(count), count.group, said(count.measure)) if part)
        for place, each in enumerate(count.figures):
            head = (told, claimants(count) + (", disputed" if count.disputed else "")) if not place else ("", "")
            updated = " (updated later)" if each["updated_by"] else ""
            cells = (*head, wording.figure(each) + updated, wording.claimant(each), each["relay"], each["source"])
            style = "red" if count.disputed and not place else ""
            table.add_row(*(Text(_printable(str(cell or ""))) for cell in cells), style=style)
        table.add_section()
    console.print(table)
    for each in found["documents"]:
        when = wording.moment(each["published"] or each["received"])
        copy = "  a copy" if each["copy_of"] else ""
        line = f"{each['id'][:12]}  {when}  {each['source'] or ''}  {each['title'] or ''}{copy}"
        console.print(Text(_printable(line)))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
