"""A story: its counts, a column for each claimant; their steps over time; its documents; what was corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.measures import importance
from workers.desk.api.parameters import Parameters
from workers.desk.api.rows import asked
from workers.desk.charts import Steps, steps
from workers.desk.pages.rendering import page
from workers.desk.sides import sides
from workers.desk.speakers import speakers
from workers.desk.wording import claimant, excerpt
from workers.store.changes import story_followed
from workers.store.database import database
from workers.store.read.disputes import words_of
from workers.store.read.whole import one_story

# Columns that a table can have and be read; who claims less stands in the last.
_COLUMNS = 7

# Charts of a page.
_CHARTS = 6


def story(request: Request) -> Response:
    """The page; of a story that was merged, the one that it is part of."""
    found = asked(request, "story", one_story)
    if found["id"] != request.path_params["id"]:
        return RedirectResponse(f"/stories/{found['id']}", 303)
    with database().reading() as session:
        values = story_values(session, found)
    return page(request, "story.html", values)


def story_values(session: Session, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the template of a story needs."""
    counts = [SimpleNamespace(**count) for count in found["counts"]]
    names = speakers(each for count in counts for each in count.figures)
    for count in counts:
        count.figures = [each | {"speaker": names.get(claimant(each))} for each in count.figures]
    counts.sort(key=lambda c: (not c.disputed, importance(c.measure), -c.independent_sources, c.group or ""))
    columns = _claimants(counts)
    disputes = [(count, sides(count)) for count in counts if count.disputed]
    told = {side.told_by["claim_id"] for _, shown in disputes for side in shown.shown}
    return {
        "story": found,
        "counts": counts,
        "columns": columns,
        "cells": {count.id: _cells(count, columns) for count in counts},
        "disputes": disputes,
        "words": {claim: excerpt(said) for claim, said in words_of(session, told).items()},
        "charts": _charts(counts),
        "documents": _collapsed(found["documents"]),
        "originals": sum(not document["copy_of"] for document in found["documents"]),
    }


def news(request: Request) -> Response:
    """The line above a story: what changed since the page was shown."""
    given = Parameters(request, ("since",))
    since, story_id = given.number("since", 0), request.path_params["id"]
    with database().reading() as session:
        found = one_story(session, story_followed(session, story_id))
    changed = found is not None and (found["change"] or 0) > since
    return page(request, "story_news.html", {"changed": changed, "story": found, "since": since})


def _charts(counts: Sequence[SimpleNamespace]) -> list[tuple[SimpleNamespace, Steps]]:
    """The counts whose figures are not all the same, drawn over time."""
    changing = [count for count in counts if len({each["value"] for each in count.figures}) > 1]
    drawn = ((count, steps(count.figures)) for count in changing)
    return [(count, chart) for count, chart in drawn if chart is not None][:_CHARTS]


def _claimants(counts: Sequence[SimpleNamespace]) -> list[str]:
    """The claimants that get a column, those who claim most counts first."""
    claimed: Counter[str] = Counter()
    for count in counts:
        claimed.update(dict.fromkeys((claimant(f) for f in count.figures), 1 + 2 * count.disputed))
    names = sorted(claimed, key=lambda name: (-claimed[name], name))
    return names if len(names) <= _COLUMNS else [*names[: _COLUMNS - 1], ""]


def _cells(count: SimpleNamespace, columns: Sequence[str]) -> list[list[dict[str, Any]]]:
    """The figures of a count by column; the last takes those whose claimants have none."""
    cells: list[list[dict[str, Any]]] = [[] for _ in columns]
    for each in count.figures:
        name = claimant(each)
        cells[columns.index(name) if name in columns else -1].append(each)
    return cells


def _collapsed(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The documents in order, each with its copies behind it."""
    copies: dict[str, list[Mapping[str, Any]]] = {}
    ids = {document["id"] for document in documents}
    for document in documents:
        if document["copy_of"] in ids:
            copies.setdefault(document["copy_of"], []).append(document)
    return [
        {"document": document, "copies": copies.get(document["id"], [])}
        for document in documents
        if document["copy_of"] not in ids
    ]


routes = [Route("/stories/{id}", story, methods=["GET"]), Route("/stories/{id}/news", news, methods=["GET"])]
