"""`wireroom up`: the background services together on one machine."""

from __future__ import annotations

import time
from contextlib import suppress

import redis
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from workers.cli.options import Database, messages, place_of_results, use
from workers.cli.options import Redis as RedisOption
from workers.local.recovery import Recovery
from workers.local.services import (
    Service,
    beat_service,
    desk_service,
    fetch_service,
    flower_service,
    restart_ended,
    running,
    worker_service,
)
from workers.queue.broker import broker_running, revive_broker, without_password
from workers.settings import desk_address, settings

_LOOK_SECONDS = 0.5


def up(database_url: Database = None, redis_url: RedisOption = None) -> None:
    """Run the workers, the scheduler, Flower and the desk (and the broker, where none is configured) until stopped."""
    use(database_url, redis_url)
    console = messages()
    with broker_running() as url:
        services = [worker_service(), fetch_service(), beat_service(), flower_service(), desk_service()]
        console.print(f"broker   {without_password(url)}", markup=False)
        console.print(f"tables   {place_of_results()}", markup=False)
        console.print(f"Flower   http://{settings().flower_address}:{settings().flower_port}", markup=False)
        console.print(f"desk     {desk_address()}", markup=False)
        console.print("Ctrl-C stops it all.")
        try:
            with running(services):
                _look_after(services, console)
        except KeyboardInterrupt:
            console.print("stopped")


def _look_after(services: list[Service], console: Console) -> None:
    """Starts again what ends, and then sends again what was lost with it; until interrupted."""
    recovery = Recovery()
    while True:
        ended = restart_ended(services)
        for name, code in ended:
            console.print(f"{name} ended with {code} and is started again", style="yellow", markup=False)
        if revive_broker() or ended:
            recovery.begin()
        with suppress(redis.RedisError, DBAPIError):  # beat's sweeper comes by all the same
            recovery.sweep(quiet_days=False)
        time.sleep(_LOOK_SECONDS)
