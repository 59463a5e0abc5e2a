"""Mix: the articles of a chaos run: incidents among hard negatives, with records that nobody can read in between."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import orjson

from streams.analysis import Analyst
from streams.model import decode_article
from tests.bench.prose import Newsroom

START: Final = datetime(2025, 3, 3, 6, 0, tzinfo=UTC)
"""In the past, so that the arrival that an article tells is believed: the time of the run changes nothing then."""
STEP_S: Final = 1.0
ALERT_SHARE: Final = 0.02
BAD_SHARE: Final = 0.004
HARD_SHARE: Final = 0.3
"""Of the articles that give no sighting."""
TEMPLATES: Final = 600
CHARACTERS: Final = 900
"""Of the text of one article, about: enough to read, few enough for brokers and workers on one machine."""

_BLANK: Final = "chaos-########"
_BAD: Final = (
    b"",
    b"no json at all %d",
    b'{"id": "chaos-bad-%d", "title": 7}',
    b'{"title": "an article without an id", "text": "%d"}',
    b'{"id": "chaos-bad-%d", "title": "cut in the mid',
    b'{"id": "chaos-bad-%d", "published_at": "yesterday"}',
    b"\xff\xfe\x00 %d",
    b'["chaos-bad-%d"]',
)


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """One record for the articles topic."""

    key: bytes
    value: bytes


def mix(seed: int, templates: int = TEMPLATES) -> Iterator[Drawn]:
    """Records without end. What gives no sighting repeats its text under a new id; alerts are told anew each time."""
    return _drawn(seed, _background(Newsroom(seed + 1, start=START), templates))


def _drawn(seed: int, background: list[bytes]) -> Iterator[Drawn]:
    chance = random.Random(seed)  # noqa: S311 - a seed is the point
    newsroom = Newsroom(seed, start=START, step_s=STEP_S)
    number = 0
    while True:
        drawn = chance.random()
        name = f"chaos-{number:08d}"
        if drawn < BAD_SHARE:
            pattern = chance.choice(_BAD)
            value = pattern % number if b"%d" in pattern else pattern
        elif drawn < BAD_SHARE + ALERT_SHARE:
            value = _shortened(newsroom.article(number, "alert").record, name, number)
        else:
            value = chance.choice(background).replace(_BLANK.encode(), name.encode(), 1)
        yield Drawn(key=name.encode(), value=value)
        number += 1


def _background(newsroom: Newsroom, count: int) -> list[bytes]:
    analyst = Analyst()
    found: list[bytes] = []
    number = 0
    while len(found) < count:
        role = "hard" if number % 10 < HARD_SHARE * 10 else "plain"
        value = _shortened(newsroom.article(number, "hard" if role == "hard" else "plain").record, _BLANK, number)
        if analyst.triage(decode_article(value)).suppressed is not None:
            found.append(value)
        number += 1
    return found


def _shortened(record: bytes, name: str, number: int) -> bytes:
    fields = orjson.loads(record)
    text = fields["text"]
    end = text.find("\n\n", CHARACTERS)
    arrived = START + timedelta(seconds=number * STEP_S + 20)
    fields |= {
        "id": name,
        "text": text if end < 0 else text[:end],
        "arrived_at": arrived.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return orjson.dumps(fields)
