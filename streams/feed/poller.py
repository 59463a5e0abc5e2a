"""Poller: looks at feeds in turn, each at its own pace, and hands on what is new."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import msgspec

from streams.feed.config import FeedConfig, FeedSource
from streams.feed.entry import FeedError, entries
from streams.feed.fetch import Clock, Fetcher, FetchError, Sleep
from streams.feed.item import Item, item_of
from streams.feed.memory import Copy, Memory
from streams.feed.page import Pages
from streams.outlets.backoff import pause_s, share

log = logging.getLogger(__name__)

LONGEST_PAUSE_S: Final = 6 * 3600.0

Publish = Callable[[list[dict[str, Any]]], Awaitable[None]]
"""Puts articles onto their topic and returns when they are safe there."""


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a feed. ``outcome`` is ``fresh``, ``unchanged`` or ``failed``; ``wait_s`` until the next look.

    ``published`` are new articles, ``seen`` were known, ``useless`` have no text, no name or are too old.
    """

    outcome: str
    wait_s: float
    reason: str = ""
    published: int = 0
    seen: int = 0
    useless: int = 0


class Poller:
    """All feeds of one configuration."""

    def __init__(
        self,
        config: FeedConfig,
        fetcher: Fetcher,
        memory: Memory,
        publish: Publish,
        *,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._config = config
        self._fetcher = fetcher
        self._pages = Pages(fetcher, clock)
        self._memory = memory
        self._publish = publish
        self._clock = clock
        self._sleep = sleep
        self._slots = asyncio.Semaphore(config.at_once)
        self._failures: dict[str, int] = {}

    async def run(self, on_poll: Callable[[FeedSource, Poll], None]) -> None:
        """Look at every feed again and again until cancelled; ``on_poll`` is told of each look.

        The first looks are spread over some seconds, so that a start is no burst. Whatever ``publish`` raises ends all.
        """
        async with asyncio.TaskGroup() as group:
            for source in self._config.feeds:
                group.create_task(self._follow(source, on_poll))

    async def _follow(self, source: FeedSource, on_poll: Callable[[FeedSource, Poll], None]) -> None:
        await self._sleep(share(source.url, 0) * min(source.every_s, 0.5 * len(self._config.feeds)))
        while True:
            async with self._slots:
                poll = await self.poll(source)
            on_poll(source, poll)
            await self._sleep(poll.wait_s)

    async def poll(self, source: FeedSource) -> Poll:
        """Look at one feed once: publish what is new in it, then remember that.

        In that order: a kill in between publishes the same articles again, under the same ids.
        """
        copy = self._memory.copy_of(source.url)
        try:
            fetched = await self._fetcher.get(source.url, etag=copy.etag, modified=copy.modified)
            if fetched.unchanged:
                self._failures.pop(source.url, None)
                return Poll(outcome="unchanged", wait_s=self._wait_s(source))
            found = await asyncio.to_thread(entries, fetched.body, fetched.content_type, fetched.url)
        except (FetchError, FeedError) as error:
            return self._failed(source, error)
        self._failures.pop(source.url, None)
        now = self._clock()
        items: dict[str, Item] = {}
        useless = 0
        for entry in found:
            item = item_of(entry, source, fetched.url, now)
            if item is None or self._is_old(item):
                useless += 1
            else:
                items.setdefault(item.key, item)
        unseen = self._memory.unseen(items)
        fresh = [item for key, item in items.items() if key in unseen]
        fresh.sort(key=lambda item: item.published_at or now)
        if source.pages:
            await self._publish_with_pages(source, copy, fresh)
        elif fresh:
            await self._publish([item.article for item in fresh])
        self._memory.note(source.url, Copy(etag=fetched.etag, modified=fetched.modified), [item.key for item in fresh])
        seen = len(found) - useless - len(fresh)
        return Poll(outcome="fresh", wait_s=self._wait_s(source), published=len(fresh), seen=seen, useless=useless)

    async def _publish_with_pages(self, source: FeedSource, copy: Copy, fresh: list[Item]) -> None:
        """Publish each article as soon as its page is there: pages of one host come seconds apart."""
        for item in fresh:
            whole = item.with_text(await self._pages.text(item.url)) if item.url else item
            await self._publish([whole.article])
            self._memory.note(source.url, copy, [item.key])

    def _is_old(self, item: Item) -> bool:
        oldest = self._clock() - timedelta(days=self._config.max_age_days)
        return item.published_at is not None and item.published_at < oldest

    def _wait_s(self, source: FeedSource) -> float:
        """The pace of ``source``, spread by a tenth so that feeds of one pace do not march in step."""
        turn = int(self._clock().timestamp() // source.every_s)
        return source.every_s * (0.9 + 0.2 * share(source.url, turn))

    def _failed(self, source: FeedSource, error: FetchError | FeedError) -> Poll:
        failures = self._failures[source.url] = self._failures.get(source.url, 0) + 1
        asked = error.retry_after_s if isinstance(error, FetchError) else None
        longest = max(LONGEST_PAUSE_S, source.every_s)
        wait_s = max(pause_s(source.url, failures, first_s=2 * source.every_s, longest_s=longest), asked or 0.0)
        log.warning(
            "feed %s failed %d times (%s: %s): again in %.0f s",
            source.url.partition("?")[0],
            failures,
            error.reason,
            error,
            wait_s,
        )
        return Poll(outcome="failed", wait_s=wait_s, reason=error.reason)
