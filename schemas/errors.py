"""The exception hierarchy.

Every message names the resource (document, file and line, service, setting), the cause, and what to do.
"""

from __future__ import annotations


class WireroomError(Exception):
    """Base of every error that Wireroom raises on purpose.

    Args:
        resource: what it concerns, as users would name it ("seeds/a.jsonl, line 3", "document 4f2a…").
        cause: what is wrong with it, one clause.
        advice: what to do about it, one clause, or None where nothing can be done.
    """

    def __init__(self, resource: str, cause: str, advice: str | None = None) -> None:
        self.resource = resource
        self.cause = cause
        self.advice = advice
        super().__init__(f"{resource}: {cause}" + (f"; {advice}" if advice else ""))

    def __reduce__(self) -> tuple[type[WireroomError], tuple[str, str, str | None]]:
        return type(self), (self.resource, self.cause, self.advice)


class InputError(WireroomError):
    """A file, a line of it, or a feed that cannot be read as raw documents. The rest of the input is read."""


class FileError(InputError):
    """A file or folder that the operating system does not give; another time it may."""


class SettingError(WireroomError):
    """A setting or an argument that cannot be used."""


class ServiceError(WireroomError):
    """A service (broker, database) that cannot be reached; the resource is its URL without the password."""


class DocumentError(WireroomError):
    """An expected error of one document: it is marked `failed`, others are not affected."""


class NoTextError(DocumentError):
    """Nothing that reads as an article is left of the document."""


class TooLargeError(DocumentError):
    """The document is past a stated limit of size, depth or time."""


class MessageError(WireroomError):
    """A message on a queue that is not of the expected form, or of an unknown version."""


class FetchError(WireroomError):
    """What was to be fetched from a server did not come; the resource is its address without credentials."""
