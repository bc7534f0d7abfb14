"""Templates to pages: everything that comes from outside escaped, and freed of control characters."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from pipeline.measures import said
from workers.desk import wording
from workers.desk.access import FORM_FIELD
from workers.desk.charts import strip
from workers.desk.sides import sides
from workers.desk.speakers import claimants
from workers.desk.static_files import version


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates, with the words that they use."""
    made = Environment(
        loader=PackageLoader("workers.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )
    made.filters.update(
        ago=wording.ago,
        aside=wording.aside,
        claimant=wording.claimant,
        claimants=claimants,
        counted=wording.counted,
        done=wording.done,
        field=wording.field,
        figure=wording.figure,
        happened=wording.happened,
        located=wording.located,
        measure=said,
        moment=wording.moment,
        sides=sides,
        sources=wording.sources,
        span=wording.span,
        words_of=wording.words_of,
        written=wording.written,
    )
    made.globals.update(strip=strip, form_field=FORM_FIELD)
    # In a report, which stands alone, links lead to places of the same page.
    made.globals.update(
        standalone=False,
        link_document=lambda document_id: f"/documents/{document_id}",
        link_claim=lambda figure: f"/documents/{figure['document_id']}#claim-{figure['claim_id']}",
    )
    return made


def _plain(value: Any) -> Any:
    """What a template writes: nothing for None, and no control characters of somebody's text."""
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Markup):
        return wording.shown(value)
    return value


def page(request: Request, template: str, values: dict[str, Any] | None = None, status: int = 200) -> HTMLResponse:
    """A page of the desk."""
    state = request.scope.get("state", {})
    shared = {
        "path": request.url.path,
        "proof": state.get("form_proof", ""),
        "version": version(),
        "author": request.cookies.get("wireroom_author", ""),
        "now": datetime.now().astimezone(),
    }
    return HTMLResponse(templates().get_template(template).render(shared | (values or {})), status)
