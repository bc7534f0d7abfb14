"""An address is taken apart once, and its credentials stay with their server."""

from __future__ import annotations

import pytest

from schemas.urls import Url


def test_a_url_and_its_parts() -> None:
    url = Url.parse(" https://ann:p%40ss@WWW.News.Example.:8443/a/b;c?d=1#e ")
    assert url.text == "https://ann:p%40ss@WWW.News.Example.:8443/a/b;c?d=1"
    assert url.bare == "https://WWW.News.Example.:8443/a/b;c?d=1"
    assert (url.host, url.port, url.site) == ("www.news.example", 8443, "news.example")
    assert url.origin == "https://www.news.example:8443"
    assert url.credentials == "ann:p@ss"
    assert "p%40ss" not in repr(url)


def test_https_where_no_scheme_is_named_and_the_schemes_port() -> None:
    assert Url.parse("news.example/feed").text == "https://news.example/feed"
    assert Url.parse("http://news.example").port == 80
    assert Url.parse("http://news.example").origin == "http://news.example:80"
    assert Url.parse("http://news.example").credentials is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftp://a.example/",
        "https://",
        "https://[::1",
        "https://a.example:0/",
        "https://a.example/a b",
        "https://a\u2028.example/",
        "https://a.example:99999/",
    ],
)
def test_what_cannot_be_fetched_is_no_url(text: str) -> None:
    with pytest.raises(ValueError, match="not an HTTP"):
        Url.parse(text)


def test_a_link_leads_on_without_credentials() -> None:
    url = Url.parse("https://ann:pass@news.example/feeds/one")
    assert url.join("two").text == "https://news.example/feeds/two"
    assert url.join("/robots.txt").text == "https://news.example/robots.txt"
    assert url.join("//other.example/x").origin == "https://other.example:443"
    with pytest.raises(ValueError, match="not an HTTP"):
        url.join("mailto:desk@news.example")


def test_a_moved_url_may_keep_its_user() -> None:
    moved = Url.parse("https://news.example/new").with_user_of(Url.parse("https://ann:p%40ss@news.example/old"))
    assert moved.text == "https://ann:p%40ss@news.example/new"
    assert moved.credentials == "ann:p@ss"
    assert Url.parse("https://news.example/new").with_user_of(moved.join("/")) == moved.join("/new")
