"""What a worker does at its start: it brings the tables to the present version and loads rules and model."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from typing import Any

from celery.signals import celeryd_after_setup, celeryd_init, worker_shutdown

from schemas.errors import ServiceError, SettingError
from schemas.stages import Stage
from workers.queue.app import app, join_embedded_broker
from workers.queue.consuming import ConsumingWatch
from workers.queue.file_watch import FileWatch
from workers.store.database import database
from workers.store.migrate import migrate


@celeryd_init.connect  # type: ignore[untyped-decorator]
def _prepare_services(**_: Any) -> None:
    """A worker finds its tables at the present version; and with no broker configured it starts or joins the embedded
    one, so that plain `celery -A workers worker` works in a checkout.
    """
    from workers.tasks.stage_settings import clean_rules  # half a second to load, which only a worker spends

    app().steps["worker"].update((ConsumingWatch, FileWatch))
    try:
        clean_rules()  # a wrong rules file stops a worker at its start, not each document
    except SettingError as error:
        sys.exit(f"wireroom: {error}")  # Celery logs any other exception of a signal's receiver, and continues
    migrate(database())
    # No connection may cross the fork: SQLite's locks belong to the process that took them
    # (https://sqlite.org/howtocorrupt.html, 2.6).
    database().engine.dispose()
    join_embedded_broker()


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]
def _warm_up(instance: Any, **_: Any) -> None:
    """A worker loads the models of its stages once, before its processes fork and share them, and sees that the
    gazetteer is there.
    """
    consumed = instance.app.amqp.queues.consume_from
    if Stage.CLEAN in consumed:
        from pipeline import clean  # half a second to load, which only this worker spends

        clean.warm_up()
    if Stage.EXTRACT in consumed:
        from pipeline import extract  # a second to load
        from workers.tasks.stage_settings import gazetteer

        gazetteer()  # made here, and not in the time of the first document
        extract.warm_up()
    # What is loaded by now lives as long as the process: a collection that marked it would copy its pages in each
    # process that was forked (https://docs.python.org/3/library/gc.html#gc.freeze).
    gc.collect()
    gc.freeze()


@worker_shutdown.connect  # type: ignore[untyped-decorator]
def _close_database(**_: Any) -> None:
    """Whoever is the last to close a SQLite database leaves all of it in its file, and none in a log beside it."""
    with suppress(ServiceError):  # unreachable: there is nothing to close
        database().check()
    database().close()
