"""Sentences: the headline, the lead and the sentences around hits; nothing else of an article is looked at closely."""

import re
from collections.abc import Sequence
from typing import Final

from streams.reading.matcher import Hit
from streams.reading.noise import Noise

TITLE: Final = "title"
LEAD: Final = "lead"
BODY: Final = "body"
TAIL: Final = "tail"

MAX_SENTENCES: Final = 14
_LEAD_SENTENCES: Final = 3
_LEAD_CHARS: Final = 600
_MAX_LENGTH: Final = 500
_STOP: Final = re.compile(r"""[.!?\n](?:(?<=\n)\s*|(?<!\n)["')]*[ \t\n]\s*)""")
"""A stop with a blank after it, or a line's end. That it begins with one set of characters makes it fast to search."""
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


def choose(flat: str, body: int, noise: Noise | None, hits: Sequence[Hit]) -> list[Sentence]:
    """The sentences to read, in order: the headline, the first few of the news itself, and those with hits."""
    chosen: list[Sentence] = []
    if body > _GAP:
        chosen.append(Sentence(0, body - _GAP, TITLE))
    size = len(flat)
    lead = _lead_start(flat, body, noise)
    start, end = _around(flat, lead, body)
    early: list[tuple[int, int]] = []
    begin = stop = body
    at = _hit_from(hits, 0, stop)
    while at < len(hits) and len(early) < _MAX_EARLY:
        begin, stop = _around(flat, hits[at][0], stop)
        early.append((begin, stop))
        if begin < start:
            _add(chosen, flat, (begin, stop), noise, BODY)
        at = _hit_from(hits, at, stop)
    lead_left = _LEAD_SENTENCES
    while lead_left and start < size and start < lead + _LEAD_CHARS:
        lead_left -= _add(chosen, flat, (start, end), noise, LEAD)
        start, end = _around(flat, end, end)
    tail = body + (size - body) * 7 // 10 if size - body > _LONG else size
    for begin, stop in early:
        if begin >= start and len(chosen) < MAX_SENTENCES:
            _add(chosen, flat, (begin, stop), noise, TAIL if begin > tail else BODY)
    while at < len(hits) and len(chosen) < MAX_SENTENCES:
        begin, stop = _around(flat, hits[at][0], stop)
        if begin >= start:
            _add(chosen, flat, (begin, stop), noise, TAIL if begin > tail else BODY)
        at = _hit_from(hits, at, stop)
    return chosen


def _hit_from(hits: Sequence[Hit], at: int, position: int) -> int:
    """The number of the first of ``hits``, from number ``at`` on, that begins at ``position`` or after it."""
    size = len(hits)
    while at < size and hits[at][0] < position:
        at += 1
    return at


def _add(chosen: list[Sentence], flat: str, where: tuple[int, int], noise: Noise | None, zone: str) -> bool:
    """Append the sentence that stands ``where`` unless it is blank or noise; tells whether it did."""
    start, end = where
    end = min(end, start + _MAX_LENGTH)
    if start == end or (noise is not None and noise.covers(start)):
        return False
    if flat[start].isspace() and flat[start:end].isspace():
        return False
    chosen.append(Sentence(start, end, zone))
    return True


def _around(flat: str, position: int, known: int) -> tuple[int, int]:
    """Start and end of the sentence at ``position``, where ``known`` is the start of one that is not after it."""
    start = _start(flat, position, known) if position > known else known
    # Before a letter no full stop can be under way.
    at = position if position < len(flat) and flat[position].isalnum() else start
    while True:
        stop = _STOP.search(flat, at)
        if stop is None:
            return start, len(flat)
        at = stop.end()
        if at > position and not _abbreviated(flat, stop.start()):
            return start, at


def _start(flat: str, position: int, known: int) -> int:
    """Where the sentence at ``position`` begins: after the last stop or break before it, or else at ``known``."""
    dot, shout = flat.rfind(".", known, position), flat.rfind("!", known, position)
    question, line = flat.rfind("?", known, position), flat.rfind("\n", known, position)
    while True:
        at = max(dot, shout, question, line)
        if at < 0:
            return known
        if at == line:
            if _breaks(flat, line, known):
                return _skip_blank(flat, line)
            line = flat.rfind("\n", known, line)
            continue
        stop = _STOP.match(flat, at)
        if stop is not None and stop.end() <= position and not _abbreviated(flat, at):
            return stop.end()
        if at == dot:
            dot = flat.rfind(".", known, at)
        elif at == shout:
            shout = flat.rfind("!", known, at)
        else:
            question = flat.rfind("?", known, at)


def _breaks(flat: str, newline: int, known: int) -> bool:
    """True when a sentence ends at ``newline``; it does not where only an abbreviation stands before it."""
    gap = newline
    while gap > known and flat[gap - 1].isspace():
        gap -= 1
    stop = gap
    while stop > known and flat[stop - 1] in "\"')":
        stop -= 1
    return stop == known or flat[gap] not in " \t\n" or not _abbreviated(flat, stop - 1)


def _lead_start(flat: str, body: int, noise: Noise | None) -> int:
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
        if not (noise is not None and noise.covers(start)) and line.strip() != title:
            if first:
                fallback, first = start, False
            tail = line[-3:]
            if len(line) > 60 and ("." in tail or "!" in tail or "?" in tail):
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
