"""A local web server with feeds of our own writing, and a clock that goes on only when someone sleeps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from streams.feed.config import FeedConfig, FeedSource
from streams.feed.fetch import Fetcher, new_session
from streams.feed.memory import Memory
from streams.feed.poller import Poll, Poller

NOW = datetime(2031, 5, 6, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that goes on only when someone sleeps."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class Site:
    """What a publisher serves: path to body, or to a function that answers."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | str | Callable[[web.Request], web.StreamResponse]] = {}
        self.types: dict[str, str] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.path_qs, {name.lower(): value for name, value in request.headers.items()}))
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=404)
        if callable(page):
            return page(request)
        body = page.encode() if isinstance(page, str) else page
        return web.Response(body=body, headers={"Content-Type": self.types.get(request.path, "application/xml")})

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]


class Newsroom:
    """A poller with its memory, and what it has published."""

    def __init__(self, site: Site, session: aiohttp.ClientSession, memory: Memory, config: FeedConfig) -> None:
        self.site = site
        self.clock = Clock()
        self.articles: list[dict[str, Any]] = []
        self.batches: list[int] = []
        self.broken = False
        self.fetcher = Fetcher(
            session,
            self.clock,
            self.clock.sleep,
            contact=config.contact,
            host_interval_s=config.host_interval_s,
            timeout_s=config.timeout_s,
            max_bytes=config.max_bytes,
            private_hosts=config.private_hosts,
        )
        self.poller = Poller(config, self.fetcher, memory, self._publish, clock=self.clock, sleep=self.clock.sleep)

    async def _publish(self, articles: list[dict[str, Any]]) -> None:
        if self.broken:
            raise RuntimeError("the brokers are away")
        self.articles += articles
        self.batches.append(len(articles))

    def source(self, path: str = "/feed", **fields: Any) -> FeedSource:
        return FeedSource.model_validate({"url": f"{self.site.url}{path}"} | fields)

    async def poll(self, path: str = "/feed", **fields: Any) -> Poll:
        return await self.poller.poll(self.source(path, **fields))


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    found = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", found.handle)
    server = TestServer(app)
    await server.start_server()
    found.url = str(server.make_url("")).rstrip("/")
    yield found
    await server.close()


@pytest.fixture
async def newsroom(site: Site, tmp_path: Path) -> AsyncIterator[Newsroom]:
    config = FeedConfig.model_validate(
        {
            "state": tmp_path / "state.sqlite",
            "contact": "desk@newsroom.example",
            "private_hosts": True,
            "timeout_s": 2,
            "max_bytes": 100_000,
            "feeds": [{"url": "http://unused.example/"}],
        }
    )
    async with new_session(private_hosts=True) as session:
        with Memory(config.state, config.remember) as memory:
            yield Newsroom(site, session, memory, config)


@pytest.fixture
def rss() -> Callable[..., str]:
    """A feed in RSS 2.0 with the given items."""

    def make(*items: str, language: str = "en") -> str:
        head = f"<?xml version='1.0'?><rss version='2.0'><channel><title>N</title><language>{language}</language>"
        return f"{head}{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"

    return make
