"""`GET /metrics` for Prometheus, `GET /healthz` for supervisors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import redis
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.errors import ServiceError
from workers.desk.answers import as_json
from workers.queue import stage_seconds
from workers.queue.broker import broker_client, broker_url
from workers.queue.consuming import consuming
from workers.queue.queues import TASKS
from workers.store import census
from workers.store.database import database

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def metrics(request: Request) -> Response:
    """Everything that is measured, as Prometheus reads it. No label names a document, a person or an address."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Measured())
    return Response(generate_latest(registry), media_type=_TEXT)


class _Measured(Collector):
    """Measured when it is asked for."""

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        yield from self._tables()
        yield from self._broker()

    @staticmethod
    def _tables() -> Iterable[Metric]:
        try:
            with database().reading() as session:
                states, oldest = census.by_state(session), census.oldest_waiting(session)
                failures, late = census.failures_by_type(session), census.feeds_late(session)
                hooks, unsettled = census.deliveries_waiting(session), census.stories_unsettled(session)
        except DBAPIError:
            yield _up("database", answers=False)
            return
        yield _up("database", answers=True)
        documents = GaugeMetricFamily("wireroom_documents", "Documents by state.", labels=["state"])
        for state, count in states.items():
            documents.add_metric([state.value], count)
        yield documents
        waited = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily(
            "wireroom_oldest_waiting_seconds", "Seconds that the oldest waiting document has been in its state.", waited
        )
        failed = GaugeMetricFamily("wireroom_failures", "Failures by stage and type.", labels=["stage", "error_type"])
        for stage, kind, count in failures:
            failed.add_metric([stage, kind], count)
        yield failed
        yield GaugeMetricFamily(
            "wireroom_feeds_late", "Active feeds that have been due for five minutes or more.", late
        )
        yield GaugeMetricFamily("wireroom_hooks_waiting", "Events not yet delivered to webhooks.", hooks)
        yield GaugeMetricFamily("wireroom_stories_unsettled", "Stories whose counts are out of date.", unsettled)

    @staticmethod
    def _broker() -> Iterable[Metric]:
        try:
            client = broker_client()
            with client.pipeline(transaction=False) as pipe:
                for queue in TASKS:
                    pipe.llen(queue)
                lengths = dict(zip(TASKS, pipe.execute(), strict=True))
            workers, seconds = consuming(client), stage_seconds.read()
        except redis.RedisError:
            yield _up("broker", answers=False)
            return
        yield _up("broker", answers=True)
        queued = GaugeMetricFamily("wireroom_queue_messages", "Messages waiting on each queue.", labels=["queue"])
        consumers = GaugeMetricFamily("wireroom_queue_workers", "Workers that consume each queue.", labels=["queue"])
        for queue, length in lengths.items():
            queued.add_metric([queue], length)
            consumers.add_metric([queue], sum(queue in queues for queues in workers.values()))
        yield queued
        yield consumers
        took = HistogramMetricFamily(
            "wireroom_stage_seconds", "Seconds that a document took in a stage.", labels=["stage"]
        )
        for stage, (buckets, total) in seconds.items():
            took.add_metric([stage.value], buckets, total)
        yield took


def _up(service: str, *, answers: bool) -> Metric:
    return GaugeMetricFamily(f"wireroom_{service}_up", f"Whether the {service} answers.", int(answers))


def healthz(request: Request) -> Response:
    """200 where the database and the broker answer; else 503 and what does not."""
    wrong = []
    try:
        database().check()
    except ServiceError as error:
        wrong.append(f"the database {error.cause.partition(' (')[0]}")
    try:
        if broker_url() is None:
            wrong.append("no broker is running")
        else:
            broker_client().ping()
    except redis.RedisError:
        wrong.append("the broker cannot be reached")
    return as_json({"status": "; ".join(wrong) or "ok"}, 503 if wrong else 200)


routes = [Route("/metrics", metrics, methods=["GET"]), Route("/healthz", healthz, methods=["GET"])]
