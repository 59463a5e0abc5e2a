"""Page: an article's title and text as one string to read, with a way back to the characters as they were given.

Typography is evened out, markup is blanked and page noise is marked, so that the readers after it see plain news. All
of it keeps lengths where it can; where it cannot (decomposed accents, zero-width characters) a list of shifts leads
back.
"""

import re
import unicodedata
from bisect import bisect_right
from typing import Final, Literal

from streams.model import Article, Span
from streams.reading.noise import Noise

MAX_CHARS: Final = 60_000
"""Characters of title and text that are read. News is shorter; what is longer is a log or an attack on the reader."""

_GAP: Final = "\n\n"
_EVENED: Final = {
    "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"',
    "\u00a0": " ", "\u202f": " ", "\u2013": "-", "\u2014": "-", "\u2011": "-", "\u2010": "-", "\u02bc": "'",
    "\u00b4": "'", "\u2032": "'", "\u2028": "\n", "\u2009": " ", "\u0451": "\u0435", "\u0401": "\u0415",
}  # fmt: skip
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]+")
_COMPOSABLE: Final = re.compile(r"[^\W\d_][\u0300-\u036f]+")
_MARKUP: Final = re.compile(
    r"</?(?:p|div|br|a|span|b|i|h\d|li|ul|img|script|style|td|tr|table|em|strong|html|body)\b", re.IGNORECASE
)
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONTROLS: Final = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")
_ASCII: Final = bytes(range(128))
_SHIFTING: Final = frozenset(
    chr(code) for code in range(0x10000) if 0x300 <= code < 0x370 or _INVISIBLE.match(chr(code))
)
"""Characters that may be dropped or composed with the one before."""
_MANY: Final = 600
"""Bytes beyond ASCII from which the text is looked through for each odd character, instead of listing its own."""


class Page:
    """Title, gap and text as they are read.

    ``data`` is UTF-8 for the matcher, which takes control characters for blanks; ``body`` is where the text begins in
    ``flat``; ``marked_up`` is True where it has tags. No more than ``chars`` of the text are taken.
    """

    __slots__ = ("_flat", "_noise", "_raw", "_shifts", "body", "data", "marked_up", "text_at", "title_end")

    def __init__(self, article: Article, chars: int = MAX_CHARS) -> None:
        title = article.title[:2000]
        raw = f"{title}{_GAP}{article.text[: min(chars, MAX_CHARS - len(title))]}"
        self._shifts: tuple[list[int], list[int]] | None = None
        self.title_end = len(title)
        self.text_at = self.title_end + len(_GAP)
        if not raw.isascii():
            raw = self._evened(raw)
        self.marked_up = "<" in raw and _MARKUP.search(raw) is not None
        if self.marked_up:
            raw = _blank_markup(raw)
        self._raw = raw
        self.data = raw.encode()
        self.body = self.flat_position(self.text_at)
        self._flat: str | None = None
        self._noise: Noise | None = None

    @property
    def flat(self) -> str:
        """The string to read: one character for each of ``data``, without control characters."""
        # Most pages stay behind the gate, and what they would need is not made.
        if self._flat is None:
            self._flat = (
                _CONTROL.sub(" ", self._raw)
                if len(self.data.translate(None, _CONTROLS)) != len(self.data)
                else self._raw
            )
        return self._flat

    def noise_in_text(self) -> Noise:
        """The stretches of the text that are no news: navigation, credits, cookie notes."""
        if self._noise is None:
            self._noise = Noise(self.flat, self.body)
        return self._noise

    def flat_position(self, original: int) -> int:
        """Where character ``original`` of title, gap and text stands in ``flat``."""
        if self._shifts is None:
            return original
        at, shift = self._shifts
        for index in range(len(at) - 1, -1, -1):
            if at[index] + shift[index] <= original:
                return original - shift[index]
        return original

    def original(self, position: int) -> int:
        """The inverse of :meth:`flat_position`."""
        if self._shifts is None:
            return position
        at, shift = self._shifts
        index = bisect_right(at, position) - 1
        return position + (shift[index] if index >= 0 else 0)

    def span(self, start: int, end: int, weight: float = 1.0) -> Span:
        """Characters ``start`` to ``end`` of ``flat`` as a stretch of the article's own title or text."""
        where: Literal["title", "text"] = "title" if start < self.body else "text"
        first, last = self.original(start), self.original(end)
        if where == "text":
            return Span(where=where, start=first - self.text_at, end=last - self.text_at, weight=weight)
        return Span(where=where, start=first, end=min(last, self.title_end), weight=weight)

    def _evened(self, raw: str) -> str:
        """``raw`` with plain quotes, dashes and blanks, composed accents and no invisible characters."""
        raw, data = _encodable(raw)
        beyond = data.translate(None, _ASCII)
        found = set(beyond.decode()) if len(beyond) <= _MANY else _EVENED.keys() | _SHIFTING
        for odd in _EVENED.keys() & found:
            raw = raw.replace(odd, _EVENED[odd])
        if not _SHIFTING.isdisjoint(found) and (_INVISIBLE.search(raw) or not unicodedata.is_normalized("NFC", raw)):
            raw = self._composed(raw)
        return raw

    def _composed(self, raw: str) -> str:
        """Compose accents and drop invisible characters, noting where the lengths part."""
        pieces: list[str] = []
        at: list[int] = []
        shift: list[int] = []
        copied = length = moved = 0
        for found in sorted([*_INVISIBLE.finditer(raw), *_COMPOSABLE.finditer(raw)], key=lambda match: match.start()):
            if found.start() < copied:
                continue
            old = found.group()
            new = "" if _INVISIBLE.match(old) else unicodedata.normalize("NFC", old)
            pieces += (raw[copied : found.start()], new)
            length += found.start() - copied + len(new)
            copied = found.end()
            if len(new) != len(old):
                moved += len(old) - len(new)
                at.append(length)
                shift.append(moved)
        pieces.append(raw[copied:])
        self._shifts = (at, shift)
        return "".join(pieces)


def _encodable(raw: str) -> tuple[str, bytes]:
    """``raw`` with lone surrogates made harmless, one for one, and its UTF-8 form."""
    try:
        return raw, raw.encode()
    except UnicodeEncodeError:
        data = raw.encode("utf-8", "replace")
        return data.decode(), data


def _blank_markup(raw: str) -> str:
    """``raw`` with tags, scripts and styles turned to blanks of the same length.

    A parser would build a tree and lose the offsets that quotes and map marks need, so the text stays in place.
    """
    lowered = raw.lower() if len(raw.lower()) == len(raw) else raw
    pieces: list[str] = []
    copied = 0
    for opening, closing in (("<script", "</script"), ("<style", "</style"), ("<!--", "-->")):
        pieces, copied, position = [], 0, lowered.find(opening)
        while position >= 0:
            end = lowered.find(closing, position)
            end = len(raw) if end < 0 else end
            pieces += (raw[copied:position], " " * (end - position))
            copied = end
            position = lowered.find(opening, end + 1)
        raw = "".join(pieces) + raw[copied:]
    return _TAG.sub(
        lambda tag: _BREAK.get(tag.group()[1:3].lower().strip(">/ "), " ") + " " * (len(tag.group()) - 1), raw
    )


_BREAK: Final = dict.fromkeys(("p", "/p", "br", "di", "/d", "li", "/l", "h1", "h2", "h3", "/h", "td", "tr"), "\n")
