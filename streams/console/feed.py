"""Feed: the numbered changes that browsers follow, so that one that was cut off can go on where it was."""

import asyncio
import secrets
from collections import deque
from typing import Final

import msgspec

CAPACITY: Final = 4096
"""Changes that are kept for browsers that come back; one that missed more starts anew."""


class Change(msgspec.Struct, frozen=True):
    """One change: its number from 1, the name of the event, and its data as JSON."""

    number: int
    name: str
    data: bytes


class Feed:
    """A bounded, numbered log of changes in one process, and the means to wait for the next.

    A cursor is ``<epoch>-<number>``. The epoch is drawn anew with each process, so that a browser that comes back to
    another console, or to this one after a restart, is known not to have its place in this log.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.epoch: Final = secrets.token_hex(4)
        self._log: deque[Change] = deque(maxlen=capacity)
        self._last = 0
        self._grown = asyncio.Event()

    @property
    def cursor(self) -> str:
        """Where a browser stands that knows all up to now."""
        return self.cursor_of(self._last)

    def cursor_of(self, number: int) -> str:
        """Where a browser stands that knows all up to the change ``number``."""
        return f"{self.epoch}-{number}"

    def publish(self, name: str, data: bytes) -> None:
        """Append a change and wake all who wait."""
        self._last += 1
        self._log.append(Change(self._last, name, data))
        self.wake()

    def wake(self) -> None:
        """Let all who wait look up."""
        self._grown.set()
        self._grown = asyncio.Event()

    def place_of(self, cursor: str) -> int | None:
        """The number that ``cursor`` stands at; None where it is of another process or too long ago."""
        epoch, _, number = cursor.partition("-")
        if epoch != self.epoch or not (number.isascii() and number.isdigit()):
            return None
        place = int(number)
        first = self._log[0].number if self._log else self._last + 1
        return place if first - 1 <= place <= self._last else None

    def after(self, number: int) -> list[Change] | None:
        """The changes after ``number``; None where some of them are gone."""
        if number == self._last:
            return []
        if not self._log or self._log[0].number > number + 1:
            return None
        return [self._log[index] for index in range(number + 1 - self._log[0].number, len(self._log))]

    async def wait(self, number: int, timeout_s: float) -> None:
        """Return when there is a change after ``number``, at the latest after ``timeout_s`` seconds."""
        if self._last > number:
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._grown.wait()
        except TimeoutError:
            return
