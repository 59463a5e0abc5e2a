"""Inert text: nothing that a chat, a mail, a page or a terminal would act on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.outlets.inert import for_chat, link


def test_a_hostile_headline(hostile: str) -> None:
    calm = for_chat(hostile)
    assert not set(calm) & set("<>@&*_`[]|~\\\x1b\u202e\n")
    assert "://" not in calm
    assert "everyone" in calm


@given(st.text(max_size=300))
def test_whatever_the_text(text: str) -> None:
    calm = for_chat(text)
    assert not set(calm) & set("<>@&*_`[]|~\\#\x00\x1b\n\r")
    assert "://" not in calm
    assert not calm.startswith(("=", "+", "-"))
    assert calm.isprintable()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://news.example/a?b=1&c=2#frag", "https://news.example/a?b=1&c=2"),
        ("HTTP://News.Example:8080/å b", "http://news.example:8080/%C3%A5%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://[::1]/x", "https://[::1]/x"),
        ("https://news.example/<script>\"'", "https://news.example/%3Cscript%3E%22%27"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://user:pass@news.example/", None),
        ("https://", None),
        ("//news.example/x", None),
        ("https://news.example:99999/", None),
        ("https://news.example\u202e/", None),
        ("https://[broken/", None),
        ("https://news.example/" + "x" * 3000, None),
        ("", None),
    ],
)
def test_links(url: str, shown: str | None) -> None:
    assert link(url) == shown


@given(st.text(max_size=60))
def test_no_text_makes_a_link_that_breaks_out(text: str) -> None:
    for url in (text, f"https://{text}", f"https://news.example/{text}"):
        shown = link(url)
        assert shown is None or not set(shown) & set(" <>\"'`()\\|\n")
