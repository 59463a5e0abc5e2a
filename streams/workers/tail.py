"""Tail: the records of some topics read without a consumer group, from a chosen point on."""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from streams.settings import Settings
from streams.workers.connection import consumer_options

Start = Literal["beginning", "end"] | datetime

POLL_MS = 500


async def tail(
    settings: Settings,
    topics: Iterable[str],
    *,
    start: Start = "beginning",
    until_end: bool = False,
    positions: Mapping[tuple[str, int], int] | None = None,
) -> AsyncIterator[ConsumerRecord]:
    """Records of ``topics``, in order within each partition; nothing is committed.

    ``start`` is the beginning, the end, or a time: the first record not older than it. With ``until_end`` the
    iteration stops at what the end of each partition was when it began to be read. ``positions`` reads only the
    partitions it names, from those offsets.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers do not answer, or a topic may not be read.
    """
    consumer = AIOKafkaConsumer(*topics, **consumer_options(settings, None))
    await consumer.start()
    try:
        every = sorted(consumer.assignment())
        partitions = [each for each in every if positions is None or (each.topic, each.partition) in positions]
        consumer.pause(*(each for each in every if each not in partitions))
        if until_end and not partitions:
            return
        ends = await consumer.end_offsets(partitions)
        await _seek(consumer, partitions, start, positions, ends)
        open_ends = {each: end for each, end in ends.items() if await consumer.position(each) < end}
        unseen = set(open_ends)
        while open_ends or not until_end:
            for partition, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
                if until_end and partition in unseen:
                    # The embedded broker says that the end is in the middle of its last batch; a fetch tells the truth.
                    unseen.remove(partition)
                    ends[partition] = open_ends[partition] = max(ends[partition], consumer.highwater(partition) or 0)
                for record in records:
                    if not until_end or record.offset < ends[partition]:
                        yield record
            # Positions, not offsets seen: the last records before the end may be gone by compaction.
            open_ends = {each: end for each, end in open_ends.items() if await consumer.position(each) < end}
    finally:
        await consumer.stop()


async def _seek(
    consumer: AIOKafkaConsumer,
    partitions: list[TopicPartition],
    start: Start,
    positions: Mapping[tuple[str, int], int] | None,
    ends: Mapping[TopicPartition, int],
) -> None:
    at: Mapping[TopicPartition, Any] = {}
    if isinstance(start, datetime) and partitions:
        at = await consumer.offsets_for_times(dict.fromkeys(partitions, int(start.timestamp() * 1000)))
    for partition in partitions:
        if positions is not None:
            consumer.seek(partition, min(positions[partition.topic, partition.partition], ends[partition]))
        elif start == "end" or (isinstance(start, datetime) and at.get(partition) is None):
            consumer.seek(partition, ends[partition])
        elif start != "beginning":
            consumer.seek(partition, at[partition].offset)
    if start == "beginning" and positions is None and partitions:
        await consumer.seek_to_beginning(*partitions)
