"""Guard: Faust's consumer kept from losing a sighting, and from committing one that is not wholly dealt with.

Checked in the source of faust-streaming 0.15.3 (file:line), which is pinned, and seen to happen on Apache Kafka:

- **A rebalance drops records.** ``Recovery.on_recovery_completed`` resumes the partitions (tables/recovery.py:649),
  awaits the seek to the committed offsets (:655), and then calls ``flow_control.resume()`` (:659), which clears the
  queues of the streams (mode/utils/queues.py, ``resume``). Records that were fetched in between are gone. The commit
  then steps over one missing record (transport/consumer.py:1140, ``> 1``), which loses it, or never moves again for
  more of them, which is how Faust workers stall in silence. So here a partition is resumed only with the flow.
- **A fetch drops records.** A fetch in the consumer's thread is given the set of active partitions that the other
  thread goes on changing, and aiokafka takes an empty set for "all" (aiokafka/consumer/fetcher.py,
  ``fetched_records``): when the changelog partitions are paused after a recovery, the pending fetch takes the records
  of the streams, and ``getmany`` throws them away as not active (transport/consumer.py:760). A fetch from before a
  rebalance may also end after the seek and move the position on. Here a fetch has a set of its own, none for an empty
  one, and is over before the seek.
- **A commit can overtake the state.** ``Table.__setitem__`` sends its changelog record into a queue
  (tables/base.py:266). Before a commit Faust flushes, but ``ProducerBuffer.flush_atmost`` gives up after 0.1 s without
  a sent record (transport/producer.py:78), does not see the record that is just being sent, and a batch that failed
  raises nowhere. So the consolidator writes the changelog by itself, awaits it, and only then acknowledges.
- **What failed is acknowledged.** A stream acknowledges an event in a ``finally`` (streams.py:1344), also when the
  agent failed or was cancelled with the event half done. So acknowledgement is by hand.
- **Gaps are taken for compaction.** Offsets that did not come are committed across (transport/consumer.py:1157), and
  the pure-Python stream acknowledges records of a former generation that it skips (streams.py:1344). So nothing is
  committed beyond what was dealt with without a gap, whatever Faust believes.
- ``on_partitions_revoked`` throws acknowledged but uncommitted offsets away (transport/consumer.py:642): they are read
  again, which is harmless here.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any, cast

import faust
from faust.transport.consumer import ensure_TPset
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP

from streams.workers.lease import Lease


class GuardedApp(faust.App):
    """A Faust app whose consumer asks before it commits.

    ``written`` holds, by partition, the offset after the last sighting that is wholly dealt with. ``committed`` what
    the brokers have acknowledged as committed. ``lease`` is renewed with every heartbeat. ``giving_up`` is set where
    what is under way will not be acknowledged any more, so that nobody waits for it.
    """

    def __init__(self, name: str, *, lease: Lease, **options: Any) -> None:
        self.written: dict[TP, int] = {}
        self.committed: dict[TP, int] = {}
        self.commits = 0
        self.giving_up = False
        self.lease = lease
        super().__init__(name, **options)

    def on_rebalance_start(self) -> None:
        """Called by the consumer's thread when a rebalance begins."""
        self.lease.rebalancing(time.monotonic())
        super().on_rebalance_start()

    def _new_transport(self) -> Any:
        return _Transport(self.conf.broker_consumer, self)


class _Thread(AIOKafkaConsumerThread):
    """The thread of the aiokafka consumer, with an eye on its heartbeats and fetches."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._fetches: set[asyncio.Future[Any]] = set()

    async def on_start(self) -> None:
        await super().on_start()
        # aiokafka has no hook for an answered heartbeat; it is pinned, and a test watches that this one works.
        coordinator = self._ensure_consumer()._coordinator  # noqa: SLF001
        beat, lease = coordinator._do_heartbeat, _guarded(self.app).lease  # noqa: SLF001

        async def counted() -> bool:
            sent_at = time.monotonic()
            answered: bool = await beat()
            if answered:
                lease.renew(sent_at)
            return answered

        coordinator._do_heartbeat = counted  # noqa: SLF001

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: set[TP],
        timeout: float | None = None,  # noqa: ASYNC109  # Faust's own signature
        max_records: int | None = None,
    ) -> Any:
        wanted = set(active_partitions)
        if not wanted:
            return {}
        fetch = asyncio.ensure_future(super()._fetch_records(consumer, wanted, timeout, max_records))
        self._fetches.add(fetch)
        try:
            return await fetch
        except asyncio.CancelledError:
            if not fetch.cancelled():
                raise
            return {}
        finally:
            self._fetches.discard(fetch)

    async def end_fetches(self) -> None:
        """Return when no fetch is under way any more. Called from the other thread."""
        await self.call_thread(self._end_fetches)

    async def _end_fetches(self) -> None:
        for fetch in self._fetches:
            fetch.cancel()
        if self._fetches:
            await asyncio.wait(self._fetches)


class _Consumer(Consumer):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._held: set[TP] = set()
        self._seeks = 0

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        wanted = ensure_TPset(tps)
        changelog = {tp for tp in wanted if self._is_changelog_tp(tp)}
        self._held |= wanted - changelog
        super().resume_partitions(changelog)

    def pause_partitions(self, tps: Iterable[TP]) -> None:
        self._held -= ensure_TPset(tps)
        super().pause_partitions(tps)

    def resume_flow(self) -> None:
        # The queues were cleared for the last time just before, without a pause in between.
        super().resume_flow()
        held, self._held = self._held, set()
        super().resume_partitions(held)

    async def wait_empty(self) -> None:
        if not _guarded(self.app).giving_up:
            await super().wait_empty()

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        app = _guarded(self.app)
        app.lease.assigned(time.monotonic())
        app.written.clear()
        app.committed.clear()
        await super().on_partitions_assigned(assigned, generation_id)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109
        seeks = self._seeks
        records = await super()._getmany(active_partitions, timeout)
        return records if seeks == self._seeks else {}

    async def perform_seek(self) -> None:
        # What is fetched from here on is fetched from the new positions, and what was fetched before is let go.
        self._seeks += 1
        await cast("_Thread", self._thread).end_fetches()
        await super().perform_seek()
        _guarded(self.app).committed.update(
            {tp: offset for tp, offset in self._committed_offset.items() if offset is not None}
        )

    async def _commit_offsets(self, offsets: Mapping[TP, int], start_new_transaction: bool = True) -> bool:
        app = _guarded(self.app)
        safe = {tp: min(offset, app.written[tp]) for tp, offset in offsets.items() if tp in app.written}
        if not safe:
            return False
        done = await super()._commit_offsets(safe, start_new_transaction)
        if done:
            app.committed.update(safe)
            app.commits += 1
        return done


def _guarded(app: Any) -> GuardedApp:
    return cast("GuardedApp", app)


class _Transport(Transport):
    Consumer = _Consumer
