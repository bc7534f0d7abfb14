"""What a worker does at its start: it brings the tables to the present version and loads rules and model."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import Any

from celery.signals import celeryd_after_setup, celeryd_init, worker_process_shutdown, worker_shutdown

from schemas.documents import RawDocument
from schemas.errors import ServiceError, SettingError
from schemas.stages import Stage
from workers.queue.app import app, join_embedded_broker
from workers.queue.consuming import ConsumingWatch
from workers.queue.file_watch import FileWatch
from workers.queue.told_later import send_all_now
from workers.store.database import database
from workers.store.migrate import migrate


@celeryd_init.connect  # type: ignore[untyped-decorator]
def _prepare_services(**_: Any) -> None:
    """A worker finds its tables at the present version; and with no broker configured it starts or joins the embedded
    one, so that plain `celery -A workers worker` works in a checkout.
    """
    gc.disable()  # until all is loaded: collections meanwhile find no garbage and take a tenth of the time
    app().steps["worker"].update((ConsumingWatch, FileWatch))
    migrate(database())
    # No connection may cross the fork: SQLite's locks belong to the process that took them
    # (https://sqlite.org/howtocorrupt.html, 2.6).
    database().engine.dispose()
    join_embedded_broker()


# What a worker works on before its first document: what a stage loads or builds only when it is used is there then.
_SAMPLE = """At least nine people were killed when a ferry capsized off the coast on Monday, police said.
“We are still looking for 14 others,” said Ana Petrov, a spokeswoman for the coast guard."""


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]
def _warm_up(instance: Any, **_: Any) -> None:
    """A worker loads what its stages need once, before its processes fork and share it, and sees that the gazetteer is
    there.
    """
    consumed = instance.app.amqp.queues.consume_from
    if Stage.CLEAN in consumed:
        from pipeline import clean  # half a second to load, which only this worker spends
        from workers.tasks.stage_settings import clean_rules, languages

        try:
            rules = clean_rules()  # a wrong rules file stops a worker at its start, not each document
        except SettingError as error:
            sys.exit(f"wireroom: {error}")  # Celery logs any other exception of a signal's receiver, and continues
        page = "".join(f"<p>{line}</p>" for line in _SAMPLE.splitlines())
        clean.clean(RawDocument(content=page, content_type="text/html"), rules, languages())
    if Stage.EXTRACT in consumed:
        from pipeline import extract  # a second to load
        from workers.tasks.stage_settings import gazetteer

        gazetteer()  # made here, and not in the time of the first document
        extract.extract(_SAMPLE)
    if Stage.DEDUPE in consumed:
        from pipeline import dedupe

        dedupe.fingerprint(_SAMPLE, None, "en", [])
    # What is loaded by now lives as long as the process: a collection that marked it would copy its pages in each
    # process that was forked (https://docs.python.org/3/library/gc.html#gc.freeze).
    gc.collect()
    gc.freeze()
    gc.enable()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _exit_at_once(exitcode: int, **_: Any) -> None:
    """A pool process that has nothing more to do ends; Billiard has each sleep a second before it does."""
    with suppress(Exception):  # of what it tells nothing depends, and it is to end with its code
        send_all_now()
    os._exit(exitcode)


@worker_shutdown.connect  # type: ignore[untyped-decorator]
def _close_database(**_: Any) -> None:
    """Whoever is the last to close a SQLite database leaves all of it in its file, and none in a log beside it."""
    with suppress(ServiceError):  # unreachable: there is nothing to close
        database().check()
    database().close()
