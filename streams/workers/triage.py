"""Triage: the worker at the firehose. Batches of articles in; sightings, suppressed records and dead letters out.

A batch is read, decided about, published as whole batches with the acknowledgement of all in-sync replicas, and then
exactly its offsets are committed. While one batch is on its way to the brokers the next one is decided about. What a
worker had published but not committed when it died is read again by another, and gives the same records.
"""

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition, errors

from streams.analysis import Analyst
from streams.metrics import Metrics
from streams.settings import Settings
from streams.workers.admin import await_topics
from streams.workers.connection import await_brokers, consumer_options, growing_pauses, is_passing
from streams.workers.freshness import FreshnessGauge
from streams.workers.health import HealthServer, Progress
from streams.workers.intake import WORKER, Intake, Sorted, Triager
from streams.workers.outbox import Outbox, new_producer
from streams.workers.process import PoisonFloodError, run_worker, unless
from streams.workers.report import Report

log = logging.getLogger(__name__)

CHUNK_RECORDS: Final = 64
"""Records decided about between two looks at the network: some milliseconds, so that heartbeats are never late."""

FETCH_BYTES: Final = 4 * 1024**2

STANDING_LOOK_MS: Final = 500
STANDING_SAID_S: Final = 60.0
"""A worker that the breaker has stopped says so this often."""

_FENCED: Final = (
    errors.CommitFailedError,
    errors.IllegalStateError,
    errors.IllegalGenerationError,
    errors.RebalanceInProgressError,
    errors.UnknownMemberIdError,
)
"""A commit that comes too late: the partitions are someone else's, who reads the batch again to the same effect."""


def run(settings: Settings) -> int:
    """Run a triage worker until SIGTERM or SIGINT; returns the exit code (see :func:`run_worker`)."""
    return run_worker(settings, lambda stop: work(settings, stop))


async def work(
    settings: Settings, stop: asyncio.Event, *, metrics: Metrics | None = None, analyst: Triager | None = None
) -> None:
    """Do the work of a triage worker until ``stop`` is set; then drain, commit and leave the group.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers refuse for good, for want of a right for instance.
        PoisonFloodError: the breaker had tripped before ``stop`` was set.
    """
    metrics = metrics or Metrics()
    progress = Progress(WORKER, settings.stall_timeout_s, time.monotonic())
    health = HealthServer(settings, metrics, progress)
    await health.start()
    try:
        if analyst is None:
            analyst = await asyncio.to_thread(Analyst)
        triage = Triage(settings, metrics, progress, analyst)
        # What is loaded now stays: the collector need not look at it again and again.
        gc.freeze()
        if await unless(stop, await_brokers(settings)) and await unless(
            stop, await_topics(settings, triage.topics_needed)
        ):
            await triage.work(stop)
    finally:
        await health.stop()


