"""Breaker: stops triage where nearly nothing can be read any more.

A dead letter now and then is a fault of one record. A flood of them is a fault of a producer, or of ours: then it is
better to stop with the records where they are, and to call somebody, than to carry a topic into the dead letters.
"""

from collections import deque
from typing import Final

from streams.settings import Settings

_NEVER: Final = float("inf")


class Breaker:
    """Counts records that became dead letters, in the order in which they were dealt with.

    It trips when there were ``run`` of them in a row (0: never), or when more than the share ``share`` of the last
    ``window`` records were some (1: never). Once tripped it stays so: only people know whether the flood is over.
    """

    def __init__(self, settings: Settings) -> None:
        self._longest = settings.breaker_run or _NEVER
        self._share = settings.breaker_share
        self._window = settings.breaker_window
        self._run = 0
        self._refused = 0
        self._last: deque[bool] = deque()
        self.reason = ""
        """Why it has tripped; empty while it has not."""

    def note(self, *, refused: bool) -> bool:
        """Take note of one record; True when no more should be read."""
        self._run = self._run + 1 if refused else 0
        self._last.append(refused)
        self._refused += refused
        if len(self._last) > self._window:
            self._refused -= self._last.popleft()
        if self.reason:
            return True
        if self._run >= self._longest:
            self.reason = f"{self._run} records in a row cannot be read (breaker_run)"
        elif len(self._last) == self._window and self._refused > self._share * self._window:
            self.reason = f"{self._refused} of the last {self._window} records cannot be read (breaker_share)"
        return bool(self.reason)
