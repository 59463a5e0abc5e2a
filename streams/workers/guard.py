"""Guard: Faust's consumer kept from committing a sighting that is not folded, published and written.

Checked in the source of faust-streaming 0.15.3, which is pinned:

- ``Table.__setitem__`` sends the changelog record with ``send_soon`` (tables/base.py, ``send_changelog``), that is
  into a queue. Before a commit Faust flushes (transport/consumer.py, ``_commit_offsets``), but
  ``ProducerBuffer.flush_atmost`` gives up after 0.1 s without a sent message (transport/producer.py), does not see the
  record that is just being sent, and a batch that failed raises nowhere: a commit can overtake the state it stands
  for. So the consolidator writes the changelog records by itself and awaits them, then acknowledges the sighting.
- A stream acknowledges an event in a ``finally`` (streams.py, ``_py_aiter``; _cython/streams.pyx, ``after``): also when
  the agent failed or was cancelled with the event half done. So acknowledgement is by hand (``noack``).
- The pure-Python stream acknowledges records of a former generation that it skips (streams.py, ``_py_aiter``), although
  they will be read again: the offset after them can then be committed while they are under way.
- ``on_partitions_revoked`` throws acknowledged but uncommitted offsets away (transport/consumer.py): they are read
  again, which is harmless here.

Therefore this consumer commits at most up to what the desk has written, whatever Faust believes.
"""

import time
from collections.abc import Mapping
from typing import Any, cast

import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP

from streams.workers.lease import Lease


class GuardedApp(faust.App):
    """A Faust app whose consumer asks before it commits.

    ``written`` holds, by partition, the offset after the last sighting that is wholly dealt with. ``committed`` what
    the brokers have acknowledged as committed. ``lease`` is renewed with every heartbeat.
    """

    def __init__(self, name: str, *, lease: Lease, **options: Any) -> None:
        self.written: dict[TP, int] = {}
        self.committed: dict[TP, int] = {}
        self.commits = 0
        self.lease = lease
        super().__init__(name, **options)

    def on_rebalance_start(self) -> None:
        """Called by the consumer's thread when a rebalance begins."""
        self.lease.rebalancing(time.monotonic())
        super().on_rebalance_start()

    def _new_transport(self) -> Any:
        return _Transport(self.conf.broker_consumer, self)


class _Thread(AIOKafkaConsumerThread):
    """The thread of the aiokafka consumer, with an eye on its heartbeats."""

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


class _Consumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        app = _guarded(self.app)
        app.lease.assigned(time.monotonic())
        app.written.clear()
        app.committed.clear()
        await super().on_partitions_assigned(assigned, generation_id)

    async def perform_seek(self) -> None:
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
