"""Matcher: finds lexicon phrases in text with Hyperscan, with the edges and offsets of characters, not bytes.

Hyperscan is given plain strings, not expressions: they compile in a fiftieth of the time and are found twice as fast.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import hyperscan

from streams.reading.lexicon import Phrase
from streams.reading.spelling import BLANK, STAR, Rest, Spelled, Text, spell

Hit = tuple[int, int, int]
"""A phrase that was found: start and end in characters of the text, and the tags it stands for. A bare tuple: there
are dozens an article."""

_RUN: Final = 9
"""Letters that a ``*`` inside a phrase stands for at most."""
_LETTER: Final = re.compile(rb"[a-z]|\xd0[\xb0-\xbf]|\xd1[\x80-\x8f]")


class _Strings:
    """The strings of phrases in one Hyperscan database, and the matches of the last scan."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        literals: list[bytes] = []
        self.strings: list[Spelled] = []
        for number, phrase in enumerate(phrases):
            for literal, string in spell(number, phrase):
                literals.append(literal)
                self.strings.append(string)
        self.found: list[tuple[int, int]] = []
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(expressions=literals, ids=list(range(len(literals))), flags=0, literal=True)

    def scan(self, edged: bytes) -> None:
        """Fill ``found`` with the end and the number of every string in ``edged``."""
        self.found.clear()
        self._database.scan(edged, match_event_handler=self._note)

    def _note(self, number: int, _start: int, end: int, _flags: int, _context: object) -> None:
        self.found.append((end, number))


class Matcher:
    """Finds every occurrence of its phrases. Not to be used by two threads at once."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._tags = [phrase.tags for phrase in phrases]
        self._strings = _Strings(phrases)

    def find(self, text: Text) -> list[Hit]:
        """All hits in ``text``, by start; words stand alone at both ends."""
        edged = text.edged
        self._strings.scan(edged)
        found = self._strings.found
        if not found:
            return []
        strings, exact = self._strings.strings, text.exact
        hits: list[Hit] = []
        first: dict[tuple[int, int], int] = {}
        for end, number in found:
            lead, trail, tags, spelled, rest = strings[number]
            start = end - lead
            if spelled is not None and not exact.startswith(spelled, start):
                continue
            if rest is None:
                hits.append((start, end - trail, tags))
                continue
            for begin, stop in _around(exact, edged, start, end - trail, rest):
                key = (rest.phrase, stop)
                first[key] = min(begin, first.get(key, begin))
        if first:
            hits += [(start, stop, self._tags[phrase]) for (phrase, stop), start in first.items()]
        if not text.plain:
            hits = _in_characters(text.lowered, hits)
        hits.sort()
        return hits


def _in_characters(data: bytes, hits: Sequence[Hit]) -> list[Hit]:
    """``hits`` with places in bytes of ``data`` turned to places in characters."""
    at: dict[int, int] = {}
    last_byte = last_char = 0
    for edge in sorted({edge for start, end, _ in hits for edge in (start, end)}):
        last_char += len(data[last_byte:edge].decode())
        last_byte = edge
        at[edge] = last_char
    return [(at[start], at[end], tags) for start, end, tags in hits]


def _around(text: bytes, edged: bytes, start: int, end: int, rest: Rest) -> list[tuple[int, int]]:
    """The starts and ends of the phrase of which one string stands from ``start`` to ``end``, if ``rest`` does too.

    ``edged`` has one blank more than ``text`` at its beginning.
    """
    _, before, after, closed = rest
    if before and not text.endswith(before[-1], 0, start):
        return []
    starts, ends = {start}, {end}
    for options in reversed(before):
        starts = {at - len(option) for at in starts for option in options if text.endswith(option, 0, at)}
        if not starts:
            return []
    for options in after:
        ends = {stop for at in ends for option in options for stop in _walk(text, at, option)}
        if not ends:
            return []
    return [
        (first, last)
        for first in starts
        if edged[first] == BLANK or edged[first + 1] == BLANK
        for last in ends
        if not closed or edged[last] == BLANK or edged[last + 1] == BLANK
    ]


def _walk(text: bytes, at: int, option: bytes) -> Iterator[int]:
    """Where ``option`` ends if it stands in ``text`` at ``at``; more than once where a ``*`` may run on."""
    head, star, tail = option.partition(STAR.encode())
    if not text.startswith(head, at):
        return
    at += len(head)
    if not star:
        yield at
        return
    yield from _walk(text, at, tail)
    for _ in range(_RUN):
        letter = _LETTER.match(text, at)
        if letter is None:
            return
        at = letter.end()
        yield from _walk(text, at, tail)
