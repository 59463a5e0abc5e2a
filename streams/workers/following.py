"""Following: the sighting that comes next in each partition, and whether Faust has passed one over."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from streams.settings import Settings
from streams.workers.desk import StateError
from streams.workers.tail import tail

log = logging.getLogger(__name__)

SILENCE_S: Final = 15.0
"""How long there may be sightings to read and none is handed over."""


class Following:
    """What was handed over, compared with what the brokers have.

    Faust takes a gap in the offsets for compaction and commits across it (transport/consumer.py, ``_add_gap``), also
    where records were lost on the way. The guard keeps it from losing them; this looks whether it does. Partitions
    are Faust's, ``committed`` their committed offsets, times are seconds of a monotonic clock.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._next: dict[Any, int] = {}
        self._heard_at = 0.0

    def begin(self, now: float) -> None:
        """Begin anew from the committed offsets: a rebalance is over."""
        self._next.clear()
        self._heard_at = now

    async def step(self, tp: Any, offset: int, committed: Mapping[Any, int], now: float) -> None:
        """Take note of the sighting at ``offset``, and make sure that it follows on the one before.

        Raises:
            StateError: there are records in between.
        """
        self._heard_at = now
        expected = self._next.get(tp, committed.get(tp, 0))
        self._next[tp] = max(expected, offset + 1)
        if offset <= expected:
            return
        start = {(tp.topic, tp.partition): expected}
        async for record in tail(self._settings, [tp.topic], until_end=True, positions=start):
            if record.offset < offset:
                raise StateError(f"{tp.topic}/{tp.partition}: offsets {record.offset} to {offset - 1} were passed over")
            break
        log.info("%s/%d has no records from %d to %d any more", tp.topic, tp.partition, expected, offset - 1)

    def check_silence(self, ends: Mapping[Any, int], committed: Mapping[Any, int], now: float, *, idle: bool) -> None:
        """Make sure that something comes where there is something; ``idle`` is False while that need not be.

        Raises:
            StateError: nothing came for too long: a new start reads it.
        """
        behind = [tp for tp, end in ends.items() if end > self._next.get(tp, committed.get(tp, 0))]
        if not behind or not idle:
            self._heard_at = now
        elif now - self._heard_at > SILENCE_S:
            raise StateError(f"nothing came from {behind[0].topic}/{behind[0].partition} for {SILENCE_S:.0f} s")
