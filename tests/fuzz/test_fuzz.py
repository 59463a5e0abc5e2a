from itertools import islice

import pytest
from click.testing import CliRunner

from streams.analysis import Analyst
from streams.model import Article
from tests.fuzz.__main__ import main, samples
from tests.fuzz.run import fuzz
from tests.fuzz.texts import articles, giants

COUNT = 300


@pytest.fixture(scope="module")
def analyst():
    return Analyst()


def test_no_text_raises(analyst):
    report = fuzz(analyst, islice(articles(samples(), seed=3), COUNT))
    assert report.raised == ()
    assert report.texts == COUNT
    assert report.alerts > 0


def test_the_same_seed_gives_the_same_texts():
    first, again, other = (list(islice(articles(samples(), seed), 20)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_giants_are_read(analyst):
    for name, unit in giants(samples()):
        text = (unit * (100_000 // len(unit) + 1))[:100_000]
        assert analyst.analyze(Article(id="giant", title="", text=text)).article.text == text, name


def test_what_raises_is_told_and_does_not_end_the_run(analyst, monkeypatch):
    whole = analyst.analyze

    def fragile(article):
        if article.title == "bad":
            raise LookupError("no such thing")
        return whole(article)

    monkeypatch.setattr(analyst, "analyze", fragile)
    report = fuzz(analyst, [Article(id="f", title=title, text="") for title in ("good", "bad", "good")])
    assert report.texts == 3
    (told,) = report.raised
    assert "no such thing" in told


def test_the_command_prints_counts(monkeypatch):
    monkeypatch.setattr("tests.fuzz.__main__.giants", lambda _: iter(()))
    result = CliRunner().invoke(main, ["--count", "3", "--seed", "5"])
    assert "texts 3, seed 5" in result.output
    assert "raised 0" in result.output
