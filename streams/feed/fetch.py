"""Fetch: one GET, politely and within limits: of size, time, redirects, and of where it may lead."""

import ipaddress
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult

from streams import __version__
from streams.outlets.post import retry_after_s

REDIRECTS_MOST: Final = 5
HOSTS_KEPT: Final = 10_000
PRODUCT: Final = "TocsinFeeder"
"""The name by which robots.txt can speak to us."""

_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_CHUNK: Final = 64 * 1024

Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


class FetchError(Exception):
    """A GET that gave nothing. ``reason`` is a code of bounded variety."""

    def __init__(self, reason: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after_s = retry_after_s


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """An answer. ``unchanged`` is True of a 304, which has no body; ``url`` is where the redirects led."""

    url: str
    body: bytes = b""
    content_type: str = ""
    etag: str | None = None
    modified: str | None = None
    unchanged: bool = False


class PublicResolver(AbstractResolver):
    """Finds public addresses only: names that lead into private or local networks lead nowhere."""

    def __init__(self) -> None:
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of ``host``.

        Raises:
            OSError: it has none.
        """
        found = await self._resolver.resolve(host, port, family)
        public = [each for each in found if ipaddress.ip_address(each["host"]).is_global]
        if not public:
            raise OSError(None, "no public address")
        return public

    async def close(self) -> None:
        """Nothing is held."""


def new_session(*, private_hosts: bool) -> aiohttp.ClientSession:
    """A session for a :class:`Fetcher`, without cookies."""
    resolver = None if private_hosts else PublicResolver()
    connector = aiohttp.TCPConnector(resolver=resolver, limit_per_host=1)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


class Fetcher:
    """GETs for the feeder. Requests to one host are at least ``host_interval_s`` apart, whoever asks for them."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        sleep: Sleep,
        *,
        contact: str,
        host_interval_s: float,
        timeout_s: float,
        max_bytes: int,
        private_hosts: bool,
    ) -> None:
        self._session = session
        self._clock = clock
        self._sleep = sleep
        self._user_agent = f"{PRODUCT}/{__version__} (+{contact})"
        self._host_interval_s = host_interval_s
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._max_bytes = max_bytes
        self._private_hosts = private_hosts
        self._free_at: dict[str, float] = {}

    async def get(self, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """What stands at ``url``; ``etag`` and ``modified`` are those of the copy at hand.

        Raises:
            FetchError: it cannot be had, is too large, or lies where a feed must not lead.
        """
        headers = {"user-agent": self._user_agent, "accept-encoding": "gzip, deflate"}
        headers |= {"if-none-match": etag} if etag else {}
        headers |= {"if-modified-since": modified} if modified else {}
        for _ in range(REDIRECTS_MOST + 1):
            self._check(url)
            await self._wait_for_turn(urlsplit(url).netloc)
            try:
                async with self._session.get(
                    url, headers=headers, timeout=self._timeout, allow_redirects=False
                ) as answer:
                    if answer.status not in _MOVED:
                        return await self._read(answer, url)
                    url = urljoin(url, answer.headers.get("Location", ""))
            except TimeoutError:
                raise FetchError("timeout", "no answer in time") from None
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise FetchError("unreachable", type(error).__name__) from error
        raise FetchError("redirects", f"more than {REDIRECTS_MOST} redirects")

    async def _read(self, answer: aiohttp.ClientResponse, url: str) -> Fetched:
        etag, modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return Fetched(url=url, etag=etag, modified=modified, unchanged=True)
        if answer.status != HTTPStatus.OK:
            after = retry_after_s(answer.headers.get("Retry-After"), self._clock())
            raise FetchError(f"http_{answer.status}", f"answered {answer.status}", after)
        body = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > self._max_bytes:
                raise FetchError("too_large", f"more than {self._max_bytes} bytes")
        content_type = answer.headers.get("Content-Type", "")
        return Fetched(url=url, body=bytes(body), content_type=content_type, etag=etag, modified=modified)

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host or port == 0 or parts.scheme not in ("http", "https"):
            raise FetchError("bad_address", "no http or https address")
        if self._private_hosts:
            return
        # A connection to a literal address asks no resolver.
        try:
            public = ipaddress.ip_address(host).is_global
        except ValueError:
            return
        if not public:
            raise FetchError("private_address", "a private or local address")

    async def _wait_for_turn(self, host: str) -> None:
        """Wait until a request to ``host`` is due. Turns are given out in the order in which they are asked for."""
        now = self._clock().timestamp()
        turn = max(now, self._free_at.get(host, now))
        if len(self._free_at) > HOSTS_KEPT:
            self._free_at = {each: free_at for each, free_at in self._free_at.items() if free_at > now}
        self._free_at[host] = turn + self._host_interval_s
        if turn > now:
            await self._sleep(turn - now)
