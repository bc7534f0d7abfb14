"""Addresses: which can be fetched, what of them may be shown, and when two are of one page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit, urlunsplit

from schemas.data_files import read_words
from schemas.errors import InputError

_PORTS = {"http": 80, "https": 443}


_PUBLIC = read_words(__package__, "public_parameters.txt")
# What a parameter's name looks like, another parameter inside a value, and parameters of a path ("/feed;jsessionid=1").
_NAME = re.compile(r"[\w.%\[\]:-]{1,40}")
_SEPARATOR = re.compile(r"[;&=?]")
_PATH_PARAMETERS = re.compile(r";[^/]*")

_TRACKING = frozenset(name for name in read_words(__package__, "tracking.txt") if not name.endswith("*"))
_TRACKING_STARTS = tuple(name[:-1] for name in read_words(__package__, "tracking.txt") if name.endswith("*"))


def checked(url: str) -> str:
    """The address without spaces around it, with a scheme (`https` where it has none) and without its fragment.

    Raises:
        InputError: not an HTTP(S) URL.
    """
    url = url.strip()
    if "://" not in url:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(c.isspace() or not c.isprintable() for c in url):
        raise InputError(shown(url), "is not an HTTP(S) URL", "write https://…")
    return urlunsplit(parts._replace(fragment=""))


def shown(url: str) -> str:
    """The address as it may be logged, listed and exported: without user and password, and with the values of query
    parameters as `***`, but for those that are known to be no secret (`public_parameters.txt`).
    """
    try:
        parts = urlsplit(url)
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


def without_credentials(url: str) -> str:
    """The address without user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=_without_user(parts.netloc)))


def origin(url: str) -> str:
    """Scheme, host and port, as in `https://news.example:443`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{parts.port or _PORTS[parts.scheme]}"


def site(url: str) -> str:
    """The host without `www.`."""
    return (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.")


def canonical(url: str) -> str | None:
    """What two addresses of one page have in common: host, path and the parameters that choose the page.

    None where there is no page: no address, or that of a whole site.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = site(url.strip()), parts.port
    except ValueError:
        return None
    pairs = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if pair[0].lower() not in _TRACKING and not pair[0].lower().startswith(_TRACKING_STARTS)
    ]
    path = parts.path.rstrip("/")
    if parts.scheme not in _PORTS or not host or not (path or pairs):
        return None
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    return f"{place}{path}?{urlencode(sorted(pairs))}"


def _without_user(netloc: str) -> str:
    return netloc.rpartition("@")[2]
