"""Sketch: a few hashes of a text by which near copies are known.

A bottom-k sketch: the k smallest 64-bit hashes of the distinct word shingles (Broder, "On the resemblance and
containment of documents", 1997; Cohen and Kaplan, "Summarizing data using bottom-k sketches", 2007). Two texts that
share a passage share hashes; texts in other words share none, because six words in a row rarely recur by chance.
"""

import heapq
import re
import unicodedata
from collections.abc import Collection
from typing import Final

import xxhash

SIZE: Final = 16
"""Hashes kept of one text."""

COPY_SHARE: Final = 0.3
"""Share of the smaller sketch that must recur in the other for the two to count as copies."""

_LONG: Final = 6
_SHORT: Final = 4
_SHORT_TEXT: Final = 40
_MAX_CHARS: Final = 6000
_WORD: Final = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text, compatibility-normalised and case-folded; punctuation and case never tell copies apart."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def sketch(title: str, text: str) -> tuple[int, ...]:
    """The sketch of an article, sorted; empty when it has too few words to tell.

    The body alone is sketched where there is one, because desks change the title of a wire story first.
    """
    tokens = words(text[:_MAX_CHARS])
    if len(tokens) < _SHORT_TEXT:
        tokens = words(title) + tokens
    width = _LONG if len(tokens) >= _SHORT_TEXT else _SHORT
    if len(tokens) < width:
        return ()
    hashes = {
        xxhash.xxh3_64_intdigest(" ".join(tokens[start : start + width]).encode("utf-8", "surrogatepass"))
        for start in range(len(tokens) - width + 1)
    }
    return tuple(sorted(heapq.nsmallest(SIZE, hashes)))


def copy_share(ours: Collection[int], theirs: Collection[int]) -> float:
    """Which share of the smaller of two sketches recurs in the other, from 0 to 1."""
    if not ours or not theirs:
        return 0.0
    return len(set(ours).intersection(theirs)) / min(len(ours), len(theirs))
