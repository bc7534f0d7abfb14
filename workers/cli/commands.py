"""The commands by name, each loaded when it is asked for: what only one of them needs, the others do not wait for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

# Name, which is that of the module beside this one, and what the list says of it: the beginning of its own help.
COMMANDS: Mapping[str, str] = {
    "run": "Ingest files, wait until every document is stored or failed, and print a report.",
    "ingest": "Put documents on the queue of running workers and return.",
    "up": "Run the workers, the scheduler, Flower and the desk (and the broker, where none is configured) until "
    "stopped.",
    "desk": "Serve the web desk and the HTTP API until stopped.",
    "status": "Show documents by state, queue lengths, workers, the oldest waiting document, and failures by stage and "
    "type.",
    "healthcheck": "Check that these workers consume; without names, that every stage has a worker that does.",
    "export": "Write a table to standard output or a file.",
    "retry": "Send failed documents again, from the stage they failed in (all, unless ids are given).",
    "watch": "Ingest files once they are complete, each once, until stopped.",
    "search": "Find documents; quotes, OR, minus, source:, measure:, place:, speaker:, after:, before:, language:.",
    "show": "Show a document with its quotes and claims marked, or a story with its counts.",
    "report": "Write a page that stands alone: stories, who claims how many, and each text with quotes and claims "
    "marked.",
    "correct": "Correct a record; what the program found is kept, and another correction undoes it.",
    "prune": "Delete old documents with their records, and old events; keeps what was corrected or is still in "
    "progress.",
    "feeds": "The feeds that are polled while the services run.",
    "hooks": "Webhooks: addresses that events are sent to.",
}


class _Loading(Mapping[str, Any]):
    """The commands as Typer wants them."""

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        module = import_module(f"workers.cli.{name}")
        if hasattr(module, "program"):  # with commands of its own
            return typer.main.get_command(module.program)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        alone.command(name)(getattr(module, name))
        return typer.main.get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class Commands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"commands": _Loading()})

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Lists the commands without loading them."""
        listed = typer.Typer(rich_markup_mode=None)
        for name, about in COMMANDS.items():
            listed.command(name, help=about)(lambda: None)
        group: Any = typer.main.get_group(listed)
        group.format_commands(ctx, formatter)
