"""The feeder against real Kafka and a local web server, with a kill in between."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from streams.feed.config import FeedConfig
from streams.metrics import Metrics
from streams.model import Article, decode_article
from streams.settings import Settings
from streams.workers.admin import apply_topics
from streams.workers.feed import work
from streams.workers.tail import tail


class Site:
    """A feed of ``count`` stories, each with a page."""

    def __init__(self) -> None:
        self.count = 3
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        if request.path != "/feed":
            return web.Response(status=404)
        now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        items = "".join(
            f"<item><title>Story {n}</title><link>/story/{n}</link><pubDate>{now}</pubDate></item>"
            for n in range(self.count)
        )
        return web.Response(
            text=f"<rss version='2.0'><channel><language>en</language>{items}</channel></rss>",
            content_type="application/rss+xml",
            headers={"ETag": f'"{self.count}"'},
        )


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    found = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", found.handle)
    server = TestServer(app)
    await server.start_server()
    found.url = str(server.make_url("/feed"))
    yield found
    await server.close()


async def published(settings: Settings) -> list[Article]:
    return [decode_article(each.value) async for each in tail(settings, [settings.topic_articles], until_end=True)]


async def run_until(settings: Settings, config: FeedConfig, reached: Callable[[Metrics], bool]) -> None:
    stop, metrics = asyncio.Event(), Metrics()
    task = asyncio.create_task(work(settings, config, stop, metrics=metrics))
    async with asyncio.timeout(60):
        while not reached(metrics):
            assert not task.done(), task.exception()
            await asyncio.sleep(0.05)
        stop.set()
        await task


def polls(metrics: Metrics) -> float:
    return sum(
        metrics.registry.get_sample_value("tocsin_feed_polls_total", {"outcome": outcome}) or 0
        for outcome in ("fresh", "unchanged", "failed")
    )


async def test_articles_arrive_once_over_restarts(kafka_settings: Settings, site: Site, tmp_path: Path) -> None:
    await apply_topics(kafka_settings)
    config = FeedConfig.model_validate(
        {
            "state": tmp_path / "state.sqlite",
            "contact": "tests@newsroom.example",
            "private_hosts": True,
            "feeds": [{"url": site.url, "every_s": 10, "source": "The Quay Post"}],
        }
    )
    await run_until(kafka_settings, config, lambda metrics: polls(metrics) >= 1)
    await run_until(kafka_settings, config, lambda metrics: polls(metrics) >= 1)
    site.count = 5
    await run_until(kafka_settings, config, lambda metrics: polls(metrics) >= 1)
    found = await published(kafka_settings)
    assert sorted(article.title for article in found) == [f"Story {n}" for n in range(5)]
    assert {article.source for article in found} == {"The Quay Post"}
    assert all(article.arrived_at is not None and article.published_at is not None for article in found)


async def test_killed_it_misses_nothing_and_repeats_by_id(kafka_settings: Settings, site: Site, tmp_path: Path) -> None:
    await apply_topics(kafka_settings)
    site.count = 6
    file = tmp_path / "feeds.toml"
    file.write_text(
        f"""
        state = "{tmp_path / "state.sqlite"}"
        contact = "tests@newsroom.example"
        private_hosts = true
        host_interval_s = 0.15
        [[feeds]]
        url = "{site.url}"
        pages = true
        """
    )
    environment = os.environ | {
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": kafka_settings.kafka_bootstrap_servers or "",
        "TOCSIN_TOPIC_ARTICLES": kafka_settings.topic_articles,
    }
    command = [sys.executable, "-m", "streams", "feed", "--config", str(file)]

    async def run(least: int, end: signal.Signals) -> int:
        with (tmp_path / "log").open("ab") as log:
            process = await asyncio.to_thread(subprocess.Popen, command, env=environment, stdout=log, stderr=log)
        try:
            async with asyncio.timeout(60):
                while len({article.id for article in await published(kafka_settings)}) < least:
                    assert process.poll() is None, (tmp_path / "log").read_text()
        finally:
            process.send_signal(end)
            code = await asyncio.to_thread(process.wait, 30)
        return code

    assert await run(2, signal.SIGKILL) == -signal.SIGKILL
    assert await run(6, signal.SIGTERM) == 0
    found = await published(kafka_settings)
    assert {article.title for article in found} == {f"Story {n}" for n in range(6)}
    assert len({article.id for article in found}) == 6
    assert len(found) <= 7
