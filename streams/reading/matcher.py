"""Matcher: finds lexicon phrases in text with Hyperscan, with the edges and offsets of characters, not bytes.

Hyperscan is given plain strings, not expressions: they compile in a fiftieth of the time and are found twice as fast.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import hyperscan

from streams.reading.lexicon import Phrase
from streams.reading.spelling import BLANK, STAR, Rest, Text, spell

Hit = tuple[int, int, int]
"""A phrase that was found: start and end in characters of the text, and the tags it stands for. A bare tuple: there
are dozens an article."""

_String = tuple[int, int, int, bytes | None, Rest | None]
"""What :class:`streams.reading.spelling.Spelled` has, bare: named ones take several times as long to take apart."""
_RUN: Final = 9
"""Letters that a ``*`` inside a phrase stands for at most."""
_STAR: Final = STAR.encode()
_LETTER: Final = re.compile(rb"[a-z]|\xd0[\xb0-\xbf]|\xd1[\x80-\x8f]")


class _Strings:
    """The strings of phrases in one Hyperscan database, and the matches of the last scan.

    Those before number ``leading`` are of the leading phrases.
    """

    def __init__(self, phrases: Sequence[Phrase], leading: int) -> None:
        literals: list[bytes] = []
        self.strings: list[_String] = []
        self.leading = 0
        for number, phrase in enumerate(phrases):
            for literal, string in spell(number, phrase):
                literals.append(literal)
                self.strings.append((string.lead, string.trail, string.tags, string.spelled, string.rest))
            if number < leading:
                self.leading = len(literals)
        self.found: list[tuple[int, int]] = []
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(expressions=literals, ids=list(range(len(literals))), flags=0, literal=True)

    def scan(self, edged: bytes) -> None:
        """Fill ``found`` with the end and the number of every string in ``edged``."""
        self.found.clear()
        self._database.scan(edged, match_event_handler=self._note)

    def _note(self, number: int, _start: int, end: int, _flags: int, _context: object) -> None:
        self.found.append((end, number))


class Stems:
    """Tells whether a text has one of some strings anywhere in it. Not to be used by two threads at once."""

    def __init__(self, stems: Sequence[str]) -> None:
        self._found = False
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(expressions=[stem.encode() for stem in stems], flags=0, literal=True)

    def stand_in(self, text: str) -> bool:
        """True when one of the stems stands in ``text``, in the case in which it was given."""
        self._found = False
        self._database.scan(text.encode(), match_event_handler=self._note)
        return self._found

    def _note(self, _number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
        self._found = True


class Matcher:
    """Finds every occurrence of its phrases. Not to be used by two threads at once."""

    def __init__(self, phrases: Sequence[Phrase], leading: int | None = None) -> None:
        """Find ``phrases``; where none of the first ``leading`` of them stands in a text, the others do not count."""
        self._tags = [phrase.tags for phrase in phrases]
        self._all = leading is None
        self._strings = _Strings(phrases, len(phrases) if leading is None else leading)

    def find(self, text: Text) -> list[Hit]:
        """All hits in ``text``, by start; words stand alone at both ends."""
        edged = text.edged
        self._strings.scan(edged)
        found = self._strings.found
        if not found:
            return []
        strings, leading, exact = self._strings.strings, self._strings.leading, text.exact
        heard = self._all
        hits: list[Hit] = []
        first: dict[tuple[int, int], int] = {}
        for end, number in found:
            lead, trail, tags, spelled, rest = strings[number]
            start = end - lead
            if spelled is not None and not exact.startswith(spelled, start):
                continue
            if rest is None:
                hits.append((start, end - trail, tags))
                heard = heard or number < leading
                continue
            for begin, stop in _around(exact, edged, start, end - trail, rest):
                key = (rest.phrase, stop)
                first[key] = min(begin, first.get(key, begin))
                heard = heard or number < leading
        if not heard:
            return []
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
    before = rest.before
    if before:
        if not text.endswith(before[-1], 0, start):
            return []
        starts = _before(text, before, start)
    else:
        starts = {start}
    starts = {at for at in starts if edged[at] == BLANK or edged[at + 1] == BLANK}
    if not starts:
        return []
    ends = {end}
    for options in rest.after:
        plain, running = options.plain, options.running
        if not running and len(ends) == 1 and not text.startswith(plain, *ends):
            return []
        ends = {
            *(at + len(option) for at in ends for option in plain if text.startswith(option, at)),
            *(stop for at in ends for option in running for stop in _run(text, at, option)),
        }
        if not ends:
            return []
    return [
        (first, last)
        for last in ends
        if not rest.closed or edged[last] == BLANK or edged[last + 1] == BLANK
        for first in starts
    ]


def _before(text: bytes, segments: Sequence[Sequence[bytes]], start: int) -> set[int]:
    """Where the ``segments`` begin that stand in ``text`` one after the other up to ``start``."""
    starts = {start}
    for options in reversed(segments):
        starts = {at - len(option) for at in starts for option in options if text.endswith(option, 0, at)}
    return starts


def _run(text: bytes, at: int, option: bytes) -> Iterator[int]:
    """Where ``option`` ends if it stands in ``text`` at ``at``; more than once where its ``*`` may run on."""
    head, star, tail = option.partition(_STAR)
    if not text.startswith(head, at):
        return
    at += len(head)
    if not star:
        yield at
        return
    yield from _run(text, at, tail)
    for _ in range(_RUN):
        letter = _LETTER.match(text, at)
        if letter is None:
            return
        at = letter.end()
        yield from _run(text, at, tail)
