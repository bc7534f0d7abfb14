"""`wireroom retry`: failed documents sent again."""

from __future__ import annotations

from typing import Annotated

import typer

from schemas.errors import SettingError
from schemas.messages import StageMessage
from schemas.stages import Stage
from workers.cli.options import DatabaseUrl, Json, RedisUrl, messages, print_json, use
from workers.queue.broker import require_broker
from workers.queue.sending import send, wait_for_room
from workers.store import stages
from workers.store.database import database

# Documents sent again at a time: as few as leave a queue near its limit.
_PORTION = 500


def retry(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Ids of documents, or their beginnings.")
    ] = None,
    stage: Annotated[Stage | None, typer.Option(help="Only those that failed in this stage.")] = None,
    database_url: DatabaseUrl = None,
    redis_url: RedisUrl = None,
    as_json: Json = False,
) -> None:
    """Send failed documents again, from the stage they failed in (all, unless ids are given)."""
    use(database_url, redis_url)
    require_broker()
    with database().reading() as session:
        failed = stages.failed(session, stage, ids or [])
    if ids and not failed:
        raise SettingError(", ".join(ids), "matches no failed document", "see `wireroom export failures`")
    again: list[tuple[Stage, StageMessage]] = []
    for first in range(0, len(failed), _PORTION):
        wait_for_room()
        with database().writing(durable=True) as session:
            reopened = stages.reopen(session, failed[first : first + _PORTION])
        send(reopened)
        again += reopened
    if as_json:
        print_json([{"document_id": message.document_id, "stage": at} for at, message in again])
    else:
        messages().print(f"{len(again)} failed documents were sent again", markup=False)
