"""Doubles for the tests of the Kafka rooms: records, sightings and a producer that keeps what it is given."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError

from streams.incidents import Book, Policy
from streams.model import (
    AlertEvent,
    ArticleRef,
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
from streams.workers.records import encode

START = datetime(2031, 5, 4, 8, 0, tzinfo=UTC)


def record(
    value: bytes | None,
    *,
    topic: str = "articles",
    partition: int = 0,
    offset: int = 0,
    key: bytes | None = None,
    headers: Sequence[tuple[str, bytes]] = (),
    timestamp: int = 1_900_000_000_000,
) -> ConsumerRecord:
    """A record as a consumer would hand it over."""
    return ConsumerRecord(
        topic, partition, offset, timestamp, 0, key, value, None, len(key or b""), len(value or b""), tuple(headers)
    )


def sighting(
    number: int,
    *,
    country: str = "KE",
    town: int = 0,
    minute: int = 0,
    kinds: tuple[Kind, ...] = (Kind.ACTIVE_SHOOTER,),
    status: Status = Status.CURRENT,
) -> Sighting:
    """An invented sighting of one of several towns that are far apart."""
    at = START + timedelta(minutes=minute)
    name, sighting_id = f"Ville{town}", f"s-{country}-{number}"
    return Sighting(
        id=sighting_id,
        article=ArticleRef(article_id=sighting_id, title=f"Shots in {name}", source=f"p{number}.example"),
        reading=Reading(
            kinds=kinds,
            status=status,
            severity=Severity.SEVERE,
            urgency=Urgency.IMMEDIATE,
            certainty=Certainty.OBSERVED,
            confidence=0.9,
            reason="invented",
        ),
        place=Place(
            name=name, country_code=country, admin1=f"Region{town}", lat=3.0 * town, lon=20.0, precision=Precision.CITY
        ),
        published_at=at,
        seen_at=at,
        publisher=f"p{number}.example",
        tokens=(name.lower(),),
    )


def opened(country: str, *, number: int, kinds: tuple[Kind, ...]) -> tuple[Sighting, AlertEvent]:
    """A sighting and the event that it opens an incident with."""
    told = sighting(number, country=country, kinds=kinds)
    event = Book(Policy.load()).decide(told).outcomes[-1].event
    assert event is not None
    return told, event


def sighting_record(told: Sighting, offset: int, partition: int = 0, **more: Any) -> ConsumerRecord:
    """``told`` as a record of the sightings topic."""
    return record(encode(told), topic="sightings", partition=partition, offset=offset, key=b"KE", **more)


class Batch:
    """A record batch that takes ``room`` bytes of values, and always one record."""

    def __init__(self, room: int) -> None:
        self.records: list[dict[str, Any]] = []
        self._room = room

    def append(self, **fields: Any) -> object | None:
        if self.records and self.size() + len(fields["value"] or b"") > self._room:
            return None
        self.records.append(fields)
        return object()

    def size(self) -> int:
        return sum(len(fields["value"] or b"") for fields in self.records)


class Producer:
    """Keeps what is sent, by topic and partition; ``refuse`` may raise for a batch before it is kept."""

    def __init__(self, room: int = 1000, partitions: int = 4) -> None:
        self.sent: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self.batches = 0
        self.refuse: Callable[[Batch], None] = lambda _: None
        self._room = room
        self._partitions = partitions

    def create_batch(self) -> Batch:
        return Batch(self._room)

    async def partitions_for(self, topic: str) -> set[int]:
        return set(range(self._partitions if topic else 0))

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[None]":
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self.refuse(batch)
        except (KafkaError, TimeoutError) as error:
            acknowledged.set_exception(error)
        else:
            self.batches += 1
            self.sent.setdefault((topic, partition), []).extend(batch.records)
            acknowledged.set_result(None)
        return acknowledged
