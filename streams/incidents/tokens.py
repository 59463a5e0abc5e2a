"""Tokens: the words and marks of an article that tell one event from another.

A token is a rare word, or a mark with a prefix: ``a:17`` an age, ``v:mall`` a kind of venue, ``w:knife`` a kind of
weapon, ``s:robbery`` a kind of scene, and of the headline ``f:court`` how far the story has come. How rare a word is
comes from a table of document frequencies that ``scripts/train_incidents.py`` counted; a word that is not in it is as
rare as can be.
"""

import functools
import re
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Final

import msgspec

MAX_WEIGHT: Final = 70
"""Weight of a word that the table does not know, in tenths of a natural logarithm: one article in a thousand."""

MIN_WEIGHT: Final = 32
"""Words below this weight (more than one article in 25) tell nothing."""

BRIEF_WEIGHT: Final = 14
"""The same for a headline without a body, where every word must serve (one article in four)."""

MAX_TOKENS: Final = 48
"""Words kept of one article; marks come on top."""

_BRIEF_BODY: Final = 20
_LEAD_CHARS: Final = 1500
_LEAD_WORDS: Final = 250
_TITLE_LEAD: Final = 20
_SHORT_STEM: Final = 4
_NUMBER: Final = re.compile(r"[0-9]{1,2}(?![0-9])")
_YEARS_OLD: Final = re.compile(r"[- ]?(?:year|yr)s?[- ]?olds?\b|[- ](?:летн|jährig|ans\b|años)", re.IGNORECASE)
_AGED: Final = (" age ", " aged ", "(aged ")
_MARKS: Final = (("venues", "v:"), ("weapons", "w:"), ("scenes", "s:"))
_STAGES: Final = (("stages", "f:"),)


class _Marks(msgspec.Struct, frozen=True):
    venues: dict[str, list[str]]
    weapons: dict[str, list[str]]
    scenes: dict[str, list[str]]
    stages: dict[str, list[str]]
    corrections: dict[str, list[str]]


@functools.cache
def _marks() -> _Marks:
    data = resources.files("streams.incidents").joinpath("data", "marks.toml").read_bytes()
    return msgspec.toml.decode(data, type=_Marks)


@functools.cache
def _stems(groups: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    """Stem to the marks of ``groups`` (a list of stems and the prefix of its marks) that it gives."""
    found: dict[str, list[str]] = {}
    for group, prefix in groups:
        lists: dict[str, list[str]] = getattr(_marks(), group)
        for mark, stems in lists.items():
            for stem in stems:
                found.setdefault(stem.casefold(), []).append(prefix + mark)
    return {stem: tuple(marks) for stem, marks in found.items()}


@functools.cache
def weights() -> dict[str, int]:
    """The table of words and their weights; a word that is not in it has :data:`MAX_WEIGHT`."""
    data = resources.files("streams.incidents").joinpath("data", "words.tsv").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in data.splitlines() if line and not line.startswith("#"))
    return {word: round(10 * float(rarity)) for word, rarity in pairs}


def weight(word: str) -> int:
    """How much a shared word says: the natural logarithm of its rarity, in tenths."""
    return weights().get(word, MAX_WEIGHT)


def tokens_of(title: Sequence[str], body: Sequence[str], ages: Iterable[int]) -> tuple[str, ...]:
    """The tokens of an article of these words: its rarest words, those of the title first among equals, then its marks.

    ``ages`` are the ages that it tells, see :func:`ages_in`.
    """
    floor = MIN_WEIGHT if len(body) > _BRIEF_BODY else BRIEF_WEIGHT
    heads = set(title)
    distinct = dict.fromkeys((*title, *body))
    found = {word: rarity for word, rarity in zip(distinct, map(_telling, distinct), strict=True) if rarity >= floor}
    for word in heads.intersection(found):
        found[word] += _TITLE_LEAD
    # A stable sort: among words of one rarity those that come first in the article are kept.
    ranked = sorted(found, key=found.__getitem__, reverse=True)[:MAX_TOKENS]
    marks = {f"a:{age}" for age in ages}
    marks.update(*map(_marks_of, heads.union(body[:_LEAD_WORDS])), *map(_stages_of, heads))
    if "drive" in heads and "by" in heads:
        marks.add("s:drive_by")
    return (*ranked, *sorted(marks))


def corrects(title: Sequence[str], body: Sequence[str]) -> bool:
    """True when an article of these words says that it takes back figures which it or others gave before."""
    headline, text = _cues()
    if not headline.isdisjoint(title):
        return True
    lead = " ".join(body[:_LEAD_WORDS])
    return any(cue in lead for cue in text)


def ages_in(*texts: str) -> set[int]:
    """The ages in years that texts tell at their start: "aged 17", "17-year-old", ", 17,"."""
    found = set()
    for text in texts:
        lead = f" {text[:_LEAD_CHARS]}"
        for number in _NUMBER.finditer(lead):
            start, end = number.span()
            before = lead[max(0, start - 6) : start]
            if before[-1:].isalnum():
                continue
            listed = lead[end : end + 1] == "," and before.endswith(", ")
            if listed or before.lower().endswith(_AGED) or _YEARS_OLD.match(lead, end):
                found.add(int(number.group()))
    return found


@functools.cache
def _cues() -> tuple[frozenset[str], tuple[str, ...]]:
    """What says so in a headline, and what in a text."""
    cues = _marks().corrections
    return frozenset(cues["title"]), tuple(cues["text"])


@functools.lru_cache(maxsize=16384)
def _telling(word: str) -> int:
    """The weight of a word that may tell events apart; 0 for a short one, and for numbers but tolls and the like."""
    if len(word) < 3 or (word.isdigit() and (len(word) > 5 or word.startswith(("19", "20")))):
        return 0
    return weight(word)


@functools.lru_cache(maxsize=16384)
def _marks_of(word: str) -> tuple[str, ...]:
    return _found(word, _stems(_MARKS))


@functools.lru_cache(maxsize=16384)
def _stages_of(word: str) -> tuple[str, ...]:
    return _found(word, _stems(_STAGES))


def _found(word: str, stems: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The marks of the stems that a word begins with; a short stem must be all of it but for one letter."""
    found: list[str] = []
    for end in range(2, len(word) + 1):
        marks = stems.get(word[:end])
        if marks and (end > _SHORT_STEM or len(word) - end <= 1):
            found.extend(marks)
    return tuple(found)
