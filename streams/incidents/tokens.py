"""Tokens: the words and marks of an article that tell one event from another.

A token is a rare word, or a mark with a prefix: ``a:17`` an age, ``v:mall`` a kind of venue, ``w:knife`` a kind of
weapon, ``s:robbery`` a kind of scene. How rare a word is comes from a table of document frequencies that
``scripts/train_incidents.py`` counted; a word that is not in it is as rare as can be.
"""

import functools
import re
from importlib import resources
from typing import Final

import msgspec

from streams.incidents.sketch import words

MAX_WEIGHT: Final = 70
"""Weight of a word that the table does not know, in tenths of a natural logarithm: one article in a thousand."""

MIN_WEIGHT: Final = 32
"""Words below this weight (more than one article in 25) tell nothing."""

BRIEF_WEIGHT: Final = 14
"""The same for a headline without a body, where every word must serve (one article in four)."""

MAX_TOKENS: Final = 48
"""Words kept of one article; marks come on top."""

_CHARS: Final = 3500
_BRIEF_BODY: Final = 20
_MARK_CHARS: Final = 1500
_SHORT_STEM: Final = 4
_AGE: Final = re.compile(
    r"\b(\d{1,2})[- ]?(?:year|yr)s?[- ]?olds?\b|\baged? (\d{1,2})\b|, (\d{1,2}),"
    r"|\b(\d{1,2})[- ](?:летн|jährig|ans\b|años)",
    re.IGNORECASE,
)
_MARK_PREFIX: Final = {"venues": "v:", "weapons": "w:", "scenes": "s:"}


class _Marks(msgspec.Struct, frozen=True):
    venues: dict[str, list[str]]
    weapons: dict[str, list[str]]
    scenes: dict[str, list[str]]
    corrections: dict[str, list[str]]


@functools.cache
def _marks() -> _Marks:
    data = resources.files("streams.incidents").joinpath("data", "marks.toml").read_bytes()
    return msgspec.toml.decode(data, type=_Marks)


@functools.cache
def _stems() -> dict[str, tuple[str, ...]]:
    """Stem to the marks it gives."""
    found: dict[str, list[str]] = {}
    for group, prefix in _MARK_PREFIX.items():
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


def tokens_of(title: str, text: str) -> tuple[str, ...]:
    """The tokens of an article: its rarest words, those of the title first among equals, then its marks."""
    title_words = words(title)
    body = words(text[:_CHARS])
    floor = MIN_WEIGHT if len(body) > _BRIEF_BODY else BRIEF_WEIGHT
    found: dict[str, int] = {}
    for position, word in enumerate(title_words + body):
        if word in found or not _telling(word):
            continue
        rarity = weight(word)
        if rarity >= floor:
            found[word] = rarity + (20 if position < len(title_words) else 0)
    # A stable sort: among words of one rarity those that come first in the article are kept.
    ranked = sorted(found, key=lambda word: -found[word])[:MAX_TOKENS]
    return (*ranked, *sorted(_marks_of(title, text[:_MARK_CHARS])))


def corrects(title: str, text: str) -> bool:
    """True when the article says that it takes back figures which it or others gave before."""
    cues = _marks().corrections
    if not set(words(title)).isdisjoint(cues["title"]):
        return True
    lead = " ".join(words(text[:_MARK_CHARS]))
    return any(cue in lead for cue in cues["text"])


def _telling(word: str) -> bool:
    if word.isdigit():
        return 3 <= len(word) <= 5 and not word.startswith(("19", "20"))
    return len(word) >= 3


def _marks_of(title: str, lead: str) -> set[str]:
    found = {f"a:{int(age)}" for part in (title, lead) for groups in _AGE.findall(part) for age in groups if age}
    stems = _stems()
    title_words = words(title)
    for word in {*title_words, *words(lead)}:
        for end in range(2, len(word) + 1):
            marks = stems.get(word[:end])
            if marks and (end > _SHORT_STEM or len(word) - end <= 1):
                found.update(marks)
    if "drive" in title_words and "by" in title_words:
        found.add("s:drive_by")
    return found
