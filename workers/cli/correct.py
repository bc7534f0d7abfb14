"""`wireroom correct`: what an analyst decides on a claim, quote, document or story."""

from __future__ import annotations

import getpass
import json
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from schemas.corrections import AMENDABLE, NewCorrection
from schemas.errors import SettingError
from workers.cli.options import DatabaseUrl, Json, messages, print_json, use
from workers.store.database import database

_TEXTS = {field for fields in AMENDABLE.values() for field in fields} - {"value", "low", "high"}


def correct(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="claim, quote, document or story.")],
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the record; for add, of its document.")],
    action: Annotated[str, typer.Argument(metavar="ACTION", help="reject, amend, add, move or undo.")],
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FIELD=VALUE...]", help="For example value=8 low=8 claimant_name=…; for move, story_id=…."
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Reason for the correction.")] = "",
    author: Annotated[str | None, typer.Option(help="Author of the correction (default: the user's name).")] = None,
    undoes: Annotated[str | None, typer.Option(metavar="ID", help="Id of the correction to undo.")] = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Correct a record; what the program found is kept, and another correction undoes it."""
    use(database_url)
    from workers.store.corrections.write import correct as write
    from workers.store.read.whole import correction_row

    after = dict(_field(each) for each in fields or [])
    given = {
        "record": record,
        "record_id": record_id,
        "action": action,
        "after": after or None,
        "reason": reason,
        "author": author or getpass.getuser(),
        "undoes": undoes,
    }
    try:
        new = NewCorrection.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "this correction"
        raise SettingError(place, first["msg"].removeprefix("Value error, "), "see --help") from error
    with database().writing(deciding=True, durable=True) as session:
        written = correction_row(write(session, new))
    if as_json:
        print_json(written)
    else:
        messages().print(f"{written['id']}  {action} {record} {record_id}", markup=False)


def _field(given: str) -> tuple[str, Any]:
    name, equals, value = given.partition("=")
    if not equals:
        raise SettingError(given, "is not of the form FIELD=VALUE", "write value=8")
    if not value or value == "null":
        return name, None
    if name in _TEXTS or name == "story_id":
        return name, value
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
