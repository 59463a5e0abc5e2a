"""Ledger: which records of a partition are done with, so that a commit says neither too much nor too little."""

from collections.abc import Iterable
from typing import Final

METADATA_MOST: Final = 4000
"""Bytes of commit metadata that are used; brokers accept 4096 unless told otherwise (``offset.metadata.max.bytes``)."""

_MARK: Final = "done:"


class Ledger:
    """Progress through one partition where records are not done with in order.

    The committed offset is that of the first record not yet done; the ones done after it are listed in the commit's
    metadata, so that a restart repeats nothing but what was in flight. Should the list outgrow the metadata, its far
    end is left out: those are then told again, which at-least-once allows.
    """

    def __init__(self, position: int, metadata: str = "") -> None:
        """Start at ``position`` with the ``metadata`` of the commit that gave it; metadata not ours is ignored."""
        self._first = position
        self._next = position
        self._done: set[int] = set()
        if metadata.startswith(_MARK):
            self._done.update(_expand(metadata.removeprefix(_MARK), position))

    def begin(self, offset: int) -> bool:
        """Take note that the record at ``offset`` was read; False when it was done with before a restart."""
        # Offsets that never arrive (compacted away, control records) are nobody's work: count them as done.
        self._done.update(range(self._next, offset))
        self._next = max(self._next, offset + 1)
        return offset not in self._done and offset >= self._first

    def done(self, offsets: Iterable[int]) -> None:
        """Take note that the records at ``offsets`` are done with."""
        self._done.update(offset for offset in offsets if offset >= self._first)
        while self._first in self._done:
            self._done.remove(self._first)
            self._first += 1

    def commit(self) -> tuple[int, str]:
        """The offset and the metadata to commit."""
        ahead = _ranges(self._done)
        written = ""
        for start, end in ahead:
            part = f"{start - self._first}" if start == end else f"{start - self._first}-{end - self._first}"
            if len(_MARK) + len(written) + len(part) + 1 > METADATA_MOST:
                break
            written = f"{written},{part}" if written else part
        return self._first, f"{_MARK}{written}" if written else ""


def _ranges(offsets: Iterable[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for offset in sorted(offsets):
        if ranges and ranges[-1][1] == offset - 1:
            ranges[-1] = (ranges[-1][0], offset)
        else:
            ranges.append((offset, offset))
    return ranges


def _expand(text: str, base: int) -> Iterable[int]:
    for part in text.split(","):
        start, _, end = part.partition("-")
        if start.isdigit() and (end or start).isdigit():
            yield from range(base + int(start), base + int(end or start) + 1)
