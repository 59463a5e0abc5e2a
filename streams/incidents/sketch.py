"""Sketch: a few hashes of a text by which near copies are known.

A bottom-k sketch: the k smallest 64-bit hashes of the distinct word shingles (Broder, "On the resemblance and
containment of documents", 1997; Cohen and Kaplan, "Summarizing data using bottom-k sketches", 2007). Two texts that
share a passage share hashes; texts in other words share none, because six words in a row rarely recur by chance.

Only shingles that begin with a long word are hashed, as in Theobald et al., "SpotSigs" (2008): where shingles begin is
settled by the passage itself, so copies agree on it, and three in four need no hash.
"""

import heapq
import itertools
import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

import xxhash

SIZE: Final = 16
"""Hashes kept of one text."""

COPY_SHARE: Final = 0.3
"""Share of the smaller sketch that must recur in the other for the two to count as copies."""

_LONG: Final = 6
_SHORT: Final = 4
_SHORT_TEXT: Final = 40
_ANCHOR_LETTERS: Final = 7
_ANCHORS: Final = _ANCHOR_LETTERS.__le__
_FEW_ANCHORS: Final = 5
_WORD: Final = re.compile(r"\w+")
_MARKS: Final = "\u2019\u201c\u201d\u2018\u2013\u2014\u2026\u00a0"
"""The quotes, dashes and spaces that are often all that is not ASCII in an English text."""
_ASCII: Final = "".join(chr(code) if chr(code).isalnum() or chr(code) == "_" else " " for code in range(128))


def words(text: str) -> list[str]:
    """The words of a text, compatibility-normalised and case-folded; punctuation and case never tell copies apart."""
    if not text.isascii():
        for mark in _MARKS:
            text = text.replace(mark, " ")
    if text.isascii():
        # The same words as below, several times faster.
        return text.lower().translate(_ASCII).split()
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def sketch(title: Sequence[str], body: Sequence[str]) -> tuple[int, ...]:
    """The sketch of an article of these words, sorted; empty when it has too few words to tell.

    The body alone is sketched where there is one, because desks change the title of a wire story first.
    """
    tokens = body if len(body) >= _SHORT_TEXT else [*title, *body]
    last = len(tokens)
    if last < _SHORT_TEXT:
        width, starts = _SHORT, list(range(last - _SHORT + 1))
    else:
        width = _LONG
        starts = list(itertools.compress(range(last - width + 1), map(_ANCHORS, map(len, tokens))))
        if len(starts) < _FEW_ANCHORS:
            starts = list(range(last - width + 1))
    digest = xxhash.xxh3_64_intdigest
    hashes = {digest(" ".join(tokens[start : start + width]).encode("utf-8", "surrogatepass")) for start in starts}
    return tuple(heapq.nsmallest(SIZE, hashes))


def copy_share(ours: Collection[int], theirs: Collection[int]) -> float:
    """Which share of the smaller of two sketches recurs in the other, from 0 to 1."""
    if not ours or not theirs:
        return 0.0
    return len(set(ours).intersection(theirs)) / min(len(ours), len(theirs))
