"""The Celery app: `celery -A workers worker`, `beat`, `flower` and `inspect` find it here."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, import_modules, worker_process_init
from kombu.entity import Exchange, Queue
from kombu.transport import TRANSPORT_ALIASES

from schemas.stages import Stage
from workers import logs
from workers.queue.broker import NO_BROKER, broker_running, broker_url
from workers.queue.queues import FETCH, POLL, SETTLE, SWEEP, TASKS, TELL
from workers.queue.schedule import Steady
from workers.settings import configure_flower, settings
from workers.store.database import database

# Seconds between the soft limit, which a stage can still report, and the hard one, which kills its process.
_HARD_AFTER_SOFT = 10

# Seconds by which the clocks of machines may differ: a message expires by beat's clock, read on a worker's.
_CLOCKS_DIFFER = 60

# Seconds between two looks for stories whose counts are behind, and for events that hooks wait for: a person at the
# desk sees a dispute that opens, and a look that finds nothing costs a row of an index.
_SETTLE_SECONDS = 2.0
_TELL_SECONDS = 5.0


def _queue(name: str) -> Queue:
    """A queue with an exchange of its own: one that all shared would give each message to every queue."""
    return Queue(str(name), Exchange(str(name), type="direct"), routing_key=str(name))  # type: ignore[no-untyped-call]


app = Celery(
    "wireroom",
    include=[f"workers.tasks.{module}" for module in ("starting", "stages", "sweeper", "polling", "telling")],
)
app.conf.update(
    broker_url=broker_url() or NO_BROKER,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # An unacknowledged message is given to another worker after this long; no stage may outlive it.
        "visibility_timeout": 10 * (settings().stage_seconds + _HARD_AFTER_SOFT),
        # Noticing a dead connection needs both: a time-out on reads and TCP's own probes.
        "socket_timeout": 30,
        "socket_connect_timeout": 10,
        "socket_keepalive": True,
        "health_check_interval": 15,
    },
    # JSON only: a pickle on a shared Redis is a way in.
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    event_serializer="json",
    # The tables hold the results; nothing is kept twice.
    task_ignore_result=True,
    # Else beat would send a task every night to clean up results that nobody keeps.
    result_expires=None,
    # Acknowledged when done, and returned to the queue when its process dies (the guard in the tables makes that safe).
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_timeout=False,
    # One message a process, the one at work: fetching the next takes milliseconds, and the others get the rest.
    worker_prefetch_multiplier=1,
    task_soft_time_limit=settings().stage_seconds,
    task_time_limit=settings().stage_seconds + _HARD_AFTER_SOFT,
    # A process that grew past this after a huge document is replaced when it has finished it (kilobytes).
    worker_max_memory_per_child=1_500_000,
    # What is in hand when the broker goes is finished: the tables keep it, and a message that comes again does no harm.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    # Flower sees a document from the moment it is sent.
    worker_send_task_events=True,
    task_send_sent_event=True,
    task_track_started=True,
    task_queues=[_queue(name) for name in TASKS],
    task_default_queue=SWEEP,
    task_create_missing_queues=False,
    task_routes={stage.value: {"queue": stage.value} for stage in Stage},
    timezone="UTC",
    beat_schedule={
        "sweep": {
            "task": SWEEP,
            "schedule": Steady(settings().sweep_seconds),
            # A sweep that could not start before the next is due is not needed any more.
            "options": {"queue": SWEEP, "expires": settings().sweep_seconds + _CLOCKS_DIFFER},
        },
        "poll": {
            "task": POLL,
            "schedule": Steady(settings().poll_seconds),
            "options": {"queue": SWEEP, "expires": settings().poll_seconds + _CLOCKS_DIFFER},
        },
        "settle": {
            "task": SETTLE,
            "schedule": Steady(_SETTLE_SECONDS),
            "options": {"queue": SWEEP, "expires": _SETTLE_SECONDS + _CLOCKS_DIFFER},
        },
        "tell": {
            "task": TELL,
            "schedule": Steady(_TELL_SECONDS),
            "options": {"queue": FETCH, "expires": _TELL_SECONDS + _CLOCKS_DIFFER},
        },
    },
    beat_scheduler="workers.queue.schedule:SteadyScheduler",
    beat_schedule_filename=str(settings().services_folder / "beat-schedule"),
)

# In Kombu's table, and not as `broker_transport`: that name would stand in the place of the scheme in every log line.
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "workers.queue.transport:Transport"))

_embedded = ExitStack()


def longest_try() -> timedelta:
    """How long a try may last: the hard limit, and as much again for a machine that stands still."""
    return timedelta(seconds=2 * float(app.conf.task_time_limit))


def use_broker(url: str) -> None:
    """Points the app at a broker that was started after this module was loaded, and away from one used before."""
    app.conf.broker_url = url
    app._after_fork()  # lets go of the connections that it pools; Celery has no public name for that


def join_embedded_broker() -> None:
    """With no broker configured, starts the embedded one or joins it, until this process ends."""
    if not settings().broker_url:
        use_broker(_embedded.enter_context(broker_running()))
        atexit.register(_embedded.close)


@import_modules.connect  # type: ignore[untyped-decorator]
def _prepare_folder(**_: Any) -> None:
    """Whichever service is the first to start finds the folder; the scheduler opens its file before `beat_init`."""
    settings().services_folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@beat_init.connect  # type: ignore[untyped-decorator]
def _prepare_beat(**_: Any) -> None:
    """The scheduler finds the embedded broker where none is configured; what it sends every few seconds would be all of
    Flower's memory, so it does not tell of it.
    """
    app.conf.task_send_sent_event = False
    join_embedded_broker()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _own_connections(**_: Any) -> None:
    """A forked process opens its own database connections: two processes on one socket garble each other."""
    database().close()


logs.connect()

configure_flower(Path(__file__).parents[1] / "local" / "flowerconfig.py")
