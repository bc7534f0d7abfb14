"""Tables on a terminal: plain text only, and lines that break between words as long as the words fit."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

# Columns that the frame takes: a line and a space at either side of each cell, and the last line.
_FRAME = 3


def new_table(title: str | None, *columns: str) -> Table:
    """A table without rows."""
    table = Table(title=title, title_justify="left", title_style="bold", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def add_row(table: Table, *cells: Any) -> None:
    """Adds a row; None is an empty cell."""
    # As plain text: a headline is no markup, and no terminal command either.
    table.add_row(*(Text("".join(map(_printable, str(cell))) if cell is not None else "") for cell in cells))


def print_table(table: Table, console: Console) -> None:
    """Prints a table within the width of the console, the room shared out so that the fewest words are broken."""
    cells = [[str(column.header), *map(str, column.cells)] for column in table.columns]
    widths = _widths(cells, console.width - _FRAME * len(cells) - 1)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    console.print(table)


def _widths(columns: list[list[str]], room: int) -> list[int]:
    """The width of each column: first its longest word, and what room is left to the columns that lack most."""
    full = [max(map(cell_len, cells)) for cells in columns]
    words = [max((cell_len(word) for cell in cells for word in cell.split()), default=1) for cells in columns]
    longest = max(words)
    while longest > 1 and sum(min(word, longest) for word in words) > room:
        longest -= 1
    widths = [max(1, min(word, longest)) for word in words]
    for _ in range(room - sum(widths)):
        lacking = max(range(len(full)), key=lambda n: full[n] / widths[n])
        if full[lacking] <= widths[lacking]:
            break
        widths[lacking] += 1
    return widths


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else ""
