"""Whatever the text, the locator answers, and what it says slices to the text."""

import itertools
import sys

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.model import Article, Span
from streams.places import Locator

PIECES = st.sampled_from(
    [
        "Paris", "Almaty, Kazakhstan", "U.S.", "St. ", "’s", "\u200b", "\u0301", "\x00", "Алматы", "in ", " of ", ", ",
        "\n", "—", "SAN FRANCISCO", "London-on-", "<b>Rome</b>", "📍Oslo", "\ud800", "\u00a0", "W. Va.", "New ", "York",
        "the ", "-", "İ",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join))


@given(
    title=TEXTS, text=TEXTS, source=st.one_of(st.just(""), st.text(max_size=20), st.just("latimes.com")), data=st.data()
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_string_raises_and_offsets_slice(
    locator: Locator, title: str, text: str, source: str, data: st.DataObject
) -> None:
    spans = st.builds(
        lambda where, start, length: Span(where=where, start=start, end=start + length),
        st.sampled_from(["title", "text"]),
        st.integers(0, 90),
        st.integers(0, 90),
    )
    anchors = tuple(data.draw(st.lists(spans, max_size=3)))
    article = Article(id="f", title=title, text=text, source=source)
    placing = locator.locate(article, anchors)
    for toponym in placing.toponyms:
        field = title if toponym.where == "title" else text
        assert field[toponym.start : toponym.end] == toponym.text != ""
    ends = [(t.where, t.start, t.end) for t in placing.toponyms]
    assert all(a[2] <= b[1] for a, b in itertools.pairwise(ends) if a[0] == b[0])


def calls(locator: Locator, text: str) -> int:
    """Python calls that one article takes: a measure of work that does not depend on the machine."""
    count = 0

    def profile(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        locator.locate(Article(id="l", text=text))
    finally:
        sys.setprofile(None)
    return count


def test_work_is_bounded_on_a_very_long_body(locator: Locator) -> None:
    sentence = "Shots were fired in Oslo, near Bergen and in the Town of Springfield, said Paris Jordan of Almaty. "
    locator.locate(Article(id="w", text=sentence))
    short, long = calls(locator, sentence * 100), calls(locator, sentence * 1000)
    assert long < 12 * short
    assert calls(locator, sentence * 10_000) < 1.5 * calls(locator, sentence * 2000)
