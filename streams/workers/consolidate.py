"""Consolidate: the stateful worker. Sightings in, alerts out; Faust for the group and the recovery of the state.

Per group of sightings, in this order: fold, publish the alerts and await their acknowledgement, write the state to the
changelog and await that, acknowledge the sightings, and let the commit follow (see :mod:`streams.workers.guard`). The
Faust table is what the state is recovered into; between two recoveries the desk alone has the newest.
"""

import asyncio
import gc
import logging
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from streams.incidents import Policy
from streams.metrics import Metrics
from streams.settings import Settings
from streams.topics import TABLE, changelog_name, topics
from streams.workers.admin import await_topics
from streams.workers.connection import await_brokers
from streams.workers.desk import WORKER, Desk, Folded, StateError
from streams.workers.following import Following
from streams.workers.health import HealthServer, Partition, Progress
from streams.workers.lease import LeaseLostError
from streams.workers.membership import new_app, write_timeout_s
from streams.workers.outbox import STATE_BATCH_BYTES, Outbox, new_producer
from streams.workers.outlook import show_incidents
from streams.workers.process import run_worker, unless
from streams.workers.relay import relay_orders
from streams.workers.report import Report
from streams.workers.tally import count_folded

log = logging.getLogger(__name__)

GROUP: Final = 256
"""Sightings that are published together at most; fewer when fewer are there, so that none waits for more."""

BREATH: Final = 16
"""Sightings folded between two looks at the network, and at how much state there is to write."""

STATE_BYTES: Final = 2 * 1024**2
"""State of one partition after which a group is written as it is: far enough below what one batch holds."""

LEASE_LOOK_S: Final = 0.25
"""Time between two looks at a lease that has run out."""

CLEANUP_S: Final = 10.0
"""How long Faust may take to leave the group when there is nothing more to do."""


def run(settings: Settings) -> int:
    """Run a consolidator until SIGTERM or SIGINT; returns the exit code (see :func:`run_worker`)."""
    return run_worker(settings, lambda stop: work(settings, stop))


async def work(
    settings: Settings, stop: asyncio.Event, *, metrics: Metrics | None = None, policy: Policy | None = None
) -> None:
    """Do the work of a consolidator until ``stop`` is set; then drain, commit and leave the group.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers refuse for good, for want of a right for instance.
        StateError: the state cannot be restored.
    """
    metrics = metrics or Metrics()
    progress = Progress(WORKER, settings.stall_timeout_s, time.monotonic())
    health = HealthServer(settings, metrics, progress)
    await health.start()
    try:
        desk = Desk(settings, policy)
        gc.freeze()
        needed = [topic.name for topic in topics(settings) if topic.name != settings.topic_articles]
        if await unless(stop, await_brokers(settings)) and await unless(stop, await_topics(settings, needed)):
            with tempfile.TemporaryDirectory(prefix="tocsin-faust-") as folder:
                await Consolidator(settings, metrics, progress, desk, Path(folder)).work(stop)
    finally:
        await health.stop()


