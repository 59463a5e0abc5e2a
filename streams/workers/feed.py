"""Feed: articles of feeds onto the article topic."""

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Any, Final

from streams.feed.config import FeedConfig, FeedSource
from streams.feed.fetch import Fetcher, new_session
from streams.feed.memory import Memory
from streams.feed.poller import Poll, Poller
from streams.metrics import Metrics
from streams.settings import Settings
from streams.workers.admin import await_topics
from streams.workers.connection import await_brokers
from streams.workers.health import HealthServer, Progress
from streams.workers.outbox import Outbox, new_producer
from streams.workers.process import run_worker, unless
from streams.workers.records import CONTENT_TYPE, Outgoing, encode

log = logging.getLogger(__name__)

WORKER: Final = "feed"
TICK_S: Final = 2.0


def run(settings: Settings, config: FeedConfig) -> int:
    """Run the feeder until SIGTERM or SIGINT; returns the exit code (see :func:`run_worker`)."""
    return run_worker(settings, lambda stop: work(settings, config, stop))


async def work(settings: Settings, config: FeedConfig, stop: asyncio.Event, *, metrics: Metrics | None = None) -> None:
    """Look at the feeds until ``stop`` is set.

    Raises:
        MemoryFileError: the file that remembers what was seen cannot be used.
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers refuse for good.
    """
    metrics = metrics or Metrics()
    progress = Progress(WORKER, settings.stall_timeout_s, time.monotonic())
    health = HealthServer(settings, metrics, progress)
    with Memory(config.state, config.remember) as memory:
        await health.start()
        try:
            if await unless(stop, await_brokers(settings)) and await unless(
                stop, await_topics(settings, [settings.topic_articles])
            ):
                await Feeder(settings, config, metrics, progress).work(memory, stop)
        finally:
            await health.stop()


class Feeder:
    """The way of articles from the poller to their topic."""

    def __init__(self, settings: Settings, config: FeedConfig, metrics: Metrics, progress: Progress) -> None:
        self._topic = settings.topic_articles
        self._config = config
        self._metrics = metrics
        self._progress = progress
        self._producer = new_producer(settings)
        self._outbox = Outbox(self._producer)
        self._failing: set[str] = set()

    async def work(self, memory: Memory, stop: asyncio.Event) -> None:
        """Look at the feeds until ``stop`` is set, or publishing fails for good."""
        config = self._config
        await self._producer.start()
        try:
            async with new_session(private_hosts=config.private_hosts) as session:
                fetcher = Fetcher(
                    session,
                    _now,
                    asyncio.sleep,
                    contact=config.contact,
                    host_interval_s=config.host_interval_s,
                    timeout_s=config.timeout_s,
                    max_bytes=config.max_bytes,
                    private_hosts=config.private_hosts,
                )
                poller = Poller(config, fetcher, memory, self._publish, clock=_now, sleep=asyncio.sleep)
                self._progress.assigned = self._progress.recovered = True
                task = asyncio.create_task(poller.run(self._note))
                stopped = asyncio.create_task(stop.wait())
                try:
                    while not (stopped.done() or task.done()):
                        self._progress.advanced(time.monotonic())
                        self._metrics.ready.labels(WORKER).set(1)
                        await asyncio.wait({task, stopped}, timeout=TICK_S, return_when=asyncio.FIRST_COMPLETED)
                    if task.done():
                        task.result()
                finally:
                    task.cancel()
                    stopped.cancel()
                    await asyncio.gather(task, stopped, return_exceptions=True)
        finally:
            await self._producer.stop()

    async def _publish(self, articles: list[dict[str, Any]]) -> None:
        await self._outbox.publish(
            Outgoing(
                topic=self._topic,
                key=str(article["id"]).encode(),
                value=encode(article),
                headers=(("content-type", CONTENT_TYPE),),
            )
            for article in articles
        )

    def _note(self, source: FeedSource, poll: Poll) -> None:
        self._metrics.feed_polls.labels(poll.outcome).inc()
        for outcome in ("published", "seen", "useless"):
            self._metrics.feed_articles.labels(outcome).inc(getattr(poll, outcome))
        (self._failing.add if poll.outcome == "failed" else self._failing.discard)(source.url)
        self._metrics.feeds_failing.set(len(self._failing))
        log.info(
            "feed %s: %s, %d published, %d seen, %d useless",
            source.url.partition("?")[0],
            poll.outcome,
            poll.published,
            poll.seen,
            poll.useless,
        )


def _now() -> datetime:
    return datetime.now(UTC)
