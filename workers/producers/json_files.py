"""JSON: a document a line, one document, a list of them, or a JSON Feed; read piece by piece."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator

from schemas.documents import RawDocument
from schemas.errors import InputError, Notice

from .documents import document, too_deep
from .entries import without_text
from .files import File
from .json_feeds import is_json_feed, json_feed
from .ninjs import is_ninjs, ninjs
from .streams import as_text, opened, require_valid, too_large

_WORD = re.compile(r"\S")
_SPACE = re.compile(r"[ \t\n\r]+")
# Characters read at a time; most articles fit in one piece.
_PIECE = 2**16


def read_lines(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    """The documents of a file that holds one a line; an error in the place of each line that is none.

    Raises:
        InputError: the file cannot be read (on).
    """
    empty, pictures = True, _Pictures(file)
    with opened(file, limit) as stream:
        for number, line in _lines(as_text(stream), limit):
            empty = False
            if line is None:
                yield too_large(file, limit, number)
            else:
                yield from pictures.left_out(documents_of_line(file, line, number))
    if empty:
        raise file.error("is empty", "check its source")
    yield from pictures.told()


def _lines(stream: io.TextIOWrapper, limit: int) -> Iterator[tuple[int, str | None]]:
    """The lines with something on them, each with its number; None in the place of one that is longer than `limit`.

    Blank lines are not looked at one by one: a file can hold a billion of them.
    """
    text, number = "", 1  # what was read and not given yet, and the number of the line that it begins with
    while piece := stream.read(max(_PIECE, len(text))):
        text += piece
        at = 0
        while word := _WORD.search(text, at):
            number += text.count("\n", at, word.start())
            at = text.rfind("\n", at, word.start()) + 1 or at
            end = text.find("\n", word.start())
            if end < 0:
                break
            yield number, text[at : end + 1] if end - at <= limit else None
            number, at = number + 1, end + 1
        else:
            number, at = number + text.count("\n", at), len(text)
        text = text[at:]
        if len(text) > limit:
            yield number, None
            piece = stream.read(_PIECE)
            while piece and "\n" not in piece:
                piece = stream.read(_PIECE)
            text, number = piece.partition("\n")[2], number + 1
    if text:
        yield number, text


def documents_of_line(file: File, line: str, number: int) -> list[RawDocument | InputError]:
    """The document that one line holds (an agency's item may hold several), or what is wrong with it."""
    place = f"{file.name}, line {number}"
    try:
        require_valid(file, line, number)
        value = json.loads(line.rstrip())
        return list(ninjs(value, place, file.stem)) if is_ninjs(value) else [document(value, place, file.stem)]
    except InputError as error:
        return [error]
    except RecursionError:
        return [too_deep(place)]
    except ValueError as error:
        return [InputError(place, _cause(error), "write one JSON object per line")]


class _Pictures:
    """Counts the items without a text, which are told of once."""

    def __init__(self, file: File) -> None:
        self._file, self._count = file, 0

    def left_out(self, found: Iterable[RawDocument | InputError]) -> Iterator[RawDocument | InputError]:
        """What was found, without them."""
        for each in found:
            if isinstance(each, Notice):
                self._count += 1
            else:
                yield each

    def told(self) -> Iterator[Notice]:
        """The notice of them, where there were any."""
        if self._count:
            yield without_text(self._file.name, self._count)


def read_json(file: File, limit: int) -> Iterator[RawDocument | InputError]:
    """The documents of a file that holds one, a list of them, several after another, or a JSON Feed.

    A list is read element by element, so that it may be longer than memory, and what stands before a mistake is kept.

    Raises:
        InputError: the file cannot be read (on).
    """
    with opened(file, limit) as stream:
        values = _Values(file, as_text(stream), limit)
        listed = values.peek() == "["
        if listed:
            values.step()
        elif not values.peek():
            raise file.error("is empty", "check its source")
        empty, pictures = True, _Pictures(file)
        while (character := values.peek()) and not (listed and character == "]"):
            empty = False
            yield from pictures.left_out(_element(file, limit, *values.take()))
            if listed and values.peek() == ",":
                values.step()
            elif listed and values.peek() != "]":
                raise values.broken("has no comma or ] after an element" if values.peek() else None)
        if listed and not character:
            raise values.broken()
        if empty:
            raise file.error("contains no document", "check its source")
        yield from pictures.told()
        if listed:
            values.step()
            if values.peek():
                raise values.broken("has data after the end of its list")


def _element(file: File, limit: int, line: int, source: str, value: object) -> Iterator[RawDocument | InputError]:
    if len(source) > limit:
        yield too_large(file, limit, line)
        return
    try:
        require_valid(file, source, line)
    except InputError as error:
        yield error
        return
    if is_json_feed(value):
        yield from json_feed(value, file.name, file.stem)
    elif is_ninjs(value):
        yield from ninjs(value, f"{file.name}, line {line}", file.stem)
    else:
        yield document(value, f"{file.name}, line {line}", file.stem)


class _Values:
    """The JSON values of a stream of characters, one after another, of which only the one in hand is kept."""

    def __init__(self, file: File, stream: io.TextIOWrapper, limit: int) -> None:
        self.file, self.stream, self.limit = file, stream, limit
        self.text, self.at = "", 0
        self.line = 1  # of `text[at]`
        self.ended = False

    def peek(self) -> str:
        """The next character that is no space, or "" at the end."""
        while True:
            if space := _SPACE.match(self.text, self.at):
                self._move(space.end())
            if self.at < len(self.text) or not self._more():
                return self.text[self.at : self.at + 1]

    def step(self) -> None:
        """Goes past the character that was peeked at."""
        self._move(self.at + 1)

    def take(self) -> tuple[int, str, object]:
        """The next value, with the line where it begins and its source; to be called after `peek`.

        Raises:
            InputError: no JSON, longer than the limit, or nested too deeply.
        """
        while True:
            failure: ValueError | None = None
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except RecursionError as error:
                raise too_deep(f"{self.file.name}, line {self.line}") from error
            except ValueError as error:
                failure = error
            else:
                if end < len(self.text) or self.ended:  # else a number may go on
                    line, source = self.line, self.text[self.at : end]
                    self._move(end)
                    return line, source, value
            # What looks wrong may only be cut at the end of what was read so far.
            if len(self.text) - self.at > self.limit:
                raise too_large(self.file, self.limit, self.line)
            if not self._more() and failure:
                raise self._no_json(failure) from failure

    def broken(self, cause: str | None = None) -> InputError:
        """The error for a list that does not go on as a list; without a cause, for one that ends too early."""
        return self.file.error(
            cause or "is truncated: it ends inside a list",
            "fetch it again, or correct it; what comes before was read",
            self.line,
        )

    def _no_json(self, error: ValueError) -> InputError:
        if not isinstance(error, json.JSONDecodeError):
            return self.file.error(_cause(error), "correct it; what comes before was read", self.line)
        line = self.line + self.text.count("\n", self.at, error.pos)
        if error.pos >= len(self.text.rstrip()) or error.msg.startswith("Unterminated string"):
            return self.file.error("is truncated: it ends inside a document", "fetch it again", line)
        return self.file.error(f"is not valid JSON ({error.msg})", "correct it; what comes before was read", line)

    def _move(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def _more(self) -> bool:
        """Reads on: as much as there is in hand, so that a long value is not tried too often."""
        piece = self.stream.read(max(_PIECE, len(self.text) - self.at))
        self.ended = not piece
        if piece:
            self.text, self.at = self.text[self.at :] + piece, 0
        return bool(piece)


_DECODER = json.JSONDecoder()


def _cause(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not valid JSON ({error.msg}, column {error.colno})"
    return "contains a number with too many digits"  # sys.set_int_max_str_digits
