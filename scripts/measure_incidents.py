"""Measure the fold: sightings per second and core with many open incidents, and the size of a storm's snapshot.

    measure_incidents.py [--open 5000] [--sightings 30000]
    measure_incidents.py --orders 5 [--seed 1] FILE

Prints one JSON object. All sightings are made up here, from a seed; nothing is read.

With ``--orders`` the labelled articles of FILE (see train_incidents.py) are consolidated as they stand and then in so
many orders more, each with the articles of every day shuffled: how much hangs on which report comes in first.
"""

import argparse
import gc
import json
import random
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import mean, stdev

import msgspec
from train_incidents import Labelled, figures, labelled

from streams.incidents import Book, Policy
from streams.incidents.sketch import sketch, words
from streams.incidents.tokens import tokens_of
from streams.model import (
    Action,
    Advisory,
    ArticleRef,
    Bound,
    Casualties,
    Certainty,
    Kind,
    Place,
    Precision,
    Reading,
    Severity,
    Sighting,
    Status,
    Urgency,
)

START = datetime(2031, 5, 4, 6, 0, tzinfo=UTC)
COUNTRIES = ("US", "GB", "DE", "FR", "KZ", "IN", "BR", "NG", "AU", "JP")
SYLLABLES = ("ka", "lo", "mi", "ter", "van", "os", "bre", "dun", "sel", "qui", "nor", "pax", "hel", "gor", "lim")


class World:
    """Invented events and articles about them."""

    def __init__(self, seed: int, events: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - made-up articles
        self.events = [self._event(number) for number in range(events)]
        self.made = 0

    def _name(self) -> str:
        return "".join(self.dice.choice(SYLLABLES) for _ in range(4)).title()

    def _event(self, number: int) -> tuple[Place, list[str], int]:
        country = COUNTRIES[number % len(COUNTRIES)]
        place = Place(
            name=self._name() + str(number),
            admin1=f"Region {number % 40}",
            country=country,
            country_code=country,
            lat=round(self.dice.uniform(-60, 65), 4),
            lon=round(self.dice.uniform(-179, 179), 4),
            precision=Precision.CITY,
            geoname_id=1_000_000 + number,
        )
        return place, [self._name() for _ in range(14)], self.dice.randrange(0, 12)

    def article(self, event: int, minutes: float, *, copy_of: int | None = None) -> Sighting:
        """One article about an event; ``copy_of`` repeats the words of a wire story."""
        self.made += 1
        place, names, killed = self.events[event]
        dice = self.dice if copy_of is None else random.Random(copy_of)  # noqa: S311 - made-up articles
        body = " ".join(dice.choice(names) + " " + self._filler(dice) for _ in range(40))
        title = f"Gunman reported in {place.name}"
        seen = START + timedelta(minutes=minutes)
        return Sighting(
            id=f"article-{self.made}",
            article=ArticleRef(article_id=f"article-{self.made}", title=title, source=f"outlet{self.made % 700}"),
            reading=Reading(
                kinds=(Kind.ACTIVE_SHOOTER, Kind.LOCKDOWN_ADVISORY),
                status=Status.CURRENT,
                severity=Severity.SEVERE,
                urgency=Urgency.IMMEDIATE,
                certainty=Certainty.OBSERVED,
                confidence=0.9,
                casualties=Casualties(killed=killed, injured=killed + 3, killed_bound=Bound.AT_LEAST),
                advisory=Advisory(action=Action.SHELTER, in_force=True),
            ),
            place=place,
            published_at=seen,
            seen_at=seen,
            publisher=f"outlet{self.made % 700}",
            sketch=sketch(words(title), words(body)),
            tokens=tokens_of(words(title), words(body), ()),
        )

    def _filler(self, dice: random.Random) -> str:
        return " ".join(
            dice.choice(("police", "said", "the", "near", "people", "were", "told", "school")) for _ in range(4)
        )


def rate(opened: int, count: int) -> dict[str, float]:
    """How fast sightings fold with ``opened`` incidents open: each about an open incident or, one in 20, a new one."""
    world = World(7, opened + count // 20 + 1)
    book = Book(Policy())
    for event in range(opened):
        book.apply(book.decide(world.article(event, event / 1000)))
    fresh = iter(range(opened, len(world.events)))
    stream = [
        world.article(next(fresh) if number % 20 == 0 else world.dice.randrange(opened), 60 + number / 1000)
        for number in range(count)
    ]
    # As a worker does once it is restored: what lives long need not be walked again by the collector.
    gc.collect()
    gc.freeze()
    started = time.process_time()
    for sighting in stream:
        book.apply(book.decide(sighting))
    seconds = time.process_time() - started
    return {"sightings_per_second": round(count / seconds), "incidents": sum(1 for _ in book.incidents())}


def storm(count: int) -> dict[str, float]:
    """What ``count`` articles about one event leave behind: the snapshot's bytes and how often people were told."""
    world = World(8, 1)
    book = Book(Policy())
    largest = told = 0
    for number in range(count):
        decision = book.decide(world.article(0, number / 20, copy_of=number % 50))
        book.apply(decision)
        told += sum(1 for outcome in decision.outcomes if outcome.event and outcome.event.notify)
        if number % 100 == 0 or number == count - 1:
            largest = max(largest, *(len(msgspec.json.encode(one)) for one in book.incidents()))
    return {
        "storm_articles": count,
        "snapshot_bytes": largest,
        "notifications": told,
        "storm_incidents": len(list(book.incidents())),
    }


def shuffled(data: Labelled, dice: random.Random) -> Labelled:
    """The articles in the order of their days, and within each in one that is drawn; those without a place go first."""

    def day(sighting: Sighting | None) -> date:
        return (sighting.published_at or sighting.seen_at).date() if sighting is not None else date.min

    drawn = [(day(sighting), dice.random(), number) for number, (_, sighting) in enumerate(data)]
    return [data[number] for *_, number in sorted(drawn)]


def orders(path: Path, count: int, seed: int) -> dict[str, object]:
    """B-cubed and pairwise figures as the file stands, their mean and standard deviation over ``count`` orders, all."""
    data = labelled(path)
    # As `tocsin replay --consolidate-all` does: what holds of alerts alone is left out.
    policy = msgspec.structs.replace(Policy.load(), alert_prior=0.0)
    dice = random.Random(seed)  # noqa: S311 - an order of articles
    runs = [figures(shuffled(data, dice), policy, None) for _ in range(count)]
    return {
        "articles": len(data),
        "seed": seed,
        "as_it_stands": _rounded(figures(data, policy, None)),
        "mean": _rounded({name: mean(run[name] for run in runs) for name in runs[0]}),
        "spread": _rounded({name: stdev(run[name] for run in runs) if count > 1 else 0.0 for name in runs[0]}),
        "least": _rounded({name: min(run[name] for run in runs) for name in runs[0]}),
        "runs": [_rounded(run) for run in runs],
    }


def _rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in found.items()}


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=5000)
    parser.add_argument("--sightings", type=int, default=30000)
    parser.add_argument("--storm", type=int, default=10000)
    parser.add_argument("--orders", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE")
    options = parser.parse_args(argv)
    if (options.orders is None) is not (options.file is None) or (options.orders or 1) < 1:
        parser.error("--orders N and FILE belong together")
    if options.file is not None:
        print(json.dumps(orders(options.file, options.orders, options.seed), indent=1))
        return 0
    print(json.dumps(rate(options.open, options.sightings) | storm(options.storm)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
