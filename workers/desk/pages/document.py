"""A document: its text with what was found in it marked, what cleaning cut, its copies, revisions and corrections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.corrections import CHOICES
from workers.desk.api.rows import asked
from workers.desk.marks import paragraphs
from workers.desk.pages.rendering import page
from workers.store.read.whole import one_document


def document(request: Request) -> Response:
    """The page."""
    return page(request, "document.html", document_values(asked(request, "document", one_document)))


def document_values(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the template of a document needs."""
    return {
        "document": found,
        "paragraphs": paragraphs(found["text"] or "", found["claims"], found["quotes"], found["entities"]),
        "undone": {each["undoes"] for each in found["corrections"] if each["undoes"]},
        "choices": CHOICES,
        "names": sorted({(each["name"], each["label"]) for each in found["entities"]}),
    }


routes = [Route("/documents/{id}", document, methods=["GET"])]
