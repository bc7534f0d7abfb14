"""The three stages, in order: each calls one function of the pipeline and one of the store.

What a stage calls is loaded with its first document or, in a worker that consumes it, before (workers.tasks.starting):
beat, Flower and a worker of other queues find the tasks here too, and need no language model.
"""

from __future__ import annotations

from functools import partial

from schemas.stages import Stage
from workers.store import results
from workers.store.ledger import PendingDecision
from workers.store.staged import StagedDocument
from workers.tasks.attempt import Write
from workers.tasks.stage_task import stage_task


@stage_task(Stage.CLEAN)
def clean(document: StagedDocument) -> Write:
    """The raw document becomes the article's text and its facts."""
    from pipeline import clean as cleaning
    from workers.tasks.stage_settings import clean_rules, languages

    cleaned = cleaning.clean(results.raw_document(document), clean_rules(), languages())
    return partial(results.write_cleaned, document=document, cleaned=cleaned)


@stage_task(Stage.EXTRACT)
def extract(document: StagedDocument) -> Write:
    """The text yields entities, places, quotes and claims."""
    from pipeline import extract as extracting
    from workers.tasks.stage_settings import gazetteer

    extraction = extracting.extract(
        document.text,
        language=document.language,
        source=document.source,
        title=document.title,
        published=document.published,
        gazetteer=gazetteer(),
    )
    return partial(results.write_extraction, document=document, extraction=extraction)


@stage_task(Stage.DEDUPE)
def dedupe(document: StagedDocument) -> Write:
    """The document joins its copies and its story."""
    from pipeline import dedupe as deduping
    from workers.tasks.stage_settings import dedupe_limits

    fingerprint = deduping.fingerprint(document.text, document.title, document.language, document.places)
    return PendingDecision(document, fingerprint, dedupe_limits())
