"""Notify: all receivers of one process, each on a round of its own: none waits for another."""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import Final

import aiohttp

from streams.metrics import Metrics
from streams.model.desk import Desk
from streams.outlets.config import NotifyConfig
from streams.outlets.outlet import Outlet, open_outlet
from streams.outlets.receivers import Receiver
from streams.settings import Settings
from streams.workers.admin import await_topics
from streams.workers.connection import await_brokers
from streams.workers.health import HealthServer, Progress
from streams.workers.orders import follow_orders, read_orders
from streams.workers.outbox import Outbox, new_producer
from streams.workers.process import run_worker, unless
from streams.workers.rounds import WORKER, Round, Shared, utc_now
from streams.workers.watch import alert_topics

log = logging.getLogger(__name__)

TICK_S: Final = 2.0
STANDS_S: Final = 30.0
"""A round whose loop has not turned for this long stands still."""


def run(settings: Settings, config: NotifyConfig) -> int:
    """Run the notifier until SIGTERM or SIGINT; returns the exit code (see :func:`run_worker`)."""
    return run_worker(settings, lambda stop: work(settings, config, stop))


async def work(
    settings: Settings, config: NotifyConfig, stop: asyncio.Event, *, metrics: Metrics | None = None
) -> None:
    """Notify until ``stop`` is set; then finish the deliveries under way, commit and leave the groups.

    Raises:
        OutletError: a receiver cannot be opened.
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers refuse for good.
    """
    metrics = metrics or Metrics()
    progress = Progress(WORKER, settings.stall_timeout_s, time.monotonic())
    health = HealthServer(settings, metrics, progress)
    async with aiohttp.ClientSession() as session:
        outlets = [(receiver, open_outlet(receiver, session, utc_now)) for receiver in config.receivers]
        await health.start()
        try:
            needed = (*alert_topics(settings), settings.topic_dead_letters, settings.topic_commands)
            if await unless(stop, await_brokers(settings)) and await unless(stop, await_topics(settings, needed)):
                await Notifier(settings, config, metrics, progress, outlets).work(stop)
        finally:
            await health.stop()


class Notifier:
    """The rounds of one process, and what they share: operators' orders and the way to the dead letters."""

    def __init__(
        self,
        settings: Settings,
        config: NotifyConfig,
        metrics: Metrics,
        progress: Progress,
        outlets: Iterable[tuple[Receiver, Outlet]],
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._progress = progress
        self._producer = new_producer(settings)
        self._desk = Desk()
        shared = Shared(
            settings=settings,
            config=config,
            metrics=metrics,
            desk=self._desk,
            outbox=Outbox(self._producer),
        )
        self._rounds = [Round(shared, receiver, outlet) for receiver, outlet in outlets]
        for each in self._rounds:
            metrics.begin_receiver(each.receiver.name)

    async def work(self, stop: asyncio.Event) -> None:
        """Serve every receiver until ``stop`` is set, or one of them cannot go on."""
        await self._producer.start()
        tasks: list[asyncio.Task[None]] = []
        try:
            await read_orders(self._settings, self._desk)
            rounds = [asyncio.create_task(each.work(stop)) for each in self._rounds]
            tasks = [*rounds, asyncio.create_task(follow_orders(self._settings, self._desk))]
            while not all(task.done() for task in rounds):
                self._observe(time.monotonic())
                done, _ = await asyncio.wait(
                    [task for task in tasks if not task.done()], timeout=TICK_S, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._producer.stop()

    def _observe(self, now: float) -> None:
        """Take note of how all receivers are doing.

        A notifier is alive while its loops turn, whichever receiver is down and whatever waits for the morning: to
        start it anew would mend neither.
        """
        standing = {(each.receiver.name, 0): int(now - each.turned_at > STANDS_S) for each in self._rounds}
        if not any(standing.values()):
            self._progress.advanced(now)
        self._progress.lag = standing
        self._progress.assigned = all(each.joined for each in self._rounds)
        self._progress.recovered = all(each.term is not None for each in self._rounds)
        self._metrics.ready.labels(WORKER).set(1 if self._progress.assigned and self._progress.recovered else 0)
        for each in self._rounds:
            pending = each.term.pending if each.term is not None else 0
            self._metrics.notifications_pending.labels(each.receiver.name).set(pending)
