"""Relay: operators' merges, splits and undos on their way from the command topic into the sightings.

An order must meet the sightings of its country at one place in their sequence, whoever reads them and however often:
only then does a redelivery, or a new start from the topic, give the same alerts. So it becomes a record among them,
keyed by the country that the incident's id begins with. A relay that dies between publishing and committing brings an
order twice; the desk knows it again by its id.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Final

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition, errors

from streams.metrics import Metrics
from streams.model.command import Command
from streams.settings import Settings
from streams.workers.connection import consumer_options, growing_pauses, is_passing
from streams.workers.dead_letters import dead_letter
from streams.workers.desk import BAD_ORDER, ORDER, RECORD, WORKER, decoded
from streams.workers.newest import stop_consumer
from streams.workers.outbox import Outbox
from streams.workers.records import CONTENT_TYPE, Outgoing

log = logging.getLogger(__name__)

POLL_MS: Final = 1000
MOST_AT_ONCE: Final = 200

_COMMAND: Final = msgspec.json.Decoder(Command)


def relay_group(settings: Settings) -> str:
    """The consumer group of the relays: the consolidators share the command topic among them."""
    return f"{settings.group_consolidate}-orders"


async def relay_orders(settings: Settings, producer: AIOKafkaProducer, metrics: Metrics) -> None:
    """Bring orders to the sightings as they come, until cancelled. ``producer`` is started and stays so.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers refuse for good.
    """
    outbox = Outbox(producer, on_retry=metrics.retries.labels("publish").inc)
    pauses = growing_pauses()
    while True:
        consumer = AIOKafkaConsumer(
            settings.topic_commands, **consumer_options(settings, relay_group(settings)), max_poll_records=MOST_AT_ONCE
        )
        try:
            await consumer.start()
            async for records in _batches(consumer):
                relayed = list(relayed_records(settings, records))
                await outbox.publish(relayed)
                bad = sum(each.topic == settings.topic_dead_letters for each in relayed)
                metrics.dead_letters.labels(WORKER, BAD_ORDER).inc(bad)
                await _commit(consumer, records)
                pauses = growing_pauses()
        except (errors.KafkaError, OSError, TimeoutError) as error:
            if not is_passing(error):
                raise
            log.warning("orders wait for the brokers (%s)", type(error).__name__)
        finally:
            await stop_consumer(consumer)
        await asyncio.sleep(next(pauses))


def relayed_records(settings: Settings, records: Iterable[ConsumerRecord]) -> Iterator[Outgoing]:
    """What ``records`` of the command topic become: orders for the sightings, dead letters, or nothing."""
    for record in records:
        if record.value is None:
            continue
        try:
            command = decoded(record.value, _COMMAND)
        except msgspec.DecodeError as error:
            yield dead_letter(
                record, settings.topic_dead_letters, worker=WORKER, reason=BAD_ORDER, message=f"no order: {error}"
            )
            continue
        if command.rearranges:
            yield Outgoing(
                topic=settings.topic_sightings,
                key=command.record_key.encode("utf-8", "replace"),
                value=record.value,
                headers=((RECORD, ORDER), ("content-type", CONTENT_TYPE)),
            )


async def _batches(consumer: AIOKafkaConsumer) -> AsyncIterator[list[ConsumerRecord]]:
    while True:
        polled = await consumer.getmany(timeout_ms=POLL_MS)
        if records := [record for partition in sorted(polled) for record in polled[partition]]:
            yield records


async def _commit(consumer: AIOKafkaConsumer, records: Iterable[ConsumerRecord]) -> None:
    """Commit after ``records``. Where a rebalance was quicker, they come again: that is harmless."""
    offsets = {TopicPartition(each.topic, each.partition): each.offset + 1 for each in records}
    with contextlib.suppress(errors.CommitFailedError, errors.IllegalStateError, errors.RebalanceInProgressError):
        await consumer.commit(offsets)
