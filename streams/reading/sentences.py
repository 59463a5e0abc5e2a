"""Sentences: the headline, the lead and the sentences around hits; nothing else of an article is looked at closely."""

import re
from bisect import bisect_right
from collections.abc import Sequence
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


def choose(flat: str, body: int, noise: Sequence[tuple[int, int]], hits: Sequence[Hit]) -> list[Sentence]:
    """The sentences to read, in order: the headline, the first few of the news itself, and those with hits."""
    chosen: list[Sentence] = []
    if body > _GAP:
        chosen.append(Sentence(0, body - _GAP, TITLE))
    size = len(flat)
    lead = _lead_start(flat, body, noise)
    last_hit = max((hit[0] for hit in hits), default=0)
    starts = _starts(flat, body, min(size, max(last_hit, lead + _LEAD_CHARS) + _MAX_LENGTH))
    index = max(0, bisect_right(starts, lead) - 1)
    wanted = sorted({bisect_right(starts, hit[0]) - 1 for hit in hits if hit[0] >= body})
    for number in wanted[:_MAX_EARLY]:
        if number < index:
            _add(chosen, flat, starts, number, noise=noise, zone=BODY)
    lead_left = _LEAD_SENTENCES
    while lead_left and index < len(starts) and starts[index] < lead + _LEAD_CHARS:
        lead_left -= _add(chosen, flat, starts, index, noise=noise, zone=LEAD)
        index += 1
    tail = body + (size - body) * 7 // 10 if size - body > _LONG else size
    for number in wanted:
        if len(chosen) >= MAX_SENTENCES:
            break
        if number >= index:
            _add(chosen, flat, starts, number, noise=noise, zone=TAIL if starts[number] > tail else BODY)
    return chosen


def _add(
    chosen: list[Sentence],
    flat: str,
    starts: Sequence[int],
    number: int,
    *,
    noise: Sequence[tuple[int, int]],
    zone: str,
) -> bool:
    """Append the sentence ``number`` unless it is blank or noise; tells whether it did."""
    start = starts[number]
    end = starts[number + 1] if number + 1 < len(starts) else len(flat)
    end = min(end, start + _MAX_LENGTH)
    if (noise and _in(noise, start)) or not flat[start:end].strip():
        return False
    chosen.append(Sentence(start, end, zone))
    return True


def _starts(flat: str, body: int, end: int) -> list[int]:
    """Where the sentences of the text begin, up to ``end``."""
    stops = _STOP.finditer(flat, body, end)
    return [body, *(stop.end() for stop in stops if not _abbreviated(flat, stop.start()))]


def _lead_start(flat: str, body: int, noise: Sequence[tuple[int, int]]) -> int:
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
        if not _in(noise, start) and line.strip() != title:
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


def _in(spans: Sequence[tuple[int, int]], position: int) -> bool:
    return any(start <= position < end for start, end in spans)


def _abbreviated(flat: str, stop: int) -> bool:
    """True when the full stop at ``stop`` belongs to an abbreviation or an initial."""
    if flat[stop] != ".":
        return False
    word = flat[max(0, stop - 6) : stop].split()[-1:] or [""]
    token = word[0].lstrip('("').lower()
    return token in _ABBREVIATIONS or (len(token) == 1 and token.isalpha())
