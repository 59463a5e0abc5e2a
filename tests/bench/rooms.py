"""Rooms: the pure rooms by themselves, without Kafka: what each step of triage costs, and what a fold costs.

Run as a process of its own (`python -m tests.bench.rooms PLAN`), so that nothing else is in its memory; the result
goes to standard output as JSON. Times are processor time of that process, in microseconds.
"""

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import msgspec
from aiokafka import ConsumerRecord

from streams.analysis import Analyst
from streams.incidents import Book, Policy
from streams.incidents.sightings import ATTACHING, sight
from streams.model import Article, Incident, Phase, Reading, Sighting, decode_article
from streams.settings import load_settings
from streams.workers.intake import Intake, Sorted
from streams.workers.records import encode
from tests.bench.plan import Plan
from tests.bench.prose import Event, Newsroom, cities
from tests.bench.told import told

STEPS: Final = ("decode", "scan", "read", "locate", "settle", "sight", "encode")
"""The steps of triage in their order; "rest" is what the whole takes beyond them."""

_WARM_UP: Final = 300

T = TypeVar("T")
U = TypeVar("U")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step: µs a call, and calls per article of the mix."""

    us: float
    calls: float


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One round. ``whole_us``: µs an article of the mix through the worker's own intake. The others are per second:

    ``full`` articles scanned and read whose gate opens, ``gated`` articles of the mix scanned and read, ``calm`` the
    same without those that only use the words of alerts, ``places`` articles of the mix with all names found and
    resolved, ``folds`` sightings with many incidents open.
    ``opened_share`` of the articles open the gate, ``sighted_share`` become sightings.
    """

    steps: dict[str, Step]
    opened_share: float
    sighted_share: float
    whole_us: float
    full: float
    gated: float
    calm: float
    places: float
    folds: float


class Folding(msgspec.Struct, frozen=True, kw_only=True):
    """Sightings folded a second, and what there was to prove it: open incidents before and after, decisions by name."""

    speed: float
    open_before: int
    open_after: int
    decisions: dict[str, int]


class Rooms(msgspec.Struct, frozen=True, kw_only=True):
    """All rounds; ``folding`` is that of the last one, for its counts, which are the same in each."""

    rounds: list[Round]
    articles: int
    mean_bytes: float
    folding: Folding


def measure_rooms(plan: Plan) -> Rooms:
    """Measure all rooms ``plan.room_rounds`` times in turns, after a short round that is not counted."""
    articles = list(Newsroom(plan.seed).articles(plan.room_articles))
    values = [made.record for made in articles]
    calm = [decode_article(made.record) for made in articles if made.role != "hard"]
    analyst = Analyst()
    held, news = _fold_input(plan, analyst)
    incidents = _incidents(held)
    gc.collect()
    gc.freeze()
    _round(analyst, values[:_WARM_UP], calm[:_WARM_UP], incidents, news[:_WARM_UP])
    rounds, folding = [], Folding(speed=0.0, open_before=0, open_after=0, decisions={})
    for _ in range(plan.room_rounds):
        one, folding = _round(analyst, values, calm, incidents, news)
        rounds.append(one)
    return Rooms(
        rounds=rounds,
        articles=len(values),
        mean_bytes=sum(map(len, values)) / len(values),
        folding=folding,
    )


def _round(
    analyst: Analyst,
    values: Sequence[bytes],
    calm: Sequence[Article],
    incidents: Sequence[Incident],
    news: Sequence[Sighting],
) -> tuple[Round, Folding]:
    steps, opened, sighted = _steps(analyst, values)
    folding = _fold(incidents, news)
    one = Round(
        steps=steps,
        opened_share=opened / len(values),
        sighted_share=sighted / len(values),
        whole_us=_whole(analyst, values),
        folds=folding.speed,
        **_rates(analyst, [decode_article(value) for value in values], calm),
    )
    return one, folding


def _timed(call: Callable[[T], U], inputs: Sequence[T]) -> tuple[list[U], float]:
    """The results of ``call``, and the microseconds of processor time that one took."""
    start = time.process_time_ns()
    results = [call(each) for each in inputs]
    return results, (time.process_time_ns() - start) / 1000 / max(1, len(inputs))


