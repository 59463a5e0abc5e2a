from datetime import UTC

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.model import Article

WORDS = st.sampled_from(
    [
        *(
            "gunman",
            "opens",
            "fire",
            "lockdown",
            "lifted",
            "bomb",
            "12",
            "dead",
            ",",
            ".",
            '"',
            "\u2019",
            "killed",
            "3",
            "of",
        ),
        *(
            "people",
            "level",
            "red",
            "threat",
            "raised",
            "from",
            "to",
            "\n",
            "not",
            "year-old",
            "2016",
            "|",
            "<p>",
            "</p>",
        ),
        *("\u200b", "стрельба", "уровень", "\u0301", "-", "--", "(", ")", "$", "99999999999", "at", "least", "dozens"),
        *("and", "Monday", "March", "may", "one", "other", "Bridge", "no", "drill", "half", "(c)", "©", "<script>"),
    ]
)
SOUP = st.one_of(
    st.text(max_size=400), st.lists(WORDS, max_size=80).map(" ".join), st.lists(WORDS, max_size=40).map("".join)
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=SOUP, text=SOUP, published=st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))))
def test_no_text_raises(reader, title, text, published):
    article = Article(id="f", title=title, text=text, published_at=published)
    signal = reader.scan(article)
    reading = reader.settle(reader.read(article, signal), None)
    assert 0 <= reading.confidence <= 1
    assert (reading.severity is None) == (not reading.alertable)
    for span in reading.anchors:
        assert 0 <= span.start <= span.end <= len(title if span.where == "title" else text)


def test_giants_are_read_in_bounded_work(reader):
    for text in (
        "gunman opens fire. " * 60_000,
        "a\u0301" * 500_000,
        "<p" * 500_000,
        "1 " * 500_000,
        "\n" * 1_000_000,
        "(" * 1_000_000,
    ):
        article = Article(id="g", title="x" * 100_000, text=text)
        assert reader.read(article, reader.scan(article)).confidence <= 1
