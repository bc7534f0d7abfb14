"""`wireroom up`: the background services together on one machine."""

from __future__ import annotations

import signal
import time
from types import FrameType

from workers.broker import broker_running, revive_broker, without_password
from workers.cli.options import Database, Redis, messages, place_of_results, use
from workers.services import beat_service, flower_service, restart_ended, running, worker_service
from workers.settings import settings

_LOOK_SECONDS = 0.5


def up(database_url: Database = None, redis_url: Redis = None) -> None:
    """Run the workers, the scheduler and Flower (and the broker, where none is configured) until stopped."""
    use(database_url, redis_url)
    console = messages()
    signal.signal(signal.SIGTERM, _interrupt)
    with broker_running() as url:
        services = [worker_service(), beat_service(), flower_service()]
        console.print(f"broker   {without_password(url)}", markup=False)
        console.print(f"tables   {place_of_results()}", markup=False)
        console.print(f"Flower   http://{settings().flower_address}:{settings().flower_port}", markup=False)
        console.print("Ctrl-C stops it all.")
        try:
            with running(services):
                while True:
                    revive_broker()
                    for name, code in restart_ended(services):
                        console.print(f"{name} ended with {code} and is started again", style="yellow", markup=False)
                    time.sleep(_LOOK_SECONDS)
        except KeyboardInterrupt:
            console.print("stopped")


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """SIGTERM, which supervisors send, ends it as Ctrl-C does."""
    raise KeyboardInterrupt
