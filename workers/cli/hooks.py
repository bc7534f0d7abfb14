"""`wireroom hooks`: addresses that are told of events."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from schemas.errors import HookError, InputError
from schemas.hooks import HookState
from workers.cli.options import DatabaseUrl, Json, messages, output, print_json, use
from workers.store import hooks as store
from workers.store.database import database

program = typer.Typer(
    name="hooks", help="Webhooks: addresses that events are sent to.", no_args_is_help=True, rich_markup_mode=None
)

HookId = Annotated[str, typer.Argument(metavar="HOOK", help="Id of the webhook, or its beginning.")]


@program.command("add")
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to send events.")],
    event: Annotated[list[str] | None, typer.Option("--event", help="Only of this kind; may be repeated.")] = None,
    query: Annotated[str | None, typer.Option(help="Only events of documents that this search finds.")] = None,
    description: Annotated[str | None, typer.Option(help="Note on what it is for.")] = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Add a hook, and print the secret that its messages are signed with (Standard Webhooks)."""
    use(database_url)
    from workers.fetching.urls import checked, shown

    with database().writing(durable=True) as session:
        hook = store.add(session, checked(url), event or [], query, description)
    if as_json:
        print_json({"id": hook.id, "url": shown(hook.url), "secret": hook.secret})
    else:
        messages().print(f"{hook.id}  {shown(hook.url)}\nsecret {hook.secret}", markup=False)


@program.command("list")
def list_hooks(database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Show every hook: what it wants, what waits for it, what went wrong."""
    use(database_url)
    from workers.fetching.urls import shown

    with database().reading() as session:
        rows: list[dict[str, Any]] = [
            {
                "id": each.hook.id,
                "url": shown(each.hook.url),
                "events": each.hook.events,
                "query": each.hook.query,
                "state": each.hook.state,
                "waiting": each.waiting,
                "last_delivered": each.delivered,
                "error": each.error,
            }
            for each in store.statuses(session)
        ]
    if as_json:
        print_json(rows)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "address", "events", "search", "state", "waiting", "error")
    for row in rows:
        cells = (row["id"][:8], row["url"], ", ".join(row["events"]) or "all", row["query"], row["state"])
        table.add_row(*(Text(str(cell or "")) for cell in (*cells, row["waiting"], row["error"])))
    output().print(table)


@program.command("remove")
def remove(hook: HookId, database_url: DatabaseUrl = None) -> None:
    """Forget a hook and what is on its way to it."""
    use(database_url)
    with database().writing(durable=True) as session:
        found = _found(session, hook)
        store.remove(session, found)
    messages().print(f"removed: {found.id}", markup=False)


@program.command("pause")
def pause(hook: HookId, database_url: DatabaseUrl = None) -> None:
    """Send nothing to a hook until it is resumed; what happens meanwhile is kept for it."""
    _set(hook, HookState.PAUSED, database_url)


@program.command("resume")
def resume(hook: HookId, database_url: DatabaseUrl = None) -> None:
    """Send to a hook again, first what has waited."""
    _set(hook, HookState.ACTIVE, database_url)


@program.command("test")
def send_test(hook: HookId, database_url: DatabaseUrl = None) -> None:
    """Send a hook one event of kind `test` now, and say how it is answered."""
    use(database_url)
    from workers.tasks import telling

    with database().reading() as session:
        found = _found(session, hook)
    messages().print(f"answered with {telling.send_test(found)}", markup=False)


def _set(hook: str, state: HookState, url: str | None) -> None:
    use(url)
    with database().writing(durable=True) as session:
        found = _found(session, hook)
        store.set_state(session, found, state)
    messages().print(f"{state.value}: {found.id}", markup=False)


def _found(session: Any, hook: str) -> Any:
    try:
        return store.find(session, hook)
    except HookError as error:
        raise InputError(error.resource, error.cause, error.advice) from error
