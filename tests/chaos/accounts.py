"""Accounts: every article record, and the one place where it must be found: sighting, suppressed or dead letter.

What an article must become is read anew here, as `tocsin replay` does, and compared to the byte. Only digests are
kept, so that a million articles fit.
"""

import re
from collections import Counter
from hashlib import blake2b
from typing import Final, Protocol

import msgspec

from streams.analysis import Analyst
from streams.model import ArticleError, decode_article
from streams.settings import Settings
from streams.workers import dead_letters
from streams.workers.records import ARTICLE_AT, Headers, encode, header
from tests.chaos.damage import Damage, Harm

_ID: Final = re.compile(rb'^\{"id":"([^"\\]+)"')
_BLANK: Final = b"\x01"
_REMEMBERED: Final = 20_000


class Record(Protocol):
    """What the checkers look at of a record: of aiokafka, or made by a test."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Origin(msgspec.Struct):
    """What one article, or one record that is none, must become: the digests wanted and those found, by topic."""

    topic: str
    wanted: frozenset[bytes]
    stamps: tuple[int, ...]
    found: frozenset[tuple[str, bytes]] = frozenset()


class _Suppressed(msgspec.Struct):
    article_id: str


class _Ref(msgspec.Struct):
    article_id: str


class _Sighting(msgspec.Struct):
    article: _Ref


class Accounts:
    """Feed it all articles first, then all outcomes; then ask for the damage."""

    def __init__(self, settings: Settings, analyst: Analyst | None = None) -> None:
        self._sightings = settings.topic_sightings
        self._suppressed = settings.topic_suppressed
        self._dead_letters = settings.topic_dead_letters
        self._analyst = analyst or Analyst()
        self._origins: dict[str, Origin] = {}
        self._known: dict[bytes, bytes] = {}
        self._damage = Damage()
        self.records = 0
        self.repeats = 0
        self.outcomes: Counter[str] = Counter()

    @property
    def articles(self) -> int:
        """How many different articles and unreadable records there were."""
        return len(self._origins)

    def article(self, record: Record) -> None:
        """Take note of one record of the articles topic."""
        self.records += 1
        value = record.value or b""
        found = _ID.match(value)
        shape = value.replace(found[1], _BLANK, 1) if found else b""
        if found and shape in self._known:
            wanted = self._known[shape].replace(_BLANK, found[1])
            self._want(found[1].decode(), self._suppressed, [digest(found[1], wanted)], record.timestamp)
            return
        try:
            article = decode_article(record.value)
        except ArticleError as error:
            name = letter_name(record.topic, record.partition, record.offset)
            wanted = digest(record.key, record.value, error.reason.encode())
            self._want(name, self._dead_letters, [wanted], record.timestamp)
            return
        analysis = self._analyst.triage(article)
        if analysis.suppressed is None:
            values = [digest(each.partition_key.encode(), encode(each)) for each in analysis.sightings]
            self._want(article.id, self._sightings, values, record.timestamp)
            return
        made = encode(analysis.suppressed)
        self._want(article.id, self._suppressed, [digest(article.id.encode(), made)], record.timestamp)
        # Articles that differ in their id alone are suppressed alike.
        if found and len(self._known) < _REMEMBERED:
            self._known[shape] = made.replace(found[1], _BLANK)

    def outcome(self, record: Record) -> None:
        """Take note of one record of the sightings, the suppressed or the dead letters."""
        if record.topic == self._dead_letters:
            name, stamp = _origin_of_letter(record), None
            told = digest(record.key, record.value, header(record.headers, dead_letters.REASON) or b"")
        elif record.topic == self._suppressed:
            name, stamp = msgspec.json.decode(record.value or b"", type=_Suppressed).article_id, None
            told = digest(record.key, record.value)
        else:
            name = msgspec.json.decode(record.value or b"", type=_Sighting).article.article_id
            stamp = int(header(record.headers, ARTICLE_AT) or b"-1")
            told = digest(record.key, record.value)
        origin = self._origins.get(name)
        if origin is None:
            self._damage.add(Harm.INVENTED, f"{where(record)}: nothing was received as {name}")
            return
        if told not in origin.wanted and record.topic == origin.topic:
            self._damage.add(Harm.DIVERGENT, f"{where(record)}: not what {name} gives")
        elif stamp is not None and stamp not in origin.stamps:
            self._damage.add(Harm.DIVERGENT, f"{where(record)}: {name} was not received at {stamp}")
        if (record.topic, told) in origin.found:
            self.repeats += 1
        elif not any(topic == record.topic for topic, _ in origin.found):
            self.outcomes[record.topic] += 1
        origin.found |= {(record.topic, told)}

    def damage(self) -> Damage:
        """What is wrong with the accounts, now that all is read."""
        for name, origin in self._origins.items():
            topics = {topic for topic, _ in origin.found}
            if not origin.wanted <= {told for topic, told in origin.found if topic == origin.topic}:
                self._damage.add(Harm.LOST, f"{name} is not (whole) in {origin.topic}")
            if topics - {origin.topic}:
                self._damage.add(Harm.TWICE, f"{name} belongs to {origin.topic}, and is in {sorted(topics)}")
        return self._damage

    def _want(self, name: str, topic: str, wanted: list[bytes], stamp: int) -> None:
        held = self._origins.get(name)
        if held is None:
            self._origins[name] = Origin(topic, frozenset(wanted), (stamp,))
        else:
            # A sender that is not sure sends again: one article, received at another time.
            held.stamps = (*held.stamps, stamp)


def digest(*parts: bytes | None) -> bytes:
    """Eight bytes that stand for ``parts``."""
    made = blake2b(digest_size=8)
    for part in parts:
        made.update(b"-" if part is None else b"%d:" % len(part) + part)
    return made.digest()


def where(record: Record) -> str:
    """Topic, partition and offset of ``record``."""
    return f"{record.topic}/{record.partition}@{record.offset}"


def letter_name(topic: str, partition: int, offset: int) -> str:
    """The name under which an unreadable record is accounted for."""
    return f"@{topic}/{partition}@{offset}"


def _origin_of_letter(record: Record) -> str:
    names = (dead_letters.TOPIC, dead_letters.PARTITION, dead_letters.OFFSET)
    topic, partition, offset = ((header(record.headers, name) or b"?").decode() for name in names)
    return f"@{topic}/{partition}@{offset}"
