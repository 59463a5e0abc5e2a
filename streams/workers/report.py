"""Report: the regular look at lag and progress while a worker works, for its metrics and its health."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal, Self

from streams.metrics import Metrics
from streams.workers.health import Partition, Progress
from streams.workers.process import EXIT_BROKEN, leave
from streams.workers.pulse import Pulse

log = logging.getLogger(__name__)

INTERVAL_S: Final = 2.0
ANSWER_S: Final = 5.0
"""How long the brokers may take to say where partitions end."""

PATIENCE: Final = 2
"""A worker that is not alive for this many stall timeouts, while the brokers answer, ends itself."""

Positions = Callable[[], Awaitable[tuple[Mapping[Partition, int], Mapping[Partition, int]]]]
"""Asks for the committed offsets and the ends of the partitions that a worker has."""


class Report:
    """Runs beside a worker for the length of an ``async with`` block."""

    def __init__(
        self,
        worker: str,
        metrics: Metrics,
        progress: Progress,
        positions: Positions,
        also: Callable[[], None] | None = None,
    ) -> None:
        self._worker = worker
        self._metrics = metrics
        self._progress = progress
        self._positions = positions
        self._also = also
        self._task: asyncio.Task[None] | None = None
        # A look may wait for an answer, and the loop is not stuck then.
        self._pulse = Pulse(PATIENCE * progress.stall_timeout_s + ANSWER_S + INTERVAL_S)

    async def __aenter__(self) -> Self:
        self._pulse.start()
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> Literal[False]:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._pulse.stop()
        self._metrics.ready.labels(self._worker).set(0)
        return False

    async def _run(self) -> None:
        while True:
            self._pulse.beat()
            await self._look()
            if self._also is not None:
                self._also()
            await asyncio.sleep(INTERVAL_S)

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(ANSWER_S):
                committed, ends = await self._positions()
        except Exception as error:
            # Whatever keeps us from asking, the answer is the same: not known, so not ready.
            log.warning("the brokers do not say how far they are (%s)", type(error).__name__)
            log.debug("asking for offsets failed", exc_info=True)
            self._progress.trouble(time.monotonic())
        else:
            now = time.monotonic()
            self._progress.observe(now, committed, ends)
            self._metrics.lag.clear()
            for (topic, partition), records in self._progress.lag.items():
                self._metrics.lag.labels(topic, str(partition)).set(records)
            if self._progress.stuck(now, PATIENCE):
                log.critical("%s: this worker ends, so that it is started again", self._progress.alive(now)[1])
                leave(EXIT_BROKEN)
        self._metrics.ready.labels(self._worker).set(1 if self._progress.ready(time.monotonic())[0] else 0)
