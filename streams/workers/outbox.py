"""Outbox: records on their way to the brokers, published as whole batches and awaited."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordTooLargeError

from streams.settings import Settings
from streams.workers.connection import client_options, growing_pauses, is_passing
from streams.workers.records import Outgoing, partition_of

log = logging.getLogger(__name__)

BATCH_BYTES: Final = 512 * 1024
"""Bytes of one batch: under the 1 MiB that brokers and topics accept unless told otherwise."""

_TOO_LARGE: Final = (MessageSizeTooLargeError, RecordTooLargeError)


class TooLargeError(ValueError):
    """The brokers refuse ``record`` for its size, alone in its batch."""

    def __init__(self, record: Outgoing, size: int) -> None:
        super().__init__(f"a record of {size} bytes is too large for topic {record.topic!r}")
        self.record = record
        self.size = size


def new_producer(settings: Settings) -> AIOKafkaProducer:
    """A producer whose batches are acknowledged by all in-sync replicas. Not started."""
    return AIOKafkaProducer(
        **client_options(settings), acks="all", max_batch_size=BATCH_BYTES, linger_ms=0, max_request_size=32 * 1024**2
    )


class Outbox:
    """Publishes records partition by partition in the order given, and returns when all are acknowledged.

    A batch built here costs a fraction of as many ``send`` calls: no future, no lock and no wake-up per record. A
    broker appends and replicates a batch as a whole, so records of one partition that fit into one (``BATCH_BYTES``)
    are published all or none.
    ``on_retry`` is called with the error before each pause, so that waiting is never silent.
    """

    def __init__(self, producer: AIOKafkaProducer, on_retry: Callable[[BaseException, float], None]) -> None:
        self._producer = producer
        self._on_retry = on_retry
        self._partitions: dict[str, int] = {}

    async def partitions(self, topic: str) -> int:
        """How many partitions ``topic`` has, asked of the brokers once."""
        if topic not in self._partitions:
            self._partitions[topic] = len(await self._insist(lambda: self._producer.partitions_for(topic)))
        return self._partitions[topic]

    async def publish(self, records: Iterable[Outgoing]) -> None:
        """Publish ``records`` and wait for every acknowledgement, as long as it takes.

        Raises:
            TooLargeError: one record is refused for its size; others may or may not have been published.
            KafkaError: an error that trying again does not mend.
        """
        lanes: dict[tuple[str, int], list[Outgoing]] = {}
        for record in records:
            partition = record.partition
            if partition is None:
                count = self._partitions.get(record.topic) or await self.partitions(record.topic)
                partition = partition_of(record.key, count, record.spread)
            lanes.setdefault((record.topic, partition), []).append(record)
        results = await asyncio.gather(
            *(self._fill(topic, partition, lane) for (topic, partition), lane in lanes.items()), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _fill(self, topic: str, partition: int, lane: Sequence[Outgoing]) -> None:
        start = 0
        while start < len(lane):
            rest = lane[start:] if start else lane
            start += await self._insist(lambda rest=rest: self._send(topic, partition, rest))

    async def _send(self, topic: str, partition: int, records: Sequence[Outgoing]) -> int:
        """Send as many of ``records`` as one batch holds; returns how many."""
        batch = self._producer.create_batch()
        count = 0
        for record in records:
            if batch.append(timestamp=None, key=record.key, value=record.value, headers=record.headers) is None:
                break
            count += 1
        size = batch.size()
        try:
            await (await self._producer.send_batch(batch, topic, partition=partition))
        except _TOO_LARGE:
            if count == 1:
                raise TooLargeError(records[0], size) from None
            # Smaller topic limits than ours: one by one finds the record that is too large, and passes the others.
            for record in islice(records, count):
                await self._send(topic, partition, (record,))
        return count

    async def _insist(self, call: Callable[[], Any]) -> Any:
        for pause in growing_pauses(0.1):
            try:
                return await call()
            except Exception as error:
                if isinstance(error, TooLargeError) or not is_passing(error):
                    raise
                self._on_retry(error, pause)
            await asyncio.sleep(pause)
        raise AssertionError("pauses have no end")
