"""Watch: how far both groups are, sampled all the time, and how long after a fault they had caught up."""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition, errors
from aiokafka.admin import AIOKafkaAdminClient

from streams.settings import Settings
from streams.workers.connection import client_options, consumer_options

EVERY_S: Final = 0.3
_ANSWER_S: Final = 4.0
_TROUBLE: Final = (errors.KafkaError, OSError, TimeoutError, KeyError)


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Committed offsets and ends by topic and partition. Committed may be older than ``at``, never newer."""

    at: float
    committed: Mapping[tuple[str, int], int]
    ends: Mapping[tuple[str, int], int]

    def behind(self, topics: Iterable[str]) -> int:
        """Records of ``topics`` that are not dealt with."""
        named = frozenset(topics)
        return sum(max(0, end - self.committed.get(tp, 0)) for tp, end in self.ends.items() if tp[0] in named)


def recovery_s(samples: Sequence[Sample], fault_at: float, topics: Iterable[str]) -> float | None:
    """Seconds from ``fault_at`` until every partition of ``topics`` was committed up to what it held at the fault.

    What came in before the fault waits for the recovery, so this includes the way back to it. None: never.
    """
    named = frozenset(topics)
    before = [each for each in samples if each.at <= fault_at]
    if not before:
        return None
    held = {tp: end for tp, end in before[-1].ends.items() if tp[0] in named}
    # One more than was there: a group that was done already must be seen to go on, where there is something new.
    for sample in samples[len(before) :]:
        if all(_on(sample, tp, end, before[-1]) for tp, end in held.items()):
            return sample.at - fault_at
    return None


def _on(sample: Sample, tp: tuple[str, int], held: int, before: Sample) -> bool:
    done = sample.committed.get(tp, 0)
    idle = sample.ends.get(tp, held) <= held
    moved = done > before.committed.get(tp, 0) or before.committed.get(tp, 0) >= held
    return done >= held and moved and (idle or done > held)


class Watch:
    """Samples for the length of an ``async with`` block; brokers that do not answer leave a hole in the samples."""

    def __init__(self, settings: Settings) -> None:
        quick = settings.model_copy(update={"kafka_request_timeout_s": _ANSWER_S})
        self._options = client_options(quick)
        self._reading = consumer_options(quick, None)
        self._groups = {
            settings.topic_articles: settings.group_triage,
            settings.topic_sightings: settings.group_consolidate,
        }
        self._partitions = settings.partitions
        self._task: asyncio.Task[None] | None = None
        self.samples: list[Sample] = []

    @property
    def topics(self) -> tuple[str, ...]:
        """The two input topics."""
        return tuple(self._groups)

    async def __aenter__(self) -> "Watch":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def until_done(self, within_s: float) -> bool:
        """Wait until nothing is left to do, two seconds long; False when that takes more than ``within_s``."""
        deadline, done_at = time.monotonic() + within_s, None
        while time.monotonic() < deadline:
            newest = self.samples[-1] if self.samples else None
            if newest is None or newest.behind(self.topics) or time.monotonic() - newest.at > 2.0:
                done_at = None
            elif done_at is None:
                done_at = time.monotonic()
            elif time.monotonic() - done_at > 2.0:
                return True
            await asyncio.sleep(EVERY_S)
        return False

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(*_TROUBLE):
                await self._connected()
            await asyncio.sleep(EVERY_S)

    async def _connected(self) -> None:
        """Sample over one connection until something goes wrong with it."""
        admin, consumer = AIOKafkaAdminClient(**self._options), AIOKafkaConsumer(**self._reading)
        every = [TopicPartition(topic, number) for topic in self._groups for number in range(self._partitions)]
        try:
            async with asyncio.timeout(3 * _ANSWER_S):
                await admin.start()
                await consumer.start()
            consumer.assign(every)
            consumer.pause(*every)
            while True:
                async with asyncio.timeout(_ANSWER_S):
                    self.samples.append(await self._sample(admin, consumer, every))
                await asyncio.sleep(EVERY_S)
        finally:
            for closing in (admin.close(), consumer.stop()):
                with contextlib.suppress(*_TROUBLE, asyncio.CancelledError):
                    await closing

    async def _sample(
        self, admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer, every: list[TopicPartition]
    ) -> Sample:
        # A coordinator that has only just taken over may not know of every commit yet: what was known still holds.
        committed = dict(self.samples[-1].committed) if self.samples else {}
        for topic, group in self._groups.items():
            offsets: Mapping[Any, Any] = await admin.list_consumer_group_offsets(group)
            for tp, each in offsets.items():
                if tp.topic == topic and each.offset >= 0:
                    committed[tp.topic, tp.partition] = each.offset
        ends = await consumer.end_offsets(every)
        told = {(tp.topic, tp.partition): end for tp, end in ends.items()}
        return Sample(at=time.monotonic(), committed=committed, ends=told)
