"""Produce: article lines onto the article topic, as they are."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from streams.settings import Settings
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing

BATCH_LINES: Final = 1000
SLICE_S: Final = 0.05
"""With a rate, lines go out in slices of this length, in seconds."""


class Produced(msgspec.Struct, frozen=True, kw_only=True):
    """How many lines were acknowledged so far, how many of them had no readable id (and so no key), and refusals.

    ``refused`` counts lines that the brokers do not take for their size.
    """

    lines: int = 0
    keyless: int = 0
    refused: int = 0
    bytes: int = 0


class _Identified(msgspec.Struct):
    id: str


_ID: Final = msgspec.json.Decoder(_Identified)


async def produce(
    settings: Settings,
    lines: Iterable[bytes],
    *,
    rate: float | None = None,
    progress: Callable[[Produced], None] | None = None,
) -> Produced:
    """Send ``lines`` to the article topic, keyed by article id where one can be read; returns what was acknowledged.

    A line that is no article is sent as it is: the workers make a dead letter of it. ``rate`` is lines per second.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers refuse for good.
    """
    producer = new_producer(settings)
    await producer.start()
    run = _Run(settings.topic_articles)
    outbox = Outbox(producer, shrink=run.refuse)
    started, sent = time.monotonic(), 0
    batch_lines = BATCH_LINES if rate is None else max(1, min(BATCH_LINES, int(rate * SLICE_S)))
    try:
        for batch in _batches(lines, batch_lines):
            await outbox.publish([run.record(line) for line in batch])
            sent += len(batch)
            if progress is not None:
                progress(run.so_far(sent))
            if rate is not None:
                await asyncio.sleep(max(0.0, started + sent / rate - time.monotonic()))
    finally:
        await producer.stop()
    return run.so_far(sent)


class _Run:
    """The counts of one call."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._keyless = self._refused = self._bytes = self._lines = 0

    def record(self, line: bytes) -> Outgoing:
        self._lines += 1
        self._bytes += len(line)
        try:
            key = _ID.decode(line).id.encode() or None
        except (ValueError, RecursionError, TypeError):
            key = None
        self._keyless += key is None
        return Outgoing(topic=self._topic, key=key, value=line, spread=self._lines)

    def refuse(self, record: Outgoing, size: int) -> None:
        del record, size
        self._refused += 1

    def so_far(self, sent: int) -> Produced:
        return Produced(lines=sent - self._refused, keyless=self._keyless, refused=self._refused, bytes=self._bytes)


def _batches(lines: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
