"""Fetching from a real server that misbehaves: every fetch ends in time, within its limits, and inside the fence."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest

from schemas.errors import FetchError
from schemas.urls import Url
from tests.workers.fetching.misbehaving import Server, answer, drip, head, later, self_signed, serving
from workers.fetching.addresses import networks, permitted
from workers.fetching.answers import fresh_for, retry_after
from workers.fetching.client import Answer, FetchLimits
from workers.fetching.client import fetch as fetch_url
from workers.fetching.robots import read_robots

LOOPBACK = networks("127.0.0.0/8")
BODY = b"<rss>" + b"news " * 2000 + b"</rss>"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def limits(seconds: float = 3.0, most: int = 100_000, **others: object) -> FetchLimits:
    return FetchLimits(seconds, most, LOOPBACK, **others)  # type: ignore[arg-type]


def fetch(url: str, chosen: FetchLimits) -> Answer:
    return fetch_url(Url.parse(url), chosen)


def refused(url: str, chosen: FetchLimits | None = None) -> str:
    with pytest.raises(FetchError) as raised:
        fetch(url, chosen or limits())
    return str(raised.value)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("", BODY), ("gzip", gzip.compress(BODY)), ("br", brotli.compress(BODY)), ("deflate", zlib.compress(BODY))],
    ids=["plain", "gzip", "brotli", "deflate"],  # packed bytes differ with the second
)
def test_a_body_comes_as_it_was_before_it_was_packed(server: Server, encoding: str, packed: bytes) -> None:
    headers: dict[str, Any] = {"Content_Encoding": encoding} if encoding else {}
    server.paths["/feed"] = answer(packed, **headers)
    got = fetch(server.url("/feed"), limits())
    assert (got.status, got.body, got.whole, got.sent_bytes) == (200, BODY, True, len(packed))
    assert server.asked[0][1]["user-agent"].startswith("Wireroom/")


def test_the_user_agent_says_whom_to_ask(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_FETCH_CONTACT", "desk@news.example")
    fetch(server.url("/"), limits())
    assert "desk@news.example" in server.asked[0][1]["user-agent"]


@pytest.mark.parametrize(
    "before",
    [b"", b"HTTP/1.1 200 OK\r\n", head(Content_Length="90000"), head(), head(Transfer_Encoding="chunked")],
    ids=["no status", "no end of headers", "announced body", "body without end", "chunks"],
)
def test_a_slow_drip_is_cut_off_at_the_deadline(server: Server, before: bytes) -> None:
    server.paths["/drip"] = drip(before)
    started = time.monotonic()
    assert "too long" in refused(server.url("/drip"), limits(0.6)) or time.monotonic() - started < 0.6
    assert time.monotonic() - started < 1.5


def test_redirects_share_one_deadline(server: Server) -> None:
    def slow(_: dict[str, str]) -> Iterator[bytes]:
        time.sleep(0.4)
        yield from answer(status="302 Found", Location=f"/{len(server.asked)}")({})

    for n in range(9):
        server.paths[f"/{n}"] = slow
    started = time.monotonic()
    assert "too long" in refused(server.url("/0"), limits(0.6))
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_body_that_grows_when_unpacked_is_not_unpacked_to_its_end(server: Server, encoding: str) -> None:
    bomb = {"gzip": gzip.compress, "br": brotli.compress}[encoding](bytes(50_000_000))
    server.paths["/bomb"] = answer(bomb, Content_Encoding=encoding)
    assert "is larger than" in refused(server.url("/bomb"))


@pytest.mark.parametrize("length", [None, 10**12, 5])
def test_a_huge_body_is_not_read_to_its_end(server: Server, length: int | None) -> None:
    server.paths["/huge"] = answer(b"x" * 300_000, length=length)
    if length == 5:
        assert fetch(server.url("/huge"), limits()).body == b"xxxxx", "not more than was announced"
    else:
        assert "is larger than" in refused(server.url("/huge"))


def test_a_body_shorter_than_announced_is_marked(server: Server) -> None:
    server.paths["/short"] = answer(BODY, length=len(BODY) + 500)
    got = fetch(server.url("/short"), limits())
    assert not got.whole
    assert BODY.startswith(got.body)


def test_a_body_in_chunks_without_the_last_is_marked(server: Server) -> None:
    chunk = b"%x\r\n%s\r\n" % (len(BODY), BODY)
    server.paths["/chunks"] = lambda _: iter([head(Transfer_Encoding="chunked") + chunk])
    got = fetch(server.url("/chunks"), limits())
    assert (got.body, got.whole) == (BODY, False)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (answer(b"no gzip", Content_Encoding="gzip"), "cannot be decoded"),
        (lambda _: iter([b"220 ftp.example ready\r\n"]), "did not answer with HTTP"),
        (lambda _: iter([]), "closed the connection|cannot be reached"),
    ],
)
def test_what_is_no_answer_is_named_in_words(server: Server, said: object, cause: str) -> None:
    server.paths["/odd"] = said  # type: ignore[assignment]
    assert any(each in refused(server.url("/odd")) for each in cause.split("|"))


def test_a_move_for_good_is_told_and_a_passing_one_is_not(server: Server) -> None:
    server.paths |= {
        "/old": answer(status="301 Moved Permanently", Location="/newer"),
        "/newer": answer(status="308 Permanent Redirect", Location="/new"),
        "/new": answer(BODY),
        "/away": answer(status="302 Found", Location="/old"),
    }
    assert fetch(server.url("/old"), limits()).moved == Url.parse(server.url("/new"))
    assert fetch(server.url("/away"), limits()).moved is None
    assert fetch(server.url("/new"), limits()).moved is None


@pytest.mark.parametrize(
    ("target", "cause"),
    [
        ("/loop", "redirects in a loop"),
        ("ftp://127.0.0.1/x", "not an HTTP(S) URL"),
        ("file:///etc/passwd", "not an HTTP(S) URL"),
        ("http://169.254.169.254/latest/meta-data/", "not a public address"),
        ("http://[::ffff:10.0.0.1]/", "not a public address"),
        ("http://localhost.inside.example/", "not a public address"),
    ],
)
def test_a_redirect_leads_nowhere_it_should_not(server: Server, target: str, cause: str) -> None:
    server.paths["/loop"] = answer(status="302 Found", Location=target)

    def resolve(host: str, port: int) -> list[str]:
        return ["10.0.0.7"] if host.endswith("inside.example") else [host]

    assert cause in refused(server.url("/loop"), limits(resolve=resolve))


def test_redirects_without_end_are_not_followed_to_it(server: Server) -> None:
    for n in range(50):
        server.paths[f"/{n}"] = answer(status="302 Found", Location=f"/{n + 1}")
    assert "redirects too often" in refused(server.url("/0"))
    assert len(server.asked) < 10


class TurningNames:
    """The name server of somebody who means harm: each look-up of a name gets the next of its answers, and the last one
    from then on. It stands below everything that asks the system, so that no look-up passes it by.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **answers: list[str]) -> None:
        self.asked: list[str] = []
        system = socket.getaddrinfo

        def look_up(host: str, port: int, *args: Any, **options: Any) -> Any:
            name = str(host).partition(".")[0]
            if name not in answers:
                return system(host, port, *args, **options)
            self.asked.append(name)
            given = answers[name]
            return system(given.pop(0) if len(given) > 1 else given[0], port, *args, **options)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)


