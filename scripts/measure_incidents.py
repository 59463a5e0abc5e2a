"""Measure the fold: sightings per second and core with many open incidents, and the size of a storm's snapshot.

    measure_incidents.py [--open 5000] [--sightings 30000]

Prints one JSON object. All sightings are made up here, from a seed; nothing is read.
"""

import argparse
import gc
import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta

import msgspec

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


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=5000)
    parser.add_argument("--sightings", type=int, default=30000)
    parser.add_argument("--storm", type=int, default=10000)
    options = parser.parse_args(argv)
    print(json.dumps(rate(options.open, options.sightings) | storm(options.storm)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
