"""Addresses: which can be fetched, what of them may be shown, and when two are of one page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit, urlunsplit

from schemas.data_files import read_words
from schemas.errors import InputError
from schemas.urls import PORTS, Url

_PUBLIC = read_words(__package__, "public_parameters.txt")
# What a parameter's name looks like, another parameter inside a value, and parameters of a path ("/feed;jsessionid=1").
_NAME = re.compile(r"[\w.%\[\]:-]{1,40}")
_SEPARATOR = re.compile(r"[;&=?]")
_PATH_PARAMETERS = re.compile(r";[^/]*")

_TRACKING = frozenset(name for name in read_words(__package__, "tracking.txt") if not name.endswith("*"))
_TRACKING_STARTS = tuple(name[:-1] for name in read_words(__package__, "tracking.txt") if name.endswith("*"))


def checked(url: str) -> Url:
    """The URL that somebody gave.

    Raises:
        InputError: not an HTTP(S) URL.
    """
    try:
        return Url.parse(url)
    except ValueError as error:
        raise InputError(shown(url.strip()), f"is {error}", "write https://…") from error


def shown(url: Url | str) -> str:
    """The address as it may be logged, listed and exported: without user and password, and with the values of query
    parameters as `***`, but for those that are known to be no secret (`public_parameters.txt`).
    """
    try:
        parts = url.parts if isinstance(url, Url) else urlsplit(url)
    except ValueError:
        return "(an address that cannot be read)"
    query = "&".join(map(_masked, parts.query.split("&")))
    path = _PATH_PARAMETERS.sub(";***", parts.path)
    return urlunsplit(parts._replace(netloc=_without_user(parts.netloc), path=path, query=query))


def _masked(parameter: str) -> str:
    name, equals, value = parameter.partition("=")
    if not _NAME.fullmatch(name) or not equals:  # a key can stand alone: "?s3cret"
        return "***" if parameter else ""
    public = unquote_plus(name).lower() in _PUBLIC and not _SEPARATOR.search(unquote_plus(value))
    return parameter if public or not value else f"{name}=***"


@dataclass(frozen=True, slots=True)
class PageKey:
    """What the addresses of one page have in common: host without `www.`, and path with the parameters that choose it.

    Of what entries link to, and that need not be an address that can be fetched.

    Attributes:
        place: the place on the page that the link names, if it does: a live blog's posts differ in nothing else.
    """

    site: str
    canonical: str
    place: str

    @classmethod
    def of(cls, link: str) -> PageKey | None:
        """The page that a link leads to; None where there is none: no address, or that of a whole site."""
        try:
            parts = urlsplit(link.strip())
            host, port = (parts.hostname or "").rstrip(".").removeprefix("www."), parts.port
        except ValueError:
            return None
        pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not is_tracking(pair[0])]
        path = parts.path.rstrip("/")
        if parts.scheme not in PORTS or not host or not (path or pairs):
            return None
        server = host if port in (None, 80, 443) else f"{host}:{port}"
        named = parse_qsl(parts.fragment, keep_blank_values=True)
        tracks = named and "=" in parts.fragment and all(is_tracking(name) for name, _ in named)
        return cls(host, f"{server}{path}?{urlencode(sorted(pairs))}", "" if tracks else parts.fragment)

    @property
    def link(self) -> str:
        """The page and the place on it."""
        return f"{self.canonical}#{self.place}" if self.place else self.canonical


def is_tracking(name: str) -> bool:
    """Whether a parameter says how a reader came to a page, and not which page it is."""
    return name.lower() in _TRACKING or name.lower().startswith(_TRACKING_STARTS)


def _without_user(netloc: str) -> str:
    return netloc.rpartition("@")[2]
