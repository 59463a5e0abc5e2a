"""Round: the way from the alert topics to one receiver, with a consumer group of its own.

An alert is committed once the receiver has it, or a dead letter says why not. What was in flight at a kill is told
again, with the same id.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition, errors
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.structs import OffsetAndMetadata

from streams.metrics import Metrics
from streams.model import AlertEvent
from streams.model.desk import Desk
from streams.outlets.config import NotifyConfig
from streams.outlets.courier import Courier, Receipt
from streams.outlets.docket import Docket
from streams.outlets.message import Envelope, Mark, Message
from streams.outlets.outlet import Outlet
from streams.outlets.receivers import Receiver
from streams.outlets.sequence import Lane
from streams.outlets.term import Term
from streams.settings import Settings
from streams.workers.connection import consumer_options, growing_pauses, is_passing
from streams.workers.dead_letters import dead_letter
from streams.workers.outbox import Outbox
from streams.workers.positions import committed_positions
from streams.workers.records import moment
from streams.workers.tail import tail
from streams.workers.watch import alert_topics

log = logging.getLogger(__name__)

WORKER: Final = "notify"
POLL_MS: Final = 500
TICK_S: Final = 1.0
"""How often a worker whose delivery takes long tells the group that it lives."""
READ_MOST: Final = 500

_ALERT: Final = msgspec.json.Decoder(AlertEvent)


class _TermOverError(Exception):
    """The partitions are another member's, or it is time to stop: what was not committed is begun again."""


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What the rounds of one process share."""

    settings: Settings
    config: NotifyConfig
    metrics: Metrics
    desk: Desk
    outbox: Outbox


def utc_now() -> datetime:
    """The clock of the notifier."""
    return datetime.now(UTC)


class Round:
    """One receiver's member of its group. ``turned_at`` is when its loop last turned, by the monotonic clock."""

    def __init__(self, shared: Shared, receiver: Receiver, outlet: Outlet) -> None:
        self.receiver = receiver
        self.term: Term | None = None
        self.joined = False
        self.turned_at = time.monotonic()
        self._shared = shared
        self._settings = shared.settings
        self._manner = shared.config.manner(receiver)
        self._courier = Courier(receiver, outlet, utc_now, asyncio.sleep, self._on_retry)
        self._consumer = AIOKafkaConsumer(
            **consumer_options(self._settings, shared.config.group(receiver)),
            # Partition n of every alert topic goes to the same member: the revisions of an incident stay together.
            partition_assignment_strategy=(RangePartitionAssignor,),
        )
        self._generation = 0
        self._records: dict[Mark, ConsumerRecord] = {}

    async def work(self, stop: asyncio.Event) -> None:
        """Serve the receiver until ``stop`` is set, then leave the group."""
        pauses = growing_pauses()
        try:
            await self._consumer.start()
            self._consumer.subscribe(list(alert_topics(self._settings)), listener=_Listener(self))
            while not stop.is_set():
                self.turned_at = time.monotonic()
                try:
                    await self._serve(stop)
                    pauses = growing_pauses()
                except _TermOverError:
                    log.info("receiver %s: leaving the partitions as committed", self.receiver.name)
                except (errors.KafkaError, OSError, TimeoutError) as error:
                    if not is_passing(error):
                        raise
                    pause = next(pauses)
                    log.warning("receiver %s waits for the brokers (%s)", self.receiver.name, type(error).__name__)
                    await asyncio.sleep(pause)
                self.term = None
        finally:
            await self._consumer.stop()

    def reassign(self, *, joined: bool) -> None:
        """The group is at a rebalance (``joined`` False) or has ended one."""
        self._generation += 1
        self.joined = joined
        if joined:
            self._shared.metrics.rebalances.labels(WORKER).inc()

    async def _serve(self, stop: asyncio.Event) -> None:
        """Serve the receiver with the partitions at hand, until they change or ``stop`` is set."""
        while not self.joined:
            await self._consumer.getmany(timeout_ms=POLL_MS)
            self.turned_at = time.monotonic()
            if stop.is_set():
                return
        generation = self._generation
        self.term = term = await self._begin()
        while not stop.is_set():
            await self._read(term, generation)
            await self._commit(term)
            while not stop.is_set() and (message := term.next(utc_now())) is not None:
                receipt = await self._alive(self._courier.deliver(message), generation, stop)
                await self._settle(term, message, receipt)
                await self._commit(term)

    async def _begin(self) -> Term:
        """Take up the partitions where the group left them, with what it knows of the last days."""
        self._records.clear()
        partitions = self._consumer.assignment()
        positions = await committed_positions(self._consumer, self.receiver.start)
        for partition in partitions:
            self._consumer.seek(partition, positions[partition.topic, partition.partition][0])
        docket = Docket(self._manner, self._shared.desk)
        now = utc_now()
        since = now - timedelta(hours=self._shared.config.follow_hours)
        async for record in tail(self._settings, alert_topics(self._settings), start=since, until_end=True):
            self.turned_at = time.monotonic()
            lane = (record.topic, record.partition)
            if lane in positions and record.offset < positions[lane][0] and (known := _envelope(record)) is not None:
                docket.absorb(known)
        docket.awake(now)
        return Term(docket, positions)

    async def _read(self, term: Term, generation: int) -> None:
        """Read on, and put in order what can be."""
        full = term.full
        paused = {each for each in self._consumer.assignment() if (each.topic, each.partition) in full}
        self._consumer.resume(*(self._consumer.paused() - paused))
        self._consumer.pause(*paused)
        batch: Mapping[TopicPartition, list[ConsumerRecord]]
        batch = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=READ_MOST)
        self._check(generation)
        for record in (each for records in batch.values() for each in records):
            mark = (record.topic, record.partition, record.offset)
            envelope = _envelope(record)
            if envelope is None and record.value is not None:
                await self._bury(record, "not_an_alert", "this record of an alert topic cannot be read")
            elif envelope is not None:
                self._records[mark] = record
            term.read(mark, envelope)
        at_end: set[Lane] = set()
        if term.unsorted:
            mine = self._consumer.assignment()
            ends = await self._consumer.end_offsets(list(mine))
            at_end = {(p.topic, p.partition) for p, end in ends.items() if await self._consumer.position(p) >= end}
            self._check(generation)
        for envelope, verdict in term.advance(at_end, utc_now()):
            log.debug("receiver %s: %s: %s", self.receiver.name, envelope.event.id, verdict.reason)
            if not verdict.tell:
                self._forget(envelope.marks)
        if full and not batch:
            await asyncio.sleep(TICK_S)
        self.turned_at = time.monotonic()

    async def _alive(self, delivery: Awaitable[Receipt], generation: int, stop: asyncio.Event) -> Receipt:
        """Wait for ``delivery``, however long it takes, and stay a member of the group meanwhile.

        When it is time to stop, a delivery that is being tried again is left to the next start.
        """
        task = asyncio.ensure_future(delivery)
        try:
            while not (await asyncio.wait({task}, timeout=TICK_S))[0]:
                self._consumer.pause(*self._consumer.assignment())
                await self._consumer.getmany(timeout_ms=0)
                self._check(generation)
                self.turned_at = time.monotonic()
                if stop.is_set() and not (await asyncio.wait({task}, timeout=self.receiver.timeout_s))[0]:
                    raise _TermOverError
            return task.result()
        finally:
            task.cancel()

    async def _settle(self, term: Term, message: Message, receipt: Receipt) -> None:
        metrics, name = self._shared.metrics, self.receiver.name
        outcome = "delivered" if receipt.delivered else "dead_letter"
        metrics.notifications.labels(name, outcome, message.form).inc()
        if receipt.delivered:
            for envelope in message.envelopes:
                metrics.alert_to_notification.labels(name).observe((utc_now() - envelope.at).total_seconds())
        else:
            why = f"receiver {name}: {receipt.detail} after {receipt.attempts} attempts"
            for mark in (envelope.marks[0] for envelope in message.envelopes if envelope.marks):
                await self._bury(self._records[mark], f"notify_{receipt.failure}", why, name)
        term.settle(message)
        self._forget(message.marks)

    async def _bury(self, record: ConsumerRecord, reason: str, message: str, receiver: str = "") -> None:
        topic = self._settings.topic_dead_letters
        letter = dead_letter(record, topic, worker=WORKER, reason=reason, message=message, receiver=receiver)
        await self._shared.outbox.publish([letter])
        self._shared.metrics.dead_letters.labels(WORKER, reason).inc()

    async def _commit(self, term: Term) -> None:
        commits = term.commits()
        if not commits:
            return
        offsets = {TopicPartition(*lane): OffsetAndMetadata(*commit) for lane, commit in commits.items()}
        try:
            await self._consumer.commit(offsets)
        except (errors.CommitFailedError, errors.IllegalStateError, errors.RebalanceInProgressError):
            raise _TermOverError from None
        term.committed(commits)
        self._shared.metrics.commits.labels(WORKER).inc()

    def _forget(self, marks: Iterable[Mark]) -> None:
        for mark in marks:
            self._records.pop(mark, None)

    def _check(self, generation: int) -> None:
        if generation != self._generation:
            raise _TermOverError

    def _on_retry(self, message: Message, reason: str) -> None:
        del reason  # In the log; as a label it would multiply the series.
        self._shared.metrics.notifications.labels(self.receiver.name, "retried", message.form).inc()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    def __init__(self, round_: Round) -> None:
        self._round = round_

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        del revoked
        self._round.reassign(joined=False)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        del assigned
        self._round.reassign(joined=True)


def _envelope(record: ConsumerRecord) -> Envelope | None:
    """``record`` as an alert; None where it holds none."""
    if record.value is None:
        return None
    try:
        event = _ALERT.decode(record.value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    at = moment(record.timestamp) or event.last_seen_at
    return Envelope(event=event, at=at, marks=((record.topic, record.partition, record.offset),))
