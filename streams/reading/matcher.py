"""Matcher: finds lexicon phrases in text with Hyperscan, with the edges and offsets of characters, not bytes."""

from collections.abc import Sequence
from typing import Final

import hyperscan

from streams.reading.lexicon import Phrase

_FLAGS: Final = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_UTF8


Hit = tuple[int, int, int]
"""A phrase that was found: start and end in characters of the text, and the tags it stands for. A bare tuple: there
are dozens an article."""


class Gate:
    """Tells whether any phrase occurs at all, at the lowest cost; edges beyond ASCII are not looked at.

    Not to be used by two threads at once, like the Hyperscan database inside.
    """

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._seen: list[int] = []
        self._database = _compile(phrases, _FLAGS | hyperscan.HS_FLAG_SINGLEMATCH)

    def opens(self, data: bytes) -> bool:
        """True when a phrase occurs in ``data``, which is UTF-8."""
        seen = self._seen
        seen.clear()
        self._database.scan(data, match_event_handler=self._note)
        return bool(seen)

    def _note(self, position: int, _start: int, _end: int, _flags: int, _context: object) -> None:
        self._seen.append(position)


class Matcher:
    """Finds every occurrence of its phrases. Not to be used by two threads at once."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._tags = [phrase.tags for phrase in phrases]
        self._runs_on = [phrase.runs_on for phrase in phrases]
        self._found: list[tuple[int, int, int]] = []
        self._database = _compile(phrases, _FLAGS | hyperscan.HS_FLAG_SOM_LEFTMOST)

    def find(self, text: str, data: bytes) -> list[Hit]:
        """All hits in ``text``, of which ``data`` is the UTF-8 form, by start; words stand alone at both ends."""
        found = self._found
        found.clear()
        self._database.scan(data, match_event_handler=self._note)
        tags = self._tags
        if len(data) == len(text):
            hits = [(start, end, tags[position]) for start, end, position in found]
        else:
            hits = self._in_characters(text, data)
        hits.sort()
        return hits

    def _note(self, position: int, start: int, end: int, _flags: int, _context: object) -> None:
        self._found.append((start, end, position))

    def _in_characters(self, text: str, data: bytes) -> list[Hit]:
        edges = sorted({edge for start, end, _ in self._found for edge in (start, end)})
        at: dict[int, int] = {}
        last_byte = last_char = 0
        for edge in edges:
            last_char += len(data[last_byte:edge].decode("utf-8", "replace"))
            last_byte = edge
            at[edge] = last_char
        size = len(text)
        hits = []
        for start_byte, end_byte, position in self._found:
            start, end = at[start_byte], at[end_byte]
            if start and text[start - 1].isalnum() and text[start].isalnum():
                continue
            if end < size and text[end].isalnum() and text[end - 1].isalnum() and not self._runs_on[position]:
                continue
            hits.append((start, end, self._tags[position]))
        return hits


def _compile(phrases: Sequence[Phrase], flags: int) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[phrase.expression.encode() for phrase in phrases],
        ids=list(range(len(phrases))),
        flags=[flags] * len(phrases),
    )
    return database
