"""Stream: articles without end whose event time runs so fast that incidents are also forgotten during a run."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import orjson

from tests.bench.prose import ALERT_SHARE, Newsroom, cities

ARRIVAL: timedelta = timedelta(seconds=30)
"""From the publication of an article to its arrival, in event time."""

_POOL = 3000
"""Ordinary articles that are told again and again under new ids: writing 3.6 KB anew costs more than reading it."""
_TOWNS = 2000
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def articles(seed: int, start: datetime, step_s: float) -> Iterator[tuple[bytes, bytes]]:
    """Key and record of one article after the other; the first is published at ``start``, the others ``step_s`` apart.

    What alerts tell is written anew each time: a passage that comes twice would make two events one.
    """
    newsroom = Newsroom(seed, cities(_TOWNS), start=start, step_s=step_s)
    ordinary = [_without_times(each.record) for each in newsroom.articles(_POOL, alert_share=0.0)]
    every = round(1 / ALERT_SHARE)
    number = 0
    while True:
        name = f"soak-{number:010d}"
        if number % every == 0:
            rest = _without_times(newsroom.article(number, "alert").record)
        else:
            rest = ordinary[number % _POOL]
        published = start + timedelta(seconds=number * step_s)
        times = f'"published_at":"{published:{_TIME}}","arrived_at":"{published + ARRIVAL:{_TIME}}"'
        yield name.encode(), f'{{"id":"{name}",{times},'.encode() + rest
        number += 1


def _without_times(record: bytes) -> bytes:
    """The members of a record that stay the same whenever it is told, with the closing brace."""
    kept = {key: value for key, value in orjson.loads(record).items() if key not in ("id", "published_at")}
    return orjson.dumps(kept)[1:]
