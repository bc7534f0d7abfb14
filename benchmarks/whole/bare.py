"""A bare Celery chain: three tasks that hand an article on and do nothing else, acknowledged as ours are (see
`run_chain`). It keeps nothing: what Redis loses is lost.
"""

from __future__ import annotations

from typing import Any

from celery import chain

from benchmarks.whole.chain_app import chain_app

app = chain_app("bare")

Message = dict[str, Any]


@app.task  # type: ignore[untyped-decorator]
def clean(article: Message) -> Message:
    """The article as it came."""
    return article


@app.task  # type: ignore[untyped-decorator]
def extract(article: Message) -> Message:
    """The article as it came."""
    return article


@app.task  # type: ignore[untyped-decorator]
def dedupe(article: Message) -> str:
    """The article's id."""
    return str(article["id"])


def chain_of(article: Message) -> Any:
    """The tasks of an article."""
    return chain(clean.s(article), extract.s(), dedupe.s())