def _steps(analyst: Analyst, values: Sequence[bytes]) -> tuple[dict[str, Step], int, int]:
    """Each step over all articles that get so far, and how many open the gate and become sightings."""
    reader, locator = analyst.reader, analyst.locator
    took: dict[str, tuple[float, int]] = {}

    def run(step: str, call: Callable[[T], U], inputs: Sequence[T]) -> list[U]:
        results, us = _timed(call, inputs)
        took[step] = (us, len(inputs))
        return results

    articles = run("decode", decode_article, values)
    signals = run("scan", reader.heed, articles)
    heard = [(article, signal) for article, signal in zip(articles, signals, strict=True) if signal is not None]
    readings = run("read", lambda pair: reader.read(*pair), heard)
    candidates = [
        (article, reading)
        for (article, _), reading in zip(heard, readings, strict=True)
        if reading.alertable or reading.status in ATTACHING
    ]
    placings = run("locate", lambda pair: locator.locate(pair[0], pair[1].anchors), candidates)
    placed = list(zip(candidates, placings, strict=True))
    settled = run("settle", lambda each: reader.settle(each[0][1], each[1].place), placed)
    read = [(article, reading, placing) for ((article, _), placing), reading in zip(placed, settled, strict=True)]
    sightings = run("sight", lambda each: sight(*each), read)
    suppressed = [found for article in articles if (found := analyst.triage(article).suppressed) is not None]
    records: list[object] = [*suppressed, *(sighting for several in sightings for sighting in several)]
    run("encode", encode, records)
    return (
        {step: Step(us=us, calls=count / len(values)) for step, (us, count) in took.items()},
        len(heard),
        sum(bool(several) for several in sightings),
    )


def _whole(analyst: Analyst, values: Sequence[bytes]) -> float:
    """Microseconds an article through the intake of the triage worker: everything but Kafka."""
    intake = Intake(load_settings({}), analyst)
    records = [
        ConsumerRecord("articles", 0, offset, 1_936_000_000_000, 0, None, value, None, 0, len(value), ())
        for offset, value in enumerate(values)
    ]
    _, us = _timed(
        lambda batch: intake.sort(batch, Sorted()), [records[i : i + 64] for i in range(0, len(records), 64)]
    )
    return us * len(range(0, len(records), 64)) / len(records)


def _rates(analyst: Analyst, articles: Sequence[Article], calm: Sequence[Article]) -> dict[str, float]:
    reader, locator = analyst.reader, analyst.locator
    opened = [article for article in articles if reader.heed(article) is not None]

    def read(article: Article) -> Reading:
        return reader.read(article, reader.scan(article))

    def gated(article: Article) -> Reading | None:
        signal = reader.heed(article)
        return None if signal is None else reader.read(article, signal)

    _, gated_us = _timed(gated, articles)
    _, calm_us = _timed(gated, calm)
    _, full_us = _timed(read, opened)
    pairs = [(article, read(article)) for article in articles]
    _, places_us = _timed(lambda pair: locator.locate(pair[0], pair[1].anchors), pairs)
    return {"full": 1e6 / full_us, "gated": 1e6 / gated_us, "calm": 1e6 / calm_us, "places": 1e6 / places_us}


def _fold_input(plan: Plan, analyst: Analyst) -> tuple[list[Sighting], list[Sighting]]:
    """Sightings for ``open_incidents`` incidents, one a town, and those that come after: nine of ten of these tell of
    one of them again, the tenth of something new in another town."""
    newsroom = Newsroom(plan.seed + 4, step_s=0.5)
    towns = cities(plan.open_incidents + plan.folded)
    events = [newsroom.event(town) for town in towns[: plan.open_incidents]]
    fresh = iter(towns[plan.open_incidents :])
    held = [_sighting(analyst, newsroom, number, event, over=False) for number, event in enumerate(events)]
    news = []
    for number in range(plan.folded):
        event = newsroom.event(next(fresh)) if number % 10 == 9 else events[(number * 7919) % len(events)]
        news.append(_sighting(analyst, newsroom, len(held) + number, event))
    return held, news


def _sighting(analyst: Analyst, newsroom: Newsroom, number: int, event: Event, *, over: bool | None = None) -> Sighting:
    """The sighting of an article about ``event``: of the first one that the reader takes for an alert."""
    while True:
        sighting = told(analyst.reader, newsroom.article(number, "alert", event, over=over))
        if sighting is not None:
            return sighting


def _incidents(held: Sequence[Sighting]) -> list[Incident]:
    """One incident for each of ``held``, whatever the matching would say, as a book is restored from them."""
    book = Book(Policy.load())
    for sighting in held:
        book.apply(book.decide_into(sighting, None))
    return list(book.incidents())


def _fold(incidents: Sequence[Incident], news: Sequence[Sighting]) -> Folding:
    book = Book(Policy.load())
    for incident in incidents:
        book.restore(incident)
    before = _open(book)

    def fold(sighting: Sighting) -> str:
        decision = book.decide(sighting)
        book.apply(decision)
        return decision.decision

    done, us = _timed(fold, news)
    return Folding(speed=1e6 / us, open_before=before, open_after=_open(book), decisions=dict(Counter(done)))


def _open(book: Book) -> int:
    return sum(incident.phase is Phase.ACTIVE for incident in book.incidents())


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure_rooms(msgspec.json.decode(sys.argv[1], type=Plan))))
