"""Post: one HTTP POST to a receiver, and what its answer means."""

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import aiohttp

from streams import __version__
from streams.outlets.failure import RefusedError, TransientError

USER_AGENT: Final = f"Tocsin/{__version__}"
RETRY_AFTER_MOST_S: Final = 3600.0
"""Longest wait that a receiver may ask for."""

_PASSING: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY, 429}
)
"""4xx answers after which the same request may succeed. Every 5xx is of that kind too."""


class Poster:
    """POSTs to one address. Redirects are not followed: a body with a key in it goes nowhere else."""

    def __init__(self, session: aiohttp.ClientSession, url: str, timeout_s: float) -> None:
        self._session = session
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def post(self, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
        """Send ``body``; return when the receiver answered 2xx.

        Raises:
            TransientError: no answer, or one that may change.
            RefusedError: an answer that will stay.
        """
        try:
            async with self._session.post(
                self._url,
                data=body,
                headers={"user-agent": USER_AGENT, **headers},
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                status = answer.status
                after = retry_after_s(answer.headers.get("Retry-After"), now)
        except TimeoutError:
            raise TransientError("timeout", "no answer in time") from None
        except aiohttp.InvalidURL:
            raise RefusedError("bad_address", "the address is no URL") from None
        except (aiohttp.ClientError, OSError) as error:
            # The text of these errors names addresses: only the kind of error may be told.
            raise TransientError("unreachable", type(error).__name__) from None
        if 200 <= status < 300:
            return
        if status in _PASSING or status >= 500:
            raise TransientError(f"http_{status}", f"answered {status}", after)
        raise RefusedError(f"http_{status}", f"answered {status}")


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks to wait (RFC 9110, 10.2.3), at most an hour; None without sense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(RETRY_AFTER_MOST_S, float(text[:9]))
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(RETRY_AFTER_MOST_S, max(0.0, (moment - now).total_seconds()))
