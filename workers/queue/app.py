"""The Celery app, built when a service or a command first needs it: `celery -A workers` finds it through `workers`."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import lru_cache
from typing import Any

from celery import Celery
from celery.signals import beat_init, import_modules, worker_process_init
from kombu.entity import Exchange, Queue
from kombu.transport import TRANSPORT_ALIASES

from schemas.stages import Stage
from workers import logs
from workers.queue.broker import SERVICE_LETS_GO_SECONDS, broker_address, broker_running
from workers.queue.queues import FETCH, POLL, SETTLE, SWEEP, TASKS, TELL
from workers.queue.schedule import Steady
from workers.settings import Settings, make_services_folder, settings
from workers.store.clocks import CLOCKS_DIFFER
from workers.store.database import database

# The modules that a service imports for their tasks and for what they do at its start.
_TASK_MODULES = [f"workers.tasks.{module}" for module in ("starting", "stages", "sweeper", "polling", "telling")]

# Seconds between two looks for stories whose counts are behind, and for events that hooks wait for: a person at the
# desk sees a dispute that opens, and a look that finds nothing costs a row of an index.
_SETTLE_SECONDS = 2.0
_TELL_SECONDS = 5.0

_embedded = ExitStack()


@lru_cache(maxsize=1)
def app() -> Celery:
    """The Celery app of the settings, built once a process.

    Tasks are shared ones (`celery.shared_task`): they belong to it whether they were loaded before or after.

    Raises:
        SettingError: a value in the environment cannot be used.
    """
    made = Celery("wireroom", include=_TASK_MODULES)
    made.conf.update(_configuration(settings()))
    # In Kombu's table, and not as `broker_transport`: that name would replace the scheme in every log
    # line.
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "workers.queue.transport:Transport"))
    logs.connect()
    return made


def join_embedded_broker() -> None:
    """With no broker configured, starts the embedded one or joins it, until this process ends."""
    if not settings().broker_url:
        app().conf.broker_url = _embedded.enter_context(broker_running(SERVICE_LETS_GO_SECONDS))
        atexit.register(_embedded.close)


def _configuration(chosen: Settings) -> dict[str, Any]:
    return {
        "broker_url": broker_address(),
        "broker_connection_retry_on_startup": True,
        # A broker that answers with an error (its memory is full, it cannot write to its disk, it is a replica just
        # now) is tried again as one that does not answer is: without this the worker ends.
        "broker_channel_error_retry": True,
        "broker_transport_options": {
            # An unacknowledged message is given to another worker after this long; no stage may outlive it.
            "visibility_timeout": 10 * chosen.hard_stage_seconds,
            # Noticing a dead connection needs both: a time-out on reads and TCP's own probes.
            "socket_timeout": 30,
            "socket_connect_timeout": 10,
            "socket_keepalive": True,
            "health_check_interval": 15,
        },
        # JSON only: a pickle on a shared Redis is a way in.
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "event_serializer": "json",
        # The tables hold the results; nothing is kept twice.
        "task_ignore_result": True,
        # Else beat would send a task every night to clean up results that nobody keeps.
        "result_expires": None,
        # Acknowledged when done, and returned to the queue when its process dies (the guard in the tables makes that
        # safe).
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_acks_on_timeout": False,
        # One message a process, the one at work: fetching the next takes milliseconds, and the others get the rest.
        "worker_prefetch_multiplier": 1,
        "task_soft_time_limit": chosen.stage_seconds,
        "task_time_limit": chosen.hard_stage_seconds,
        # A process that grew past this after a huge document is replaced when it has finished it (kilobytes).
        "worker_max_memory_per_child": 1_500_000,
        # Running tasks are finished when the broker is lost: the results are stored, and a repeated message does no
        # harm.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        # Flower sees a document from the moment it is sent.
        "worker_send_task_events": True,
        "task_send_sent_event": True,
        "task_track_started": True,
        "worker_consumer": "workers.queue.consumer:Consumer",
        "task_queues": [_queue(name) for name in TASKS],
        "task_default_queue": SWEEP,
        "task_create_missing_queues": False,
        "task_routes": {stage.value: {"queue": stage.value} for stage in Stage},
        "timezone": "UTC",
        "beat_schedule": {
            "sweep": _regularly(SWEEP, chosen.sweep_seconds),
            "poll": _regularly(POLL, chosen.poll_seconds),
            "settle": _regularly(SETTLE, _SETTLE_SECONDS),
            "tell": _regularly(TELL, _TELL_SECONDS, FETCH),
        },
        "beat_scheduler": "workers.queue.schedule:SteadyScheduler",
        "beat_schedule_filename": str(chosen.services_folder / "beat-schedule"),
    }


def _queue(name: str) -> Queue:
    """A queue with an exchange of its own: one that all shared would give each message to every queue."""
    return Queue(str(name), Exchange(str(name), type="direct"), routing_key=str(name))  # type: ignore[no-untyped-call]


def _regularly(task: str, seconds: float, queue: str = SWEEP) -> dict[str, Any]:
    """An entry of beat's. What could not start before the next is due is not needed any more.

    A message expires by beat's clock, read on a worker's.
    """
    options = {"queue": queue, "expires": seconds + CLOCKS_DIFFER.total_seconds()}
    return {"task": task, "schedule": Steady(seconds), "options": options}


@import_modules.connect  # type: ignore[untyped-decorator]
def _prepare_folder(**_: Any) -> None:
    """Whichever service is the first to start finds the folder; the scheduler opens its file before `beat_init`."""
    make_services_folder()


@beat_init.connect  # type: ignore[untyped-decorator]
def _prepare_beat(**_: Any) -> None:
    """The scheduler finds the embedded broker where none is configured; what it sends every few seconds would be all of
    Flower's memory, so it does not tell of it.
    """
    app().conf.task_send_sent_event = False
    join_embedded_broker()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _own_connections(**_: Any) -> None:
    """A forked process opens its own database connections: two processes must not share one socket."""
    database().forget()
