"""Sentences: the headline, the lead and the sentences around hits; nothing else of an article is looked at closely."""

import re
from collections.abc import Container, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from streams.reading.matcher import Hit

TITLE: Final = "title"
LEAD: Final = "lead"
BODY: Final = "body"
TAIL: Final = "tail"

MAX_SENTENCES: Final = 14
_LEAD_SENTENCES: Final = 3
_LEAD_CHARS: Final = 600
_MAX_LENGTH: Final = 500
_STOP: Final = re.compile(r"""[.!?]["')]*[ \t\n]\s*|\n\s*""")
_GAP: Final = 2
_TOKEN: Final = 6
"""More letters than an abbreviation has."""
_MAX_EARLY: Final = 2
_LONG: Final = 1500
_ABBREVIATIONS: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "sgt",
        "lt",
        "col",
        "gen",
        "gov",
        "sen",
        "rep",
        "capt",
        "cpl",
        "det",
        "jr",
        "sr",
        "vs",
        "no",
        "inc",
        "co",
        "corp",
        "u.s",
        "u.n",
        "u.k",
        "a.m",
        "p.m",
        "d.c",
        "ave",
        "blvd",
        "rd",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "mass",
        "conn",
        "calif",
        "fla",
        "ill",
        "ind",
        "ga",
        "pa",
        "va",
        "md",
        "mich",
        "minn",
        "wash",
        "ore",
        "ariz",
        "colo",
        "tenn",
        "ala",
        "ky",
        "la",
        "miss",
        "mo",
        "neb",
        "nev",
        "okla",
        "tex",
        "wis",
        "wyo",
        "kan",
        "del",
        "mont",
        "prof",
        "rev",
        "hon",
        "maj",
        "pres",
        "sec",
        "supt",
        "ul",
        "г",
        "ул",
        "им",
    ]
)


class Sentence:
    """Characters ``start`` to ``end`` of the page, with the hits inside; ``tags`` is the union of theirs."""

    __slots__ = ("end", "hits", "start", "tags", "zone")

    def __init__(self, start: int, end: int, zone: str) -> None:
        self.start = start
        self.end = end
        self.zone = zone
        self.tags = 0
        self.hits: list[Hit] = []


def choose(flat: str, body: int, noise: Container[int], hits: Sequence[Hit]) -> list[Sentence]:
    """The sentences to read, in order: the headline, the first few of the news itself, and those with hits."""
    chosen: list[Sentence] = []
    if body > _GAP:
        chosen.append(Sentence(0, body - _GAP, TITLE))
    size = len(flat)
    lead = _lead_start(flat, body, noise)
    start, end = _around(flat, lead, body)
    wanted = _with_hits(flat, body, hits)
    early = list(islice(wanted, _MAX_EARLY))
    for begin, stop in early:
        if begin < start:
            _add(chosen, flat, begin, stop, noise=noise, zone=BODY)
    lead_left = _LEAD_SENTENCES
    while lead_left and start < size and start < lead + _LEAD_CHARS:
        lead_left -= _add(chosen, flat, start, end, noise=noise, zone=LEAD)
        start, end = _around(flat, end, end)
    tail = body + (size - body) * 7 // 10 if size - body > _LONG else size
    for begin, stop in chain(early, wanted):
        if len(chosen) >= MAX_SENTENCES:
            break
        if begin >= start:
            _add(chosen, flat, begin, stop, noise=noise, zone=TAIL if begin > tail else BODY)
    return chosen


def _add(chosen: list[Sentence], flat: str, start: int, end: int, *, noise: Container[int], zone: str) -> bool:
    """Append the sentence from ``start`` to ``end`` unless it is blank or noise; tells whether it did."""
    end = min(end, start + _MAX_LENGTH)
    if start in noise or flat[start:end].isspace() or start == end:
        return False
    chosen.append(Sentence(start, end, zone))
    return True


def _with_hits(flat: str, body: int, hits: Sequence[Hit]) -> Iterator[tuple[int, int]]:
    """Starts and ends of the sentences of the text in which ``hits`` begin, each once."""
    start = end = body
    for hit, _, _ in hits:
        if hit >= end:
            start, end = _around(flat, hit, end)
            yield start, end


def _around(flat: str, position: int, known: int) -> tuple[int, int]:
    """Start and end of the sentence at ``position``, where ``known`` is the start of one that is not after it."""
    start = _line_start(flat, position, known)
    for stop in _STOP.finditer(flat, start):
        if not _abbreviated(flat, stop.start()):
            if stop.end() > position:
                return start, stop.end()
            start = stop.end()
    return start, len(flat)


def _line_start(flat: str, position: int, known: int) -> int:
    """Where the line of ``position`` begins; that of a sentence is the same, but for a break after an abbreviation."""
    newline = flat.rfind("\n", known, position)
    while newline >= 0:
        gap = newline
        while gap > known and flat[gap - 1].isspace():
            gap -= 1
        stop = gap
        while stop > known and flat[stop - 1] in "\"')":
            stop -= 1
        if stop == known or flat[gap] not in " \t\n" or not _abbreviated(flat, stop - 1):
            return _skip_blank(flat, newline)
        newline = flat.rfind("\n", known, gap)
    return known


def _lead_start(flat: str, body: int, noise: Container[int]) -> int:
    """Where the news begins: the first line that is no noise, not the headline again, and long enough to be prose."""
    title = flat[: body - _GAP].strip()
    size = len(flat)
    start = fallback = _skip_blank(flat, body)
    first = True
    for _ in range(25):
        if start >= size:
            break
        end = flat.find("\n", start)
        end = size if end < 0 else end
        line = flat[start:end]
        if start not in noise and line.strip() != title:
            if first:
                fallback, first = start, False
            if len(line) > 60 and any(stop in line[-3:] for stop in ".!?"):
                return start
        start = _skip_blank(flat, end)
    return fallback


def _skip_blank(flat: str, position: int) -> int:
    size = len(flat)
    while position < size and flat[position].isspace():
        position += 1
    return position


def _abbreviated(flat: str, stop: int) -> bool:
    """True when the full stop at ``stop`` belongs to an abbreviation or an initial."""
    if flat[stop] != ".":
        return False
    before = flat[max(0, stop - _TOKEN) : stop]
    if len(before) == _TOKEN and before.isalpha():
        return False
    word = before.split()[-1:] or [""]
    token = word[0].lstrip('("').lower()
    return token in _ABBREVIATIONS or (len(token) == 1 and token.isalpha())
