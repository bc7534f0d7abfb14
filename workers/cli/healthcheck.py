"""`wireroom healthcheck`: whether workers consume, for supervisors and containers to ask every half a minute."""

from __future__ import annotations

from typing import Annotated

import typer

from schemas.errors import ServiceError
from schemas.stages import Stage
from workers import settings
from workers.cli.options import Json, RedisUrl, print_json
from workers.queue.broker import connect, require_broker


def healthcheck(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[WORKER...]", help="Workers by name, such as clean@host.")
    ] = None,
    redis_url: RedisUrl = None,
    as_json: Json = False,
) -> None:
    """Check that these workers consume; without names, that every stage has a worker that does."""
    from workers.queue.consuming import consuming  # with the whole of Celery's worker

    settings.override(None, redis_url)
    found = consuming(connect(require_broker()))
    if as_json:
        print_json(found)
    else:
        for worker, queues in sorted(found.items()):
            print(f"{worker} consumes {', '.join(queues)}")
    for name in names or []:
        if name not in found:
            raise ServiceError(f"worker {name}", "is not consuming, or is not running", "see its log")
    served = {queue for queues in found.values() for queue in queues}
    idle = [stage for stage in Stage if stage not in served]
    if idle and not names:
        raise ServiceError(f"stage {', '.join(idle)}", "has no consuming worker", "see the workers' logs")
