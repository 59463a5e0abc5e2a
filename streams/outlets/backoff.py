"""Backoff: how long to wait before trying again. No randomness: the jitter follows from what is tried."""

from typing import Final

import xxhash

JITTER: Final = 0.5
"""Share of a pause that is spread, so that many who failed together do not come back together."""


def pause_s(name: str, attempt: int, *, first_s: float = 1.0, longest_s: float = 60.0) -> float:
    """Seconds to wait after the ``attempt``-th failure (from 1) of ``name``: doubled each time, up to ``longest_s``.

    The pause lies between half of that and all of it ("equal jitter"), at a point that ``name`` and ``attempt`` fix.
    """
    whole = min(longest_s, first_s * 2.0 ** min(attempt - 1, 32))
    return whole * (1 - JITTER + JITTER * share(name, attempt))


def share(name: str, number: int) -> float:
    """A point between 0 and 1 (excluded) that ``name`` and ``number`` fix, and that looks like chance."""
    return (xxhash.xxh3_64_intdigest(f"{name}\n{number}".encode()) >> 11) / 2**53