# In place of a public address, which no test may connect to; 127.0.0.1 is the inside.
OUTSIDE = FetchLimits(1.0, 1000, networks("127.0.0.2/32"))


def test_a_name_that_turns_private_after_it_was_checked_changes_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the answer is public when it is looked at, and private from then on."""
    names = TurningNames(monkeypatch, rebind=["127.0.0.2", "127.0.0.1"])
    server.paths["/secret"] = answer(b"inside")
    assert fetch(server.url("/secret", "rebind.example"), OUTSIDE).status == 200
    assert server.reached == ["127.0.0.2"], "the address that was checked, and no other"
    assert names.asked == ["rebind"], "and nobody asked again"
    assert "127.0.0.1, which is not a public address" in refused(server.url("/secret", "rebind.example"), OUTSIDE)
    assert server.reached == ["127.0.0.2"]


def test_a_name_that_turns_private_between_redirects_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = TurningNames(monkeypatch, rebind=["127.0.0.2", "127.0.0.2", "127.0.0.1"])
    for hop, following in (("/1", "/2"), ("/2", "/3")):
        server.paths[hop] = answer(status="302 Found", Location=server.url(following, "rebind.example"))
    assert "not a public address" in refused(server.url("/1", "rebind.example"), OUTSIDE)
    assert server.reached == ["127.0.0.2", "127.0.0.2"]
    assert [path for path, _, _ in server.asked] == ["/1", "/2"]
    assert names.asked == ["rebind"] * 3, "one look-up a hop"


def test_a_name_server_that_does_not_answer_counts_against_the_deadline(server: Server) -> None:
    def silent(host: str, port: int) -> list[str]:
        time.sleep(5)
        return [host]

    started = time.monotonic()
    assert "the name server gave no answer" in refused(server.url("/"), limits(0.3, resolve=silent))
    assert time.monotonic() - started < 2.5
    assert server.reached == []


def test_of_several_addresses_only_the_public_ones_are_tried(server: Server) -> None:
    server.paths["/secret"] = answer(b"inside")
    both = FetchLimits(0.5, 1000, (), lambda *_: ["127.0.0.1", "10.0.0.1", "::1"])
    assert "not a public address" in refused(server.url("/secret", "mixed.example"), both)
    allowed = FetchLimits(2, 1000, LOOPBACK, lambda *_: ["10.0.0.1", "127.0.0.1"])
    assert fetch(server.url("/secret", "mixed.example"), allowed).body == b"inside"
    assert server.asked[0][1]["host"] == f"mixed.example:{server.port}"


_INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.0.192",
    "198.18.0.1",
    "168.63.129.16",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "fec0::1",
    "feff::1",
    "5f00::1",
    "100::1",
    "::1.1.1.1",
    "4000::1",
    "fe80::1%eth0",
    "nonsense",
]


@pytest.mark.parametrize("address", _INSIDE)
def test_addresses_inside_are_refused(address: str) -> None:
    assert not permitted(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "3ffe::1", "::ffff:1.1.1.1"])
def test_public_addresses_are_permitted(address: str) -> None:
    assert permitted(address)


def test_networks_that_a_setting_names_are_permitted_and_no_others() -> None:
    allowed = networks("10.1.0.0/16, fd00::/8")
    assert permitted("10.1.2.3", allowed)
    assert permitted("fd00::1", allowed)
    assert permitted("::ffff:10.1.2.3", allowed)
    assert not permitted("10.2.0.1", allowed)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with serving(self_signed(tmp_path, "127.0.0.1")) as server:
        assert "certificate" in refused(server.url("/"))
        assert server.asked == []
    with serving() as plain:
        assert "too long" in refused(plain.url("/").replace("http:", "https:"), limits(0.5))


def test_credentials_go_to_their_server_and_into_no_message(server: Server) -> None:
    with serving() as other:
        server.paths["/feed"] = answer(BODY)
        server.paths["/away"] = answer(status="302 Found", Location=other.url("/"))
        private = server.url("/feed").replace("http://", "http://desk:s3cret@")
        fetch(private, limits())
        assert server.asked[0][1]["authorization"].startswith("Basic ")
        fetch(private.replace("/feed", "/away"), limits())
        assert "authorization" not in other.asked[0][1]
    server.paths["/broken?token=s3cret"] = answer(b"no gzip", Content_Encoding="gzip")
    assert "s3cret" not in refused(private.replace("/feed", "/broken?token=s3cret"), limits()) + refused(
        "http://desk:s3cret@127.0.0.1:1/", limits()
    )


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (" 5 ", 5), ("99999999999", 7 * 86400), ("soon", None), (None, None), ("-1", None)],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds


def test_retry_after_as_a_date() -> None:
    assert retry_after(later(90)) == pytest.approx(90, abs=3)
    assert retry_after(later(-90)) == 0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("max-age=300, public", 300), ("no-store, max-age=300", 0), (None, 0), ("private", 0), ('Max-Age="60"', 60)],
)
def test_how_long_an_answer_is_fresh(value: str | None, seconds: float) -> None:
    assert fresh_for(value) == seconds


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        (answer(b"User-agent: *\nDisallow: /private\nCrawl-delay: 3\n"), True),
        (answer(b"User-agent: *\nDisallow: /*.html$\n"), False),
        (answer(b"User-agent: Wireroom\nDisallow: /\n\nUser-agent: *\nDisallow:\n"), False),
        (answer(b"", "404 Not Found"), True),
        (answer(b"", "503 Service Unavailable"), False),
        (answer(bytes(range(256)) * 10), True),
    ],
)
def test_robots(server: Server, said: object, allowed: bool) -> None:
    server.paths["/robots.txt"] = said  # type: ignore[assignment]
    robots = read_robots(Url.parse(server.url("/news/a.html?x=1")), limits())
    assert robots.delay() == (3 if b"Crawl-delay" in robots.text.encode() else 0)
    assert robots.allows(Url.parse(server.url("/news/a.html"))) is allowed
    assert server.times("/robots.txt") == 1
