"""Page: the text of an article's page, where robots.txt lets us read it."""

import asyncio
import logging
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import trafilatura

from streams.feed.fetch import PRODUCT, Clock, Fetcher, FetchError

log = logging.getLogger(__name__)

RULES_LAST: Final = timedelta(hours=24)
"""How long a robots.txt is believed (RFC 9309, 2.4)."""
RULES_KEPT: Final = 2000


class Pages:
    """Fetches pages and finds their text."""

    def __init__(self, fetcher: Fetcher, clock: Clock) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._rules: OrderedDict[str, tuple[datetime, RobotFileParser]] = OrderedDict()

    async def text(self, url: str) -> str:
        """The text of the article at ``url``; empty where there is none, or it may or can not be had."""
        try:
            if not await self._allowed(url):
                log.debug("robots.txt keeps us from the page of an article")
                return ""
            fetched = await self._fetcher.get(url)
        except FetchError as error:
            log.info("the page of an article cannot be had (%s): the feed's own text is used", error.reason)
            return ""
        if "html" not in fetched.content_type.lower():
            return ""
        return await asyncio.to_thread(extract, fetched.body, fetched.url)

    async def _allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        known = self._rules.get(site)
        if known is None or self._clock() - known[0] > RULES_LAST:
            known = (self._clock(), await self._read_rules(site))
            self._rules[site] = known
            self._rules.move_to_end(site)
            if len(self._rules) > RULES_KEPT:
                self._rules.popitem(last=False)
        return known[1].can_fetch(PRODUCT, url)

    async def _read_rules(self, site: str) -> RobotFileParser:
        """The rules of ``site``: none where it has no robots.txt (4xx); everything is forbidden while it fails."""
        rules = RobotFileParser()
        try:
            fetched = await self._fetcher.get(f"{site}/robots.txt")
            rules.parse(fetched.body.decode("utf-8", "replace").splitlines())
        except FetchError as error:
            absent = error.reason.startswith("http_4")
            rules.parse([] if absent else ["User-agent: *", "Disallow: /"])
        return rules


def extract(html: bytes, url: str) -> str:
    """The article's text in ``html``; empty where there is none."""
    try:
        found = trafilatura.extract(html, url=url, include_comments=False, include_tables=False)
    except (AttributeError, LookupError, RecursionError, RuntimeError, TypeError, ValueError) as error:
        # Whatever a page does to the extraction, the feed's own text remains.
        log.info("no text could be found in the page of an article (%s)", type(error).__name__)
        return ""
    return found or ""
