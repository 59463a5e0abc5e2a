"""Intake: every record becomes one thing, and nothing in it stops the worker."""

import json
from collections import Counter

import pytest
from aiokafka import ConsumerRecord
from workers_doubles import record, sighting

from streams.analysis import Analysis
from streams.model import Article, Placing, Reading, Suppressed
from streams.settings import Settings
from streams.workers.dead_letters import CUT
from streams.workers.intake import Intake, Sorted
from streams.workers.outbox import TooLargeError
from streams.workers.records import header

SETTINGS = Settings()


class Analyst:
    """Sights what is titled so, trips over what is titled so, and suppresses the rest."""

    def __init__(self) -> None:
        self.seen: list[Article] = []

    def triage(self, article: Article) -> Analysis:
        self.seen.append(article)
        if article.title == "trip":
            raise ZeroDivisionError("a secret of the article")
        sightings = (sighting(1), sighting(2, country="FR")) if article.title == "sight" else ()
        suppressed = None if sightings else Suppressed(article_id=article.id, status="unrelated", reason="no_signal")
        if article.title == "neither":
            suppressed = None
        return Analysis(
            article=article, reading=Reading(), placing=Placing(), sightings=sightings, suppressed=suppressed
        )


def sort(*records: ConsumerRecord, analyst: Analyst | None = None) -> Sorted:
    done = Sorted()
    Intake(SETTINGS, analyst or Analyst()).sort(records, done)
    return done


def line(title: str, **more: object) -> bytes:
    return json.dumps({"id": "a1", "title": title, **more}).encode()


def test_a_sighting_is_keyed_by_country_and_carries_the_time_of_its_article() -> None:
    done = sort(record(line("sight"), timestamp=1_900_000_000_123))
    assert [(each.topic, each.key) for each in done.records] == [
        (SETTINGS.topic_sightings, b"KE"),
        (SETTINGS.topic_sightings, b"FR"),
    ]
    assert header(done.records[0].headers, "tocsin-article-at") == b"1900000000123"
    assert done.tally == Counter({("sighting", "unrelated"): 1})


def test_the_rest_says_why_not() -> None:
    (out,) = sort(record(line("quiet"))).records
    assert (out.topic, out.key) == (SETTINGS.topic_suppressed, b"a1")
    assert json.loads(out.value or b"")["reason"] == "no_signal"


@pytest.mark.parametrize("title", ["trip", "neither"])
def test_an_article_that_the_analysis_trips_over_is_a_dead_letter(title: str) -> None:
    done = sort(record(line(title)), record(line("quiet")))
    letter, out = done.records
    assert letter.topic == SETTINGS.topic_dead_letters
    assert header(letter.headers, "tocsin-reason") == b"analysis_failed"
    assert header(letter.headers, "tocsin-message") in (b"ZeroDivisionError", b"ValueError")
    assert out.topic == SETTINGS.topic_suppressed
    assert done.tally.total() == 2


def test_what_is_no_article_is_a_dead_letter_as_it_came() -> None:
    came = record(b"\xff", key=b"\x00", headers=[("own", b"\xfe"), ("own", b"2")], partition=3, offset=9)
    (letter,) = sort(came).records
    assert (letter.key, letter.value) == (b"\x00", b"\xff")
    assert letter.headers[:2] == (("own", b"\xfe"), ("own", b"2"))
    assert header(letter.headers, "tocsin-partition") == b"3"
    assert header(letter.headers, "tocsin-offset") == b"9"
    assert header(letter.headers, "tocsin-worker") == b"triage"


@pytest.mark.parametrize(
    ("arrived_at", "timestamp", "seconds"),
    [
        (None, 1_900_000_000_000, 1_900_000_000),
        ("2030-01-01T00:00:00Z", 1_900_000_000_000, 1_893_456_000),
        ("2150-01-01", 1_900_000_000_000, 1_900_000_000),
        ("2031-05-04T08:00:00Z", -1, 1_935_648_000),
        (None, -1, None),
    ],
)
def test_arrival_is_the_articles_own_up_to_the_records(
    arrived_at: str | None, timestamp: int, seconds: int | None
) -> None:
    analyst = Analyst()
    sort(record(line("quiet", arrived_at=arrived_at), timestamp=timestamp), analyst=analyst)
    found = analyst.seen[0].arrived_at
    assert (found.timestamp() if found else None) == seconds


def test_what_is_too_large_shrinks_to_a_letter_and_then_to_a_cut_one() -> None:
    intake = Intake(SETTINGS, Analyst())
    done = Sorted()
    intake.sort([record(line("sight") + b" " * 100_000)], done)
    letter = intake.shrink(done.records[0], 2_000_000)
    assert header(letter.headers, "tocsin-reason") == b"output_too_large"
    assert letter.value == line("sight") + b" " * 100_000
    cut = intake.shrink(letter, 100_500)
    assert letter.value.startswith(cut.value or b"-")
    assert header(cut.headers, CUT) == str(len(letter.value)).encode()
    with pytest.raises(TooLargeError):
        intake.shrink(cut, 70_000)
