"""An address that can be fetched, taken apart once: where it enters the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Url:
    """An HTTP(S) URL without its fragment. Two are equal whose texts are.

    Attributes:
        text: the whole, with user and password where it has them.
        parts: its parts without user and password.
        user: `user:password`, as they stand in it.
        host: without a dot at its end.
        port: its scheme's where it names none.
    """

    text: str = field(repr=False)
    parts: SplitResult = field(compare=False)
    user: str | None = field(compare=False, repr=False)
    host: str = field(compare=False)
    port: int = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Url:
        """The URL that a text is, spaces around it or not; `https` where it names no scheme.

        Raises:
            ValueError: not an HTTP(S) URL.
        """
        text = text.strip()
        return cls._of(text if "://" in text else f"https://{text}")

    @classmethod
    def _of(cls, text: str) -> Url:
        try:
            parts = urlsplit(text)._replace(fragment="")
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            raise _not_one() from None
        usable = parts.scheme in PORTS and host and port != 0
        if not usable or any(c.isspace() or not c.isprintable() for c in text):
            raise _not_one()
        user, _, place = parts.netloc.rpartition("@")
        return cls(urlunsplit(parts), parts._replace(netloc=place), user or None, host, port or PORTS[parts.scheme])

    @property
    def bare(self) -> str:
        """The text without user and password."""
        return urlunsplit(self.parts)

    @property
    def origin(self) -> str:
        """Scheme, host and port, as in `https://news.example:443`."""
        return f"{self.parts.scheme}://{self.host}:{self.port}"

    @property
    def site(self) -> str:
        """The host without `www.`."""
        return self.host.removeprefix("www.")

    @property
    def credentials(self) -> str | None:
        """`user:password`, decoded."""
        name, _, password = (self.user or "").partition(":")
        return f"{unquote(name)}:{unquote(password)}" if name else None

    def join(self, link: str) -> Url:
        """What a link of the page there leads to; user and password stay behind.

        Raises:
            ValueError: not an HTTP(S) URL.
        """
        return Url._of(urljoin(self.bare, link))

    def with_user_of(self, other: Url) -> Url:
        """The same with the user and password of another URL."""
        if other.user is None:
            return self
        return Url._of(urlunsplit(self.parts._replace(netloc=f"{other.user}@{self.parts.netloc}")))


def _not_one() -> ValueError:
    return ValueError("not an HTTP(S) URL")
