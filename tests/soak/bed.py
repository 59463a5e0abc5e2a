"""Bed: the topics, workers and producer of one run, and what is asked of them while they work."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, Final, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.local.ports import free_ports
from streams.local.process import Child
from streams.workers.connection import consumer_options
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing
from tests.bench.cluster import STOP_GRACE_S, Cluster, check, committed, settings_for
from tests.soak.watch import Sample, look, series, total

WORKERS: Final = {
    "triage": ["streams", "worker", "triage"],
    "consolidate": ["streams", "worker", "consolidate"],
    "console": ["streams", "console"],
}

_SLICE_S: Final = 0.1
_AT_ONCE: Final = 1000
_BACKLOG: Final = 20_000
"""Articles in store for triage while the capacity is measured."""
_MOST_BEHIND_S: Final = 30.0
"""The producer holds back where triage is so many seconds behind: the broker would drop what nobody has read."""
_DRAIN_S: Final = 300.0
_READY_S: Final = 120.0


class Bed:
    """One worker of each kind on topics that begin with ``name``, for the length of an ``async with`` block."""

    def __init__(self, cluster: Cluster, name: str, stream: Iterator[tuple[bytes, bytes]]) -> None:
        self._cluster = cluster
        self._stream = stream
        self._name = name
        self._ports = dict(zip(("triage", "consolidate"), free_ports(2), strict=True))
        self._settings = settings_for(cluster.bootstrap, name, topic_articles=f"{name}.articles", console_port=0)
        self._stack = AsyncExitStack()
        self._held_s = 0.0
        self._children: dict[str, Child] = {}
        self.samples: list[Sample] = []
        self.sent = 0

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        settings = self._settings
        await self._cluster.prepare(settings)
        self._stack.push_async_callback(self._cluster.forget, settings)
        self._admin: Any = await self._stack.enter_async_context(self._cluster.admin(settings))
        producer, self._consumer = new_producer(settings), AIOKafkaConsumer(**consumer_options(settings, None))
        self._outbox = Outbox(producer)
        for client in (producer, self._consumer):
            self._stack.push_async_callback(client.stop)
            await client.start()
        for worker, module in WORKERS.items():
            own = settings.model_copy(update={"metrics_port": self._ports.get(worker, 0)})
            self._children[worker] = self._stack.enter_context(
                self._cluster.running(f"{self._name}-{worker}", module, own)
            )
        async with asyncio.timeout(_READY_S):
            while not await asyncio.to_thread(self._ready):
                self._check()
                await asyncio.sleep(0.2)

    async def capacity(self, seconds: float) -> float:
        """Articles a second that both workers get through while triage never runs out of work."""
        settings = self._settings
        began = time.monotonic()
        first: tuple[float, int, int, int] | None = None
        while True:
            done = await committed(self._admin, settings.group_triage, settings.topic_articles)
            if self.sent - done < _BACKLOG:
                await self._send(_AT_ONCE)
            now = time.monotonic()
            # The first third is for connections and warm caches.
            if now - began > (seconds / 3 if first is None else seconds):
                folded = await committed(self._admin, settings.group_consolidate, settings.topic_sightings)
                state = (now, done, folded, await self._end_of(settings.topic_sightings))
                if first is not None:
                    break
                first = state
            self._check()
            await asyncio.sleep(0.02)
        wall, articles, sightings_done, sightings = (b - a for a, b in zip(first, state, strict=True))
        return articles / wall * (min(1.0, sightings_done / sightings) if sightings else 1.0)

    async def steady(self, rate: float, seconds: float, every_s: float, say: Callable[[str], None]) -> None:
        """Send ``rate`` articles a second for ``seconds``, and look at the workers every ``every_s``.

        Raises:
            BenchError: a worker ended.
        """
        began = time.monotonic()
        watching = asyncio.create_task(self._watch(began, every_s, say))
        owed = 0.0
        try:
            for number in range(round(seconds / _SLICE_S)):
                await asyncio.sleep(max(0.0, began + number * _SLICE_S - time.monotonic()))
                if watching.done():
                    break
                if self._far_behind(rate):
                    self._held_s += _SLICE_S
                    continue
                owed += rate * _SLICE_S
                await self._send(int(owed))
                owed -= int(owed)
        finally:
            watching.cancel()
            await asyncio.wait([watching])
        if not watching.cancelled():
            watching.result()

    async def drained(self) -> int:
        """Wait until everything is dealt with; returns how many records are left when it takes too long."""
        deadline = time.monotonic() + _DRAIN_S
        while (left := sum((await self._lags()).values())) and time.monotonic() < deadline:
            self._check()
            await asyncio.sleep(0.5)
        return left

    async def outcomes(self) -> dict[str, int]:
        """The articles by outcome, as triage counted them."""
        found = await asyncio.to_thread(series, self._ports["triage"], "tocsin_articles_total")
        names = ("sighting", "suppressed", "dead_letter")
        return {name: total(v for labels, v in found.items() if f'outcome="{name}"' in labels) for name in names}

    def stop(self) -> dict[str, int | None]:
        """SIGTERM to all workers, one after the other; returns their exit codes."""
        for child in self._children.values():
            child.stop(STOP_GRACE_S)
        return {name: child.exit_code for name, child in self._children.items()}

    async def _watch(self, began: float, every_s: float, say: Callable[[str], None]) -> None:
        """Look every few seconds, without end."""
        number = 0
        while True:
            number += 1
            await asyncio.sleep(max(0.0, began + number * every_s - time.monotonic()))
            self._check()
            self.samples.append(await self._sample(began))
            if number % max(1, round(60 / every_s)) == 0:
                say(self._line())

    async def _sample(self, began: float) -> Sample:
        lags = await self._lags()
        incidents = await asyncio.to_thread(series, self._ports["consolidate"], "tocsin_open_incidents")
        looks = {name: look(each.pid, lags.get(name)) for name, each in self._children.items() if each.pid is not None}
        return Sample(
            at_s=time.monotonic() - began,
            sent=self.sent,
            looks=looks,
            open_incidents=total(incidents.values()),
            held_s=self._held_s,
            load=os.getloadavg()[0],
        )

    def _line(self) -> str:
        newest = self.samples[-1]
        parts = [
            f"{name} {each.rss_mb:.0f} MB {each.descriptors} fd" + ("" if each.lag is None else f" lag {each.lag}")
            for name, each in newest.looks.items()
        ]
        return f"{newest.at_s / 60:.0f} min, {newest.sent} sent: {', '.join(parts)}; load {newest.load:.1f}"

    def _far_behind(self, rate: float) -> bool:
        return bool(self.samples) and (self.samples[-1].looks["triage"].lag or 0) > rate * _MOST_BEHIND_S

    async def _send(self, count: int) -> None:
        topic = self._settings.topic_articles
        batch = [next(self._stream) for _ in range(count)]
        await self._outbox.publish([Outgoing(topic=topic, key=key, value=value) for key, value in batch])
        self.sent += count

    async def _lags(self) -> dict[str, int]:
        settings = self._settings
        pairs = {
            "triage": (settings.group_triage, settings.topic_articles),
            "consolidate": (settings.group_consolidate, settings.topic_sightings),
        }
        return {
            name: max(0, await self._end_of(topic) - await committed(self._admin, group, topic))
            for name, (group, topic) in pairs.items()
        }

    async def _end_of(self, topic: str) -> int:
        partitions = [TopicPartition(topic, number) for number in range(self._settings.partitions)]
        return sum((await self._consumer.end_offsets(partitions)).values())

    def _ready(self) -> bool:
        try:
            return all(sum(series(port, "tocsin_ready").values()) == 1 for port in self._ports.values())
        except OSError:
            return False

    def _check(self) -> None:
        for child in self._children.values():
            check(child)
