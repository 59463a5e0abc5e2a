"""Addresses in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.feed.address import article_id, canonical, key_of, publisher

BASE = "https://www.news.example/feeds/all.xml"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("/a?utm_source=rss&b=2&a=1#top", "https://www.news.example/a?a=1&b=2"),
        ("HTTPS://News.Example:443/x", "https://news.example/x"),
        ("story.html", "https://www.news.example/feeds/story.html"),
        ("javascript:alert(1)", None),
        ("mailto:a@b.example", None),
        ("file:///etc/passwd", None),
        ("https://[broken", None),
        ("https://" + "x" * 3000 + ".example", None),
    ],
)
def test_canonical(url: str, found: str | None) -> None:
    assert canonical(url, BASE) == found


def test_the_same_article_under_several_addresses() -> None:
    forms = [
        "https://www.news.example/a/1/",
        "http://news.example/a/1",
        "https://news.example/a/1?utm_campaign=x#comments",
    ]
    assert len({key_of(canonical(form) or form) for form in forms}) == 1
    assert article_id("news.example/a/1") == article_id("news.example/a/1") != article_id("news.example/a/2")


def test_publisher() -> None:
    assert publisher("https://www.news.example/a") == "news.example"
    assert publisher("") == ""


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    found = canonical(text, BASE)
    assert found is None or found.startswith(("http://", "https://"))
    assert article_id(text).startswith("feed:")