class Triage:
    """One member of the triage group."""

    def __init__(self, settings: Settings, metrics: Metrics, progress: Progress, analyst: Triager) -> None:
        self._settings = settings
        self._metrics = metrics
        self._progress = progress
        self._intake = Intake(settings, analyst)
        self._newest = FreshnessGauge(metrics, self._intake.source_groups, time.time())
        self._consumer = AIOKafkaConsumer(
            **consumer_options(settings, settings.group_triage),
            max_poll_records=settings.batch_records,
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_wait_ms=settings.batch_wait_ms,
        )
        self._producer = new_producer(settings)
        self._outbox = Outbox(self._producer, on_retry=self._on_retry, shrink=self._intake.shrink)
        self._busy = asyncio.Lock()
        self._flushing: asyncio.Task[None] | None = None
        self._committed: dict[TopicPartition, int] = {}
        self.topics_needed = (
            settings.topic_articles,
            settings.topic_sightings,
            settings.topic_suppressed,
            settings.topic_dead_letters,
        )

    async def work(self, stop: asyncio.Event) -> None:
        """Join the group and triage until ``stop`` is set; then finish the batch, commit and leave the group.

        Raises:
            PoisonFloodError: the breaker had tripped before.
        """
        report = Report(WORKER, self._metrics, self._progress, self._positions)
        await self._producer.start()
        try:
            await self._consumer.start()
            self._consumer.subscribe([self._settings.topic_articles], listener=_Listener(self))
            async with report:
                await self._loop(stop)
                await self._stand_still(stop)
                self._progress.draining = True
                await self._flushed()
        finally:
            await self._consumer.stop()
            await self._producer.stop()
        if self._intake.breaker.reason:
            raise PoisonFloodError(self._intake.breaker.reason)

    async def settle(self) -> None:
        """Finish, publish and commit the batch in hand: the partitions are about to be given to others."""
        self._progress.assigned = False
        try:
            async with asyncio.timeout(self._settings.kafka_session_timeout_s):
                async with self._busy:
                    await self._flushed()
        except TimeoutError:
            log.warning("the batch in hand could not be committed before the rebalance: it will be read again")

    def take_on(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin with the partitions ``assigned``, from where the group has committed."""
        self._committed = {}
        self._metrics.rebalances.labels(WORKER).inc()
        self._progress.assigned = self._progress.recovered = True
        self._progress.advanced(time.monotonic())
        log.info("assigned %d partitions of %s", len(list(assigned)), self._settings.topic_articles)

    async def _loop(self, stop: asyncio.Event) -> None:
        pauses = growing_pauses()
        while not stop.is_set() and not self._intake.breaker.reason:
            try:
                batch = await self._consumer.getmany(timeout_ms=min(self._settings.batch_wait_ms, 1000))
            except errors.KafkaError as error:
                if not is_passing(error):
                    raise
                pause = next(pauses)
                log.warning("reading waits for the brokers (%s): trying again in %.1f s", type(error).__name__, pause)
                self._trouble("read")
                await asyncio.sleep(pause)
                continue
            pauses = growing_pauses()
            if batch:
                await self._take(batch)
            else:
                await self._flushed()

    async def _stand_still(self, stop: asyncio.Event) -> None:
        """Where the breaker has tripped: read nothing more until ``stop`` is set, but stay in the group.

        Left alone, the partitions would go to the others, whose breakers would trip one after the other. So only what
        is on these partitions waits.
        """
        reason = self._intake.breaker.reason
        if not reason:
            return
        await self._flushed()
        self._progress.stopped = f"stopped by the breaker: {reason}"
        self._metrics.breaker_open.labels(WORKER).set(1)
        said = -STANDING_SAID_S
        while not stop.is_set():
            if time.monotonic() - said >= STANDING_SAID_S:
                said = time.monotonic()
                log.critical(
                    "stopped by the breaker: %s. Nothing more is read from %d partitions, and nothing is lost: see "
                    "`tocsin dead-letters list --counts`, mend the producer, then start this worker again",
                    reason,
                    len(self._consumer.assignment()),
                )
            # A member that does not ask for records leaves the group in the end. After a rebalance all is paused anew;
            # what is read until then is not committed.
            self._consumer.pause(*self._consumer.assignment())
            with contextlib.suppress(errors.KafkaError):
                await self._consumer.getmany(timeout_ms=STANDING_LOOK_MS)
            await asyncio.sleep(STANDING_LOOK_MS / 1000)

    async def _take(self, batch: Mapping[TopicPartition, list[ConsumerRecord]]) -> None:
        async with self._busy:
            # What a rebalance took away since it was read is read by its new owner. What stayed must not be dropped,
            # even if it was read before the rebalance: dropping would skip it where the position has moved on.
            mine = self._consumer.assignment()
            kept = {partition: records for partition, records in batch.items() if records and partition in mine}
            done, handled = await self._sort([record for records in kept.values() for record in records])
            await self._flushed()
            # Up to what was dealt with: less than was read where the breaker has tripped.
            offsets = {TopicPartition(each.topic, each.partition): each.offset + 1 for each in handled}
            self._flushing = asyncio.create_task(self._flush(done, offsets))

    async def _sort(self, records: list[ConsumerRecord]) -> tuple[Sorted, list[ConsumerRecord]]:
        """What became of ``records``, and those of them that were dealt with."""
        started = time.perf_counter()
        done = Sorted()
        count = 0
        while count < len(records) and not self._intake.breaker.reason:
            count += self._intake.sort(records[count : count + CHUNK_RECORDS], done)
            await asyncio.sleep(0)
        self._metrics.batch_records.observe(count)
        self._metrics.stage_seconds.labels(WORKER, "decide").observe(time.perf_counter() - started)
        return done, records[:count]

    async def _flush(self, done: Sorted, offsets: Mapping[TopicPartition, int]) -> None:
        started = time.perf_counter()
        await self._outbox.publish(done.records)
        published = time.perf_counter()
        self._metrics.stage_seconds.labels(WORKER, "publish").observe(published - started)
        self._metrics.article_bytes.inc(done.read_bytes)
        self._newest.advance(done.newest)
        for (outcome, reason), count in done.tally.items():
            self._metrics.articles.labels(outcome, reason).inc(count)
            if outcome == "dead_letter":
                self._metrics.dead_letters.labels(WORKER, reason).inc(count)
        await self._commit(offsets)
        self._metrics.stage_seconds.labels(WORKER, "commit").observe(time.perf_counter() - published)

    async def _flushed(self) -> None:
        """Wait for the batch under way; what went wrong with it is raised here."""
        if self._flushing is not None:
            await asyncio.shield(self._flushing)
            self._flushing = None

    async def _commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        for pause in growing_pauses():
            try:
                async with asyncio.timeout(self._settings.kafka_request_timeout_s):
                    await self._consumer.commit(dict(offsets))
            except _FENCED as error:
                log.info("the commit came too late (%s): the batch is read again by its new owner", error)
                return
            except (errors.KafkaError, TimeoutError) as error:
                if not is_passing(error):
                    raise
                log.warning("committing waits for the brokers (%s): again in %.1f s", type(error).__name__, pause)
                self._trouble("commit")
            else:
                self._committed |= offsets
                self._metrics.commits.labels(WORKER).inc()
                self._progress.advanced(time.monotonic())
                return
            await asyncio.sleep(pause)

    async def _positions(self) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]]:
        mine = list(self._consumer.assignment())
        ends = await self._consumer.end_offsets(mine) if mine else {}
        for each in mine:
            if each not in self._committed:
                committed = await self._consumer.committed(each) or 0
                self._committed.setdefault(each, committed)
        return (
            {(each.topic, each.partition): self._committed.get(each, 0) for each in mine},
            {(each.topic, each.partition): end for each, end in ends.items()},
        )

    def _on_retry(self) -> None:
        self._trouble("publish")

    def _trouble(self, operation: str) -> None:
        self._metrics.retries.labels(operation).inc()
        self._progress.trouble(time.monotonic())


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    def __init__(self, triage: Triage) -> None:
        self._triage = triage

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        if revoked:
            await self._triage.settle()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._triage.take_on(assigned)
