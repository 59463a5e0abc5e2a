"""Hints: which groups of cue words the words around a name may belong to, by one look-up a word.

A search with a regular expression costs several times as much as these look-ups, and mostly finds nothing: only where a
hint is given is it worth while. A hint never misses a cue; it may be given where there is none.
"""

import re
from typing import Final

from streams.places.vocabulary import pattern, words

VIOLENT: Final = 1
POLICE: Final = 2
OFFICIAL: Final = 4
COURT: Final = 8
NATIONAL: Final = 16
REGION: Final = 32
SPEAKER: Final = 64
AFTERMATH: Final = 128
ORIGIN: Final = 256
INSTITUTION: Final = 512
BESIDE: Final = 2048
VIOLENCE: Final = 1024
"""Unlike the others this one is sure: the word is one of violence."""

AFTER: Final = 40
"""Characters after a name that are looked at."""
_BEFORE: Final = 80
"""Characters before a name that are looked at."""

_GROUPS: Final = {
    VIOLENT: ("violence", "scenes", "hitting"),
    POLICE: ("police",),
    OFFICIAL: ("officials",),
    COURT: ("courts",),
    NATIONAL: ("nationals",),
    REGION: ("regions",),
    SPEAKER: ("speakers",),
    AFTERMATH: ("aftermath",),
    ORIGIN: ("origins",),
    BESIDE: ("beside",),
}
_CLOSING: Final = frozenset((".", ",", ";", ")", ""))
_STOPS: Final = (".", ";", "!", "?", "\n")
_VIOLENCE: Final = re.compile(rf"\b(?:{pattern('violence')})\b")
_REMEMBERED: Final = 50_000
"""Words that are remembered; then all are forgotten, so that memory stays bounded."""
_WORDS_AFTER: Final = 4
_FIRST: Final = re.compile(r"\w+")
_INSTITUTIONS: Final = words("institutions")


class _Hints(dict[str, int]):
    """Word in lower case -> its groups; a new word is looked at once."""

    def __init__(self) -> None:
        super().__init__()
        self._groups = [
            (bit, re.compile("|".join(sorted({word.split(" ")[0] for group in groups for word in words(group)}))))
            for bit, groups in _GROUPS.items()
        ]

    def __missing__(self, word: str) -> int:
        if len(self) > _REMEMBERED:
            self.clear()
        found = sum(bit for bit, group in self._groups if group.search(word))
        first = _FIRST.match(word)
        if first is not None and first[0] in _INSTITUTIONS:
            found |= INSTITUTION
        if found & VIOLENT and _VIOLENCE.search(word):
            found |= VIOLENCE
        self[word] = found
        return found


_KNOWN: Final = _Hints()


def after(text: str, end: int) -> int:
    """The groups that the words right after a name may belong to, as bits; none where a stop or a comma follows."""
    if text[end : end + 1] in _CLOSING:
        return 0
    bits = 0
    for word in text[end : end + AFTER].lower().split(None, _WORDS_AFTER)[:_WORDS_AFTER]:
        bits |= _KNOWN[word]
    return bits


def of_words(words_before: list[str]) -> int:
    """The groups that some words in lower case may belong to, as bits."""
    bits = 0
    for word in words_before:
        bits |= _KNOWN[word]
    return bits


def before(text: str, start: int) -> int:
    """The groups that the words before a name, in its own clause, may belong to, as bits."""
    stretch = text[start - _BEFORE if start > _BEFORE else 0 : start].lower()
    for stop in _STOPS:
        if stop in stretch:
            stretch = stretch.rpartition(stop)[2]
    return of_words(stretch.split())