class Consolidator:
    """One member of the consolidators' group."""

    def __init__(self, settings: Settings, metrics: Metrics, progress: Progress, desk: Desk, folder: Path) -> None:
        self._settings = settings
        self._metrics = metrics
        self._progress = progress
        self._desk = desk
        self._app = new_app(settings, folder)
        self._table = self._app.Table(
            TABLE, key_type=bytes, value_type=bytes, partitions=settings.partitions, on_recover=self._recovered
        )
        self._producers = (
            new_producer(settings, write_timeout_s(settings)),
            new_producer(settings, write_timeout_s(settings), STATE_BATCH_BYTES),
        )
        self._outbox, self._archive = (
            Outbox(each, on_retry=self._on_retry, before=self._hold_lease) for each in self._producers
        )
        self._inbox: asyncio.Queue[tuple[Any, Any]] = asyncio.Queue(GROUP)
        self._at_work = False
        self._commits = self._revocations = 0
        self._following = Following(settings)
        self._changelog = changelog_name(settings)
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._app.on_partitions_revoked.connect(self._revoked)
        topic = self._app.topic(settings.topic_sightings, key_type=bytes, value_type=bytes)
        self._app.agent(topic, name="consolidate", concurrency=1)(self._agent)

    async def work(self, stop: asyncio.Event) -> None:
        """Join the group and consolidate until ``stop`` is set; then finish, commit and leave the group."""
        report = Report(WORKER, self._metrics, self._progress, self._positions, also=self._count)
        for each in self._producers:
            await each.start()
        folding = asyncio.create_task(self._fold_all())
        starting = asyncio.create_task(self._app.start())
        crashed = asyncio.create_task(self._app.wait())
        stopping = asyncio.create_task(stop.wait())
        relaying = asyncio.create_task(relay_orders(self._settings, self._producers[0], self._metrics))
        everything: set[asyncio.Future[Any]] = {folding, starting, crashed, stopping, relaying, self._failed}
        try:
            async with report:
                await self._until(stopping, everything)
                await self._drain(folding)
        except Exception as error:
            log.critical("%s: %s: this worker gives up its partitions", type(error).__name__, error)
            # What is under way will not be acknowledged any more: nobody must wait for that.
            self._app.giving_up = True
            raise
        finally:
            await self._end(everything)

    async def _until(self, stopping: "asyncio.Task[Any]", everything: "set[asyncio.Future[Any]]") -> None:
        """Return when ``stopping`` is done; what goes wrong with the others is raised."""
        waiting = set(everything)
        while not stopping.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if not stopping.done() and (reason := self._app.crash_reason) is not None:
                raise reason

    async def _drain(self, folding: "asyncio.Task[None]") -> None:
        """Finish what was taken in, and commit. The agent takes nothing more."""
        self._progress.draining = True
        emptied = asyncio.create_task(self._inbox.join())
        await self._until(emptied, {emptied, folding, self._failed})
        if self._progress.recovered:
            await self._app.consumer.commit()

    async def _end(self, everything: "set[asyncio.Future[Any]]") -> None:
        """Leave the group. Faust is given its time, but is not waited for: its stop cannot be cancelled."""
        await asyncio.wait({asyncio.create_task(self._app.stop())}, timeout=CLEANUP_S)
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)
        for each in self._producers:
            await each.stop()

    async def _agent(self, stream: Any) -> None:
        """Hand events over and nothing else: an exception here would acknowledge the event."""
        stream.enable_acks = False
        async for event in stream.events():
            if self._progress.draining:
                await asyncio.Event().wait()  # Until Faust cancels this agent; the event is read again by others.
            await self._inbox.put((stream, event))

    async def _fold_all(self) -> None:
        """Take group after group from the inbox, as large as it has become while the last one was published."""
        while True:
            group = [await self._inbox.get()]
            while len(group) < GROUP and not self._inbox.empty():
                group.append(self._inbox.get_nowait())
            self._at_work = True
            try:
                await self._fold_group([(stream, event) for stream, event in group if self._is_current(event)])
            except LeaseLostError as error:
                # What was folded is not in the state: the books are good for nothing until they are restored.
                log.warning("%s: the sightings under way are left to the new owner", error)
                self._desk.hand_over(self._desk.partitions)
                self._progress.recovered = False
            self._at_work = False
            for _, event in group:
                # Faust waits in a rebalance for what is neither acknowledged nor let go.
                self._app.consumer.unacked.discard(event.message)
                self._inbox.task_done()
            del group

    def _is_current(self, event: Any) -> bool:
        """False for an event read before the last rebalance: its partition starts anew from the commit."""
        current: bool = event.message.generation_id == self._app.consumer_generation_id
        return current and self._progress.recovered

    async def _hold_lease(self) -> None:
        """Return when writing is safe. Without answers from the brokers, wait: they may well find us still a member.

        Raises:
            LeaseLostError: a rebalance goes on without us.
        """
        while True:
            try:
                return self._app.lease.check(time.monotonic())
            except LeaseLostError:
                if self._app.rebalancing:
                    raise
            self._on_retry()
            await asyncio.sleep(LEASE_LOOK_S)

    async def _fold_group(self, group: list[tuple[Any, Any]]) -> None:
        while group:
            count = await self._fold_some(group)
            group = group[count:]

    async def _fold_some(self, group: list[tuple[Any, Any]]) -> int:
        """Fold, publish and acknowledge the first of ``group``, as many as one batch of state holds; returns how many.

        State that went out in two batches could be cut in two by a death: newer rows beside an older position.
        """
        started = time.perf_counter()
        folded: dict[int, Folded] = {}
        count = 0
        for _, event in group:
            message = event.message
            await self._following.step(message.tp, message.offset, self._app.committed, time.monotonic())
            self._desk.fold(message, folded.setdefault(message.partition, Folded()))
            count += 1
            if count % BREATH == 0:
                if max(map(_state_bytes, folded.values())) > STATE_BYTES:
                    break
                await asyncio.sleep(0)
        decided = time.perf_counter()
        await self._outbox.publish([record for each in folded.values() for record in each.alerts])
        published = time.perf_counter()
        await self._archive.publish(
            [record for partition, each in folded.items() for record in self._desk.state_records(each, partition)]
        )
        for stream, event in group[:count]:
            self._app.written[event.message.tp] = event.message.offset + 1
            await stream.ack(event)
        stages = self._metrics.stage_seconds
        stages.labels(WORKER, "decide").observe(decided - started)
        stages.labels(WORKER, "publish").observe(published - decided)
        stages.labels(WORKER, "state").observe(time.perf_counter() - published)
        for each in folded.values():
            count_folded(self._metrics, each, time.time())
        return count

    async def _revoked(self, *_: Any, **__: Any) -> None:
        """A rebalance took everything; what comes back is announced by :meth:`_recovered`."""
        self._progress.recovered = False
        self._revocations += 1

    async def _recovered(self) -> None:
        """Faust has read the changelog: rebuild the books of exactly the partitions that are ours now.

        Faust swallows what is raised in here, so it is told to the worker on another way.
        """
        try:
            await self._take_over()
        except Exception as error:
            log.critical("the state cannot be restored", exc_info=True)
            self._fail(error)

    async def _take_over(self) -> None:
        """Rebuild the books, and let others run in between; given up where the next rebalance has begun meanwhile."""
        if self._at_work:
            raise StateError("a rebalance did not wait for the sightings under way")
        started = time.monotonic()
        store: Any = self._table.data
        owned = {tp.partition for tp in self._app.assignor.assigned_actives() if tp.topic == self._changelog}
        rows: dict[int, list[tuple[bytes, bytes]]] = {partition: [] for partition in owned}
        for key, value in store.data.items():
            # The store is only ever filled by recovery, so that it knows the partition of every key, and has let go
            # of those that are not ours (stores/memory.py, on_recovery_completed). Others are left out all the same.
            partition = store._key_partition.get(key)  # noqa: SLF001
            if partition in rows:
                rows[partition].append((key, value))
        self._following.begin(started)
        self._desk.hand_over(self._desk.partitions)
        revoked, count = self._revocations, 0
        # All that is made here stays: a collector that looks at it again and again takes longer than the making.
        gc.disable()
        try:
            for partition, those in rows.items():
                count += self._desk.take_over(partition, those)
                await asyncio.sleep(0)
                if self._revocations != revoked:
                    return
        finally:
            gc.freeze()
            gc.enable()
        self._metrics.rebalances.labels(WORKER).inc()
        self._progress.assigned = self._progress.recovered = True
        self._progress.advanced(time.monotonic())
        log.info(
            "assigned %d partitions of %s; %d incidents restored in %.2f s",
            len(owned),
            self._settings.topic_sightings,
            count,
            time.monotonic() - started,
        )

    async def _positions(self) -> tuple[dict[Partition, int], dict[Partition, int]]:
        if not self._progress.assigned:
            return {}, {}
        mine = [tp for tp in self._app.consumer.assignment() if tp.topic == self._settings.topic_sightings]
        ends = await self._app.consumer.highwaters(*mine) if mine else {}
        now = time.monotonic()
        idle = self._progress.recovered and not self._at_work and not self._progress.waiting(now)
        try:
            self._following.check_silence(ends, self._app.committed, now, idle=idle)
        except StateError as error:
            self._fail(error)
        return (
            {(tp.topic, tp.partition): self._app.committed.get(tp, 0) for tp in mine},
            {(tp.topic, tp.partition): end for tp, end in ends.items()},
        )

    def _fail(self, error: Exception) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)

    def _count(self) -> None:
        """Bring the metrics of commits and open incidents up to date."""
        self._metrics.commits.labels(WORKER).inc(self._app.commits - self._commits)
        self._commits = self._app.commits
        show_incidents(self._metrics, self._desk.open_incidents())

    def _on_retry(self) -> None:
        self._metrics.retries.labels("publish").inc()
        self._progress.trouble(time.monotonic())


def _state_bytes(folded: Folded) -> int:
    return sum(len(value) for value in folded.state.values() if value is not None)
