"""Sentences: the headline, the lead and the sentences around hits; nothing else of an article is looked at closely."""

from collections.abc import Sequence
from typing import Final

from streams.reading.matcher import Hit

TITLE: Final = "title"
LEAD: Final = "lead"
BODY: Final = "body"
TAIL: Final = "tail"

MAX_SENTENCES: Final = 22
_LEAD_SENTENCES: Final = 3
_LEAD_CHARS: Final = 600
_MAX_LENGTH: Final = 700
_STOPS: Final = (". ", "! ", "? ", '." ', '?" ', '!" ', ".' ", ".) ")
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
    title_end = body - 2
    if title_end > 0:
        chosen.append(Sentence(0, title_end, TITLE))
    size = len(flat)
    position = lead_end = _lead_start(flat, body, noise)
    for _ in range(_LEAD_SENTENCES):
        if position >= size or position - body > _LEAD_CHARS + (lead_end - body):
            break
        start, end = _bounds(flat, position, body)
        if not _in(noise, start):
            chosen.append(Sentence(start, end, LEAD))
        position = _skip_blank(flat, end)
    tail = body + (size - body) * 7 // 10 if size - body > 1500 else size
    for hit in hits:
        start = hit[0]
        if start < position or start < body:
            if start >= body and start < lead_end and not _in(noise, start) and len(chosen) < MAX_SENTENCES:
                # A hit ahead of the lead (a kicker line, say) counts as body.
                first, last = _bounds(flat, start, body)
                if all(first != sentence.start for sentence in chosen):
                    chosen.append(Sentence(first, last, BODY))
            continue
        if len(chosen) >= MAX_SENTENCES:
            break
        if _in(noise, start):
            continue
        first, last = _bounds(flat, start, body)
        chosen.append(Sentence(max(first, position), last, TAIL if start > tail else BODY))
        position = last
    return chosen


def _lead_start(flat: str, body: int, noise: Sequence[tuple[int, int]]) -> int:
    """Where the news begins: the first line that is no noise, not the headline again, and long enough to be prose."""
    title = flat[: body - 2].strip()
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


def _bounds(flat: str, position: int, body: int) -> tuple[int, int]:
    """The sentence around ``position``, cut at a bounded length."""
    low = max(body, position - _MAX_LENGTH)
    start = max(low, flat.rfind("\n", low, position) + 1)
    for stop in _STOPS:
        at = flat.rfind(stop, start, position)
        while at >= 0 and _abbreviated(flat, at):
            at = flat.rfind(stop, start, at)
        if at >= 0:
            start = max(start, at + len(stop))
    high = min(len(flat), position + _MAX_LENGTH)
    end = flat.find("\n", position, high)
    end = high if end < 0 else end
    for stop in _STOPS:
        at = flat.find(stop, position, end)
        while at >= 0 and _abbreviated(flat, at):
            at = flat.find(stop, at + 1, end)
        if at >= 0:
            end = at + len(stop) - 1
    return start, max(end, position + 1)


def _abbreviated(flat: str, stop: int) -> bool:
    """True when the full stop at ``stop`` belongs to an abbreviation or an initial."""
    if flat[stop] != ".":
        return False
    word = flat[max(0, stop - 6) : stop].split()[-1:] or [""]
    token = word[0].lstrip('("').lower()
    return token in _ABBREVIATIONS or (len(token) == 1 and token.isalpha())
