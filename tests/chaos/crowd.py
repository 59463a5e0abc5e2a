"""Crowd: any number of open incidents as the changelog holds them, made of a few that the rooms really made."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import msgspec

from streams.analysis import Analyst
from streams.incidents import Book
from streams.model import Incident, decode_article
from tests.bench.prose import City, Newsroom, cities
from tests.chaos.mix import START

PATTERNS: Final = 150
MOST_ARTICLES: Final = 5
"""An incident is told by one to so many articles."""
_DAYS: Final = 30


def crowd(count: int, seed: int) -> Iterator[Incident]:
    """``count`` open incidents all over the world; words, passages and ids are each one's own."""
    chance = random.Random(seed)  # noqa: S311 - a seed is the point
    patterns = _patterns(seed)
    towns = cities()
    for number in range(count):
        yield _like(patterns[number % len(patterns)], number, chance.choice(towns), chance)


def _patterns(seed: int) -> list[Incident]:
    newsroom, analyst, found = Newsroom(seed, start=START), Analyst(), []
    for number in range(PATTERNS):
        book, event = Book(), newsroom.event()
        held: str | None = None
        for article in range(1 + number % MOST_ARTICLES):
            made = newsroom.article(number * MOST_ARTICLES + article, "alert", event, over=False)
            for sighting in analyst.triage(decode_article(made.record)).sightings:
                decision = book.decide_into(sighting, held)
                book.apply(decision)
                held = decision.incident_id
        if held is not None and (incident := book.get(held)) is not None:
            found.append(incident)
    return found


def _like(pattern: Incident, number: int, town: City, chance: random.Random) -> Incident:
    shift = timedelta(days=chance.random() * _DAYS)
    mark = chance.getrandbits(31)
    at = (
        None
        if pattern.place is None
        else msgspec.structs.replace(
            pattern.place,
            name=town.name,
            country=town.country,
            country_code=town.country_code,
            admin1_code=f"{town.country_code}.{town.admin1}",
            lat=town.lat,
            lon=town.lon,
            geoname_id=town.geoname_id,
        )
    )
    return msgspec.structs.replace(
        pattern,
        id=f"{pattern.id}-{number}",
        place=at,
        partition_key=town.country_code,
        event_at=pattern.event_at + shift,
        first_seen_at=pattern.first_seen_at + shift,
        last_seen_at=pattern.last_seen_at + shift,
        last_danger_at=pattern.last_danger_at + shift,
        expires_at=pattern.expires_at + shift + timedelta(days=2 * _DAYS),
        newest_at=None if pattern.newest_at is None else pattern.newest_at + shift,
        # Half of the words are the incident's own: names of people and streets.
        tokens=tuple(
            f"{word}{number}" if place % 2 and word[1:2] != ":" else word for place, word in enumerate(pattern.tokens)
        ),
        contributions=tuple(
            msgspec.structs.replace(each, sketch=tuple(value ^ mark for value in each.sketch))
            for each in pattern.contributions
        ),
        absorbed=tuple(value ^ mark for value in pattern.absorbed),
    )
