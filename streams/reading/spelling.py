"""Spelling: phrases written out as plain strings, and text brought to the form in which they are looked for.

Strings stand between blanks that mean the edges of words. What they cannot say (a comma is no blank, an inner ``*``,
too many alternatives) goes along with them, to be looked at where one was found.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Final, NamedTuple

from streams.reading.lexicon import Phrase

_LIMIT: Final = 300
"""Strings that one phrase is written out to; of a phrase with more, a part is looked for, and then what is around."""
_TELLING: Final = 8
"""Characters in a string from which more of them do not make it rarer."""
STAR: Final = "*"
_PART: Final = re.compile(
    r"(?P<group>\(\?:)|(?P<either>\|)|(?P<end>\))|(?P<gap>\[\\s\\-\])|(?P<run>\[a-zа-я\]\{0,9\})|\\?(?P<char>.)"
)
_STRANGE: Final = re.compile(r"[^\w\x00-\x7f]")
_ASCII: Final = bytes(range(128))
BLANK: Final = ord(" ")
_CONTROLS: Final = "".join(map(chr, (*range(32), 127)))


def _table(blank: str) -> bytes:
    """A table for ``bytes.translate`` that lowers ASCII letters and turns the characters of ``blank`` to blanks."""
    return bytes(BLANK if chr(code) in blank else ord(chr(code).lower()) if code < 128 else code for code in range(256))


_EXACT: Final = _table(f"{_CONTROLS} -")
"""Blanks are evened out."""
_EDGED: Final = _table("".join(chr(code) for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")))
"""All that is no part of a word is a blank."""


class Options(NamedTuple):
    """Alternatives, of which one has to stand: some as they are, and some with a ``*`` inside that runs on."""

    plain: tuple[bytes, ...]
    running: tuple[bytes, ...]


class Rest(NamedTuple):
    """What has to stand around a string that was found: segments of alternatives before and after it.

    ``closed`` is True when a word has to end after them.
    """

    phrase: int
    before: tuple[tuple[bytes, ...], ...]
    after: tuple[Options, ...]
    closed: bool


class Spelled(NamedTuple):
    """A string that a phrase is looked for by.

    From the end of a match, ``lead`` back is the start of the phrase and ``trail`` back its end; ``spelled`` has to
    stand there unless it is None, and ``rest`` around it.
    """

    lead: int
    trail: int
    tags: int
    spelled: bytes | None
    rest: Rest | None


class Text:
    """UTF-8 in the forms in which phrases are looked for, each made once.

    ``lowered`` is in lower case but for ASCII letters. ``edged`` is the same with all edges of words as blanks, lower
    case throughout, and with one blank more at both ends. ``plain`` is True where all of it is ASCII.
    """

    __slots__ = ("_exact", "edged", "lowered", "plain")

    def __init__(self, data: bytes) -> None:
        self._exact: bytes | None = None
        self.plain = data.isascii()
        edged = data
        if not self.plain:
            lowered = _lower(data.decode())
            edged = data = lowered.encode()
            if not all(map(str.isalnum, set(data.translate(None, _ASCII).decode()))):
                edged = _STRANGE.sub(_blanks, lowered).encode()
        self.lowered = data
        self.edged = (b" %b " % edged).translate(_EDGED)

    @property
    def exact(self) -> bytes:
        """``lowered`` with blanks evened out and all else as it is, for phrases have to agree with it."""
        if self._exact is None:
            self._exact = self.lowered.translate(_EXACT)
        return self._exact


def _blanks(found: re.Match[str]) -> str:
    """As many blanks as what was found has bytes."""
    return " " * len(found.group().encode())


def _lower(text: str) -> str:
    """``text`` in lower case, one character for one."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join([char if len(char.lower()) > 1 else char.lower() for char in text])


def spell(number: int, phrase: Phrase) -> Iterator[tuple[bytes, Spelled]]:
    """Every string to look for in edged text to find ``phrase``, which has ``number``.

    Raises:
        ValueError: braces stand in braces, or nothing is left to look for.
    """
    segments = _segments(phrase.expression)
    first, last = _window(segments)
    texts = sorted({"".join(options) for options in product(*segments[first:last])})
    before = tuple(tuple(option.encode() for option in options) for options in segments[:first])
    after = tuple(map(_options, segments[last:]))
    plain = not before and not after and not any(STAR in text for text in texts) and not _overlap(texts)
    for text in texts:
        begin, star, tail = text.partition(STAR)
        if not begin:
            raise ValueError(f"{phrase.expression!r}: write words that are always there")
        follow = _options((STAR + tail,))
        ends_here = not after and not star
        head = b" " if not before and begin[0].isalnum() else b""
        foot = b" " if ends_here and not phrase.runs_on and begin[-1].isalnum() else b""
        spelled = begin.encode()
        string = Spelled(
            lead=len(spelled) + len(foot) + 1,
            trail=len(foot) + 1,
            tags=phrase.tags,
            spelled=None if begin.isalnum() else spelled,
            rest=None if plain else Rest(number, before, (follow, *after) if star else after, not phrase.runs_on),
        )
        yield head + _edged(begin) + foot, string


def _options(options: Sequence[str]) -> Options:
    return Options(
        plain=tuple(option.encode() for option in options if STAR not in option),
        running=tuple(option.encode() for option in options if STAR in option),
    )


def _window(segments: Sequence[Sequence[str]]) -> tuple[int, int]:
    """From which to which segment to write a phrase out: all of it, or the part that says most in few strings."""
    size = len(segments)
    if prod(map(len, segments)) <= _LIMIT:
        return 0, size
    lengths = [min(len(option.partition(STAR)[0]) for option in options) for options in segments]
    starred = [any(STAR in option for option in options) for options in segments]
    best, window = (0, 0), (0, 1)
    for first in range(size):
        for last in range(first + 1, size + 1):
            count = prod(map(len, segments[first:last]))
            if count <= _LIMIT and (min(_TELLING, sum(lengths[first:last])), -count) > best:
                best, window = (min(_TELLING, sum(lengths[first:last])), -count), (first, last)
            if starred[last - 1]:
                break
        if starred[first]:
            break
    return window


def _overlap(texts: Iterable[str]) -> bool:
    """True when one of ``texts`` ends in another, so that both are found at once: the longer one counts."""
    known = set(texts)
    return any(text[at + 1 :] in known for text in known for at, char in enumerate(text) if not char.isalnum())


def _edged(text: str) -> bytes:
    return Text(text.encode()).edged[1:-1]


def _segments(expression: str) -> list[tuple[str, ...]]:
    """An expression of the lexicon as segments of alternatives, one after the other; ``*`` is a run of letters."""
    segments: list[tuple[str, ...]] = []
    options, inside = [""], False
    for part in _PART.finditer(expression.removeprefix(r"\b").removesuffix(r"\b")):
        kind = part.lastgroup
        if kind == "group" and inside:
            raise ValueError(f"{expression!r}: write no braces in braces")
        if kind in ("group", "end"):
            segments.append(tuple(options))
            options, inside = [""], kind == "group"
        elif kind == "either":
            options.append("")
        else:
            options[-1] += " " if kind == "gap" else STAR if kind == "run" else part["char"]
    segments.append(tuple(options))
    return [options for options in segments if options != ("",)]
