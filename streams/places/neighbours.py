"""Neighbours: the words right before and after a name."""

import re
from typing import Final

_WORD_BEFORE: Final = re.compile(r"([^\s\"“”()\[\]]+)([\s\"“(\[]*)$")
_WORD_AFTER: Final = re.compile(r"([\s]*)([^\s\"”)\]]+)")
_NEAR: Final = 24
"""Characters before and after a name that its neighbouring words are looked for in."""


def word_before(text: str, start: int) -> tuple[str, bool]:
    """The word before a name, and whether a line's end stands between."""
    stretch = text[start - _NEAR if start > _NEAR else 0 : start]
    if stretch[-1:] == " ":
        word = stretch[:-1].rpartition(" ")[2]
        if word.isalpha():
            return word, False
    found = _WORD_BEFORE.search(stretch)
    return (found[1], "\n" in found[2]) if found else ("", False)


def word_after(text: str, end: int) -> tuple[str, bool]:
    """The word after a name, and whether anything stands between."""
    stretch = text[end : end + _NEAR]
    if stretch[:1] == " ":
        word = stretch[1:].partition(" ")[0]
        if word.isalpha():
            return word, True
    found = _WORD_AFTER.match(stretch)
    return (found[2], bool(found[1])) if found else ("", False)
