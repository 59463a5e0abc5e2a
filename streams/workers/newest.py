"""Newest: the newest records of a topic, read once and outside of any consumer group."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from streams.settings import Settings
from streams.workers.connection import consumer_options

POLL_MS: Final = 250


async def newest(settings: Settings, partitions: Sequence[TopicPartition], count: int) -> list[ConsumerRecord]:
    """About the ``count`` newest records of ``partitions``, an equal share of each, the newest first.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers do not answer, or the topic may not be read.
    """
    if not partitions:
        return []
    share = -(-count // len(partitions))
    found: list[ConsumerRecord] = []
    consumer = AIOKafkaConsumer(**consumer_options(settings, None))
    try:
        await consumer.start()
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for each, end in ends.items():
            consumer.seek(each, max(0, end - share))
        # Until a poll is empty, not until the ends: the embedded broker tells ends that are too low. At most twice
        # as much as was asked for, where records come in faster than they are read.
        while len(found) < 2 * count:
            polled = await consumer.getmany(timeout_ms=POLL_MS)
            found += _flat(polled.values())
            if not polled and await reached(consumer, ends):
                break
    finally:
        await stop_consumer(consumer)
    return sorted(found, key=lambda record: (record.timestamp, record.offset), reverse=True)[:count]


async def reached(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
    """True when all partitions are read up to ``ends``."""
    for each, end in ends.items():
        if await consumer.position(each) < end:
            return False
    return True


async def stop_consumer(consumer: AIOKafkaConsumer) -> None:
    """Stop ``consumer``. While a broker is away, it lets the cancellation of its fetching out as if it were ours."""
    try:
        await consumer.stop()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise


def _flat(batches: Iterable[list[ConsumerRecord]]) -> list[ConsumerRecord]:
    return [record for batch in batches for record in batch]
