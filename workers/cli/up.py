"""`wireroom up`: the background services together on one machine."""

from __future__ import annotations

import time
from contextlib import suppress

import redis
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from workers.cli.options import DatabaseUrl, RedisUrl, messages, place_of_results, use
from workers.local.forks import load_shared
from workers.local.ports import require_port
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
from workers.store.database import database

_LOOK_SECONDS = 0.5


def up(database_url: DatabaseUrl = None, redis_url: RedisUrl = None) -> None:
    """Run the workers, the scheduler, Flower and the desk (and the broker, where none is configured) until stopped."""
    use(database_url, redis_url)
    console = messages()
    require_port("WIREROOM_FLOWER_PORT", settings().flower_address, settings().flower_port)
    require_port("WIREROOM_DESK_PORT", settings().desk_address, settings().desk_port)
    load_shared()
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
        database().require_file()
        ended = restart_ended(services)
        for name, code in ended:
            console.print(f"{name} exited with code {code} and is restarted", style="yellow", markup=False)
        if revive_broker() or ended:
            recovery.begin()
        with suppress(redis.RedisError, DBAPIError):  # beat's sweeper comes by all the same
            recovery.sweep(quiet_days=False)
        time.sleep(_LOOK_SECONDS)
