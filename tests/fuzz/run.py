"""Run: many texts through the whole analysis, each checked and timed by itself."""

import time
import traceback
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from streams.analysis import Analysis, Analyst
from streams.model import Article

LIMIT_MS: Final = 50.0
"""What one text may take, in processor time."""
GIANT_MS: Final = 200.0
"""What a body of a million characters may take."""
GIANT_SIZES: Final = (125_000, 250_000, 500_000, 1_000_000)
_AGAIN: Final = 3
_EXPLAIN_EVERY: Final = 50


class Report(NamedTuple):
    """What came of a run. Times are milliseconds of processor time; ``slow`` texts stayed slow when read again."""

    texts: int
    raised: tuple[str, ...]
    worst_ms: float
    mean_ms: float
    slow: tuple[Article, ...]
    alerts: int


class Giant(NamedTuple):
    """Milliseconds that texts of one make took, by size in characters."""

    name: str
    times_ms: tuple[float, ...]


def fuzz(analyst: Analyst, articles: Iterable[Article]) -> Report:
    """Analyse and check ``articles`` one by one; one that raises is told and does not end the run."""
    texts = alerts = 0
    raised: list[str] = []
    slow: list[Article] = []
    worst = total = 0.0
    for article in articles:
        texts += 1
        try:
            spent, analysis = _timed(analyst, article)
            check(analysis)
            if texts % _EXPLAIN_EVERY == 0:
                analyst.reader.explain(article)
        except Exception:  # noqa: BLE001 - whatever comes is what we look for
            raised.append(f"{article!r}\n{traceback.format_exc(limit=-3)}")
            continue
        if spent > LIMIT_MS:
            # Another process, or Python's own collector, may have been in between: only the text's share counts.
            spent = min(spent, *(_timed(analyst, article)[0] for _ in range(_AGAIN)))
            if spent > LIMIT_MS:
                slow.append(article)
        alerts += analysis.reading.alertable
        worst = max(worst, spent)
        total += spent
    return Report(texts, tuple(raised), worst, total / max(1, texts), tuple(slow), alerts)


def check(analysis: Analysis) -> None:
    """Assert that what is said of an article fits together."""
    article, reading = analysis.article, analysis.reading
    assert 0 <= reading.confidence <= 1
    assert (reading.severity is None) == (not reading.alertable)
    level = reading.threat_level
    if level is not None and level.expires_at is not None:
        assert article.published_at is not None
        assert level.expires_at > article.published_at
    for span in reading.anchors:
        assert 0 <= span.start <= span.end <= len(article.title if span.where == "title" else article.text)
    for toponym in analysis.placing.toponyms:
        source = article.text if toponym.where == "text" else article.title
        assert source[toponym.start : toponym.end] == toponym.text
    for evidence in reading.evidence:
        assert evidence.quote in article.title or evidence.quote in article.text
    for sighting in analysis.sightings:
        msgspec.json.encode(sighting)


def grow(analyst: Analyst, units: Iterable[tuple[str, str]]) -> Iterator[Giant]:
    """The time that texts made of each unit take as they grow."""
    for name, unit in units:
        times = []
        for size in GIANT_SIZES:
            article = Article(id="giant", title="", text=(unit * (size // len(unit) + 1))[:size])
            times.append(min(_timed(analyst, article)[0] for _ in range(_AGAIN)))
        yield Giant(name, tuple(times))


def _timed(analyst: Analyst, article: Article) -> tuple[float, Analysis]:
    start = time.process_time()
    analysis = analyst.analyze(article)
    return (time.process_time() - start) * 1e3, analysis
