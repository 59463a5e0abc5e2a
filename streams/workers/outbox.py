"""Outbox: records on their way to the brokers, published as whole batches and awaited."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordTooLargeError

from streams.settings import Settings
from streams.topics import LARGEST_STATE_BYTES
from streams.workers.connection import client_options, growing_pauses, is_passing
from streams.workers.records import Outgoing, partition_of

log = logging.getLogger(__name__)

BATCH_BYTES: Final = 512 * 1024
"""Bytes of one batch: under the 1 MiB that brokers and topics accept unless told otherwise."""

STATE_BATCH_BYTES: Final = LARGEST_STATE_BYTES - 64 * 1024
"""Bytes of one batch of state: what its topic takes, less what a batch adds around its records."""

_TOO_LARGE: Final = (MessageSizeTooLargeError, RecordTooLargeError)


Shrink = Callable[[Outgoing, int], Outgoing | None]
"""What to publish instead of a record that is refused for its size (given); None to go on without it.

May raise :class:`TooLargeError` where that would lose something.
"""


class TooLargeError(ValueError):
    """The brokers refuse a record for its size, and nothing smaller can stand for it."""

    def __init__(self, record: Outgoing, size: int) -> None:
        super().__init__(
            f"a record of {size} bytes is too large for topic {record.topic!r}: raise its max.message.bytes"
        )


def new_producer(
    settings: Settings, timeout_s: float | None = None, batch_bytes: int = BATCH_BYTES
) -> AIOKafkaProducer:
    """A producer whose batches are acknowledged by all in-sync replicas. Not started.

    A batch that is not acknowledged ``timeout_s`` after it was handed over (None: the request timeout) is given up.
    """
    options = client_options(settings)
    if timeout_s is not None:
        options["request_timeout_ms"] = int(timeout_s * 1000)
    return AIOKafkaProducer(**options, acks="all", max_batch_size=batch_bytes, linger_ms=0)


class Outbox:
    """Publishes records partition by partition in the order given, and returns when all are acknowledged.

    A batch built here costs a fraction of as many ``send`` calls: no future, no lock and no wake-up per record. A
    broker appends and replicates a batch as a whole, so records of one partition that fit into one (``batch_bytes`` of
    the producer) are published all or none.
    ``before`` is awaited before each batch, and raises where nothing may be published any more.
    Every attempt that has to be repeated is logged, and told to ``on_retry``: waiting is never silent.
    """

    def __init__(
        self,
        producer: AIOKafkaProducer,
        *,
        on_retry: Callable[[], None] | None = None,
        shrink: Shrink | None = None,
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._producer = producer
        self._on_retry = on_retry
        self._shrink = shrink
        self._before = before
        self._partitions: dict[str, int] = {}

    async def partitions(self, topic: str) -> int:
        """How many partitions ``topic`` has, asked of the brokers once."""
        if topic not in self._partitions:
            self._partitions[topic] = len(await self._insist(partial(self._producer.partitions_for, topic)))
        return self._partitions[topic]

    async def publish(self, records: Iterable[Outgoing]) -> None:
        """Publish ``records`` and wait for every acknowledgement, as long as it takes.

        Raises:
            TooLargeError: a record is refused for its size and ``shrink`` has nothing instead.
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
            start += await self._insist(partial(self._send, topic, partition, lane[start:] if start else lane))

    async def _send(self, topic: str, partition: int, records: Sequence[Outgoing]) -> int:
        """Send as many of ``records`` as one batch holds; returns how many."""
        if self._before is not None:
            await self._before()
        batch = self._producer.create_batch()
        count = 0
        for record in records:
            if batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers)) is None:
                break
            count += 1
        size = batch.size()
        try:
            await (await self._producer.send_batch(batch, topic, partition=partition))
        except _TOO_LARGE:
            if count == 1:
                await self._replace(records[0], size)
            else:
                # The topic takes less than a batch of ours: halves, and halves of these, find what is too large.
                await self._fill(topic, partition, records[: count // 2])
                await self._fill(topic, partition, records[count // 2 : count])
        return count

    async def _replace(self, record: Outgoing, size: int) -> None:
        if self._shrink is None:
            raise TooLargeError(record, size)
        instead = self._shrink(record, size)
        if instead is not None:
            await self.publish([instead])

    async def _insist(self, call: Callable[[], Awaitable[Any]]) -> Any:
        for pause in growing_pauses(0.1):
            try:
                return await call()
            except Exception as error:
                if isinstance(error, TooLargeError) or not is_passing(error):
                    raise
                log.warning(
                    "publishing waits for the brokers (%s): trying again in %.1f s", type(error).__name__, pause
                )
                if self._on_retry is not None:
                    self._on_retry()
            await asyncio.sleep(pause)
        raise AssertionError("pauses have no end")
