"""Levels: official terror-threat levels: which one a sentence names, which way it went, and where it stands.

The scales are data (``data/levels.toml``): the same word ranks differently from country to country, so that a level
gets its rank only when the country is known (:func:`settle`).
"""

import re
import tomllib
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Final, NamedTuple

import msgspec

from streams.model import Direction, EventTime, ThreatLevel
from streams.reading.expiry import ExpiryReader
from streams.reading.sentences import Sentence
from streams.reading.tags import mask

HIGHEST: Final = "highest"
SECOND: Final = "second-highest"
LOWEST: Final = "lowest"

_LEVEL: Final = mask("level")
_UP: Final = mask("level_up")
_DOWN: Final = mask("level_down")
_KEPT: Final = mask("level_kept")
_RELATIVE: Final = {
    "highest": HIGHEST, "top": HIGHEST, "maximum": HIGHEST, "most severe": HIGHEST, "second-highest": SECOND,
    "second highest": SECOND, "lowest": LOWEST, "высший": HIGHEST, "высочайший": HIGHEST, "maximal": HIGHEST,
    "máximo": HIGHEST, "maximale": HIGHEST, "höchste": HIGHEST,
}  # fmt: skip
_LEVEL_WORD: Final = r"(?:level|niveau|nivel|stufe|warnstufe|terrorwarnstufe|уровня|уровень)"
_DIGITS: Final = {
    word: str(number)
    for number, words in enumerate(
        (
            "one eins erste", "two deux dos zwei", "three trois tres drei", "four quatre cuatro vier",
            "five cinq cinco fünf",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_ENDS: Final = r"(?=\W*\Z|[.,;:]|\s+(?:from|after|on|amid|de|von|le|am|el|erhöht|gesenkt|angehoben|herabgestuft)\b)"
"""What may follow a level's number that stands by itself: ``cut to three after a week``, not ``to three men``."""


class Scale(NamedTuple):
    """One country's levels from the lowest; each level is a tuple of the names it goes by, the first being its own."""

    country_code: str
    levels: tuple[tuple[str, ...], ...]


class Levels:
    """The scales of all countries, and a reader of sentences about them.

    Raises on construction:
        ValueError: ``data/levels.toml`` has a scale without levels or two names alike in one scale.
    """

    def __init__(self) -> None:
        source = (files("streams.reading") / "data" / "levels.toml").read_text(encoding="utf-8")
        self.scales: dict[str, Scale] = {}
        self._expiry = ExpiryReader()
        names: set[str] = set()
        for code, entry in tomllib.loads(source)["scale"].items():
            levels = tuple(tuple(name.lower() for name in level) for level in entry["levels"])
            flat = [name for level in levels for name in level]
            if not flat or len(flat) != len(set(flat)):
                raise ValueError(f"levels.toml, {code}: give each level its own names, lowest first")
            self.scales[code] = Scale(code, levels)
            names.update(name for name in flat if not name.isdigit())
        words = "|".join(re.escape(name) for name in sorted([*names, *_RELATIVE], key=len, reverse=True))
        digits = "|".join(["[1-5]", *_DIGITS])
        near = r"(?:terrorwarnstufe|terrorstufe|level|alert|threat|risk|уров|niveau|nivel|stufe|warnstufe)"
        self._from_to = re.compile(
            rf"\b(?:from|de|du|del|von|с)\s+(?:{_LEVEL_WORD}\s+)?[\"']?({words}|{digits})[\"']?,?.{{0,40}}?"
            rf"\b(?:to|à|au|a|al|auf|до)\s+(?:the\s+)?(?:{_LEVEL_WORD}\s+)?[\"']?({words}|{digits})\b"
        )
        self._named = re.compile(
            rf"\b({words})\b[\"',]*(?:\s+[\w\"'-]+){{0,3}}?\s+{near}|{near}\w*\W+(?:[\w\"'-]+\W+){{0,7}}?[\"']?({words})\b|\b{_LEVEL_WORD}\s+({digits})\b"
            rf"|\b(?:to|auf|до)\s+(?:a\s+|the\s+|its\s+)?[\"']?({words})\b"
            rf"|\b(?:to|at|auf|bei|à|a|en)\s+({digits})\b{_ENDS}"
        )

    def read(self, sentence: str, tags: int) -> ThreatLevel | None:
        """The level that ``sentence`` speaks of, not yet on any country's scale; None when it names none."""
        lowered = sentence.lower()
        moved = self._from_to.search(lowered)
        if moved is not None:
            previous, level = (_plain(moved.group(n)) for n in (1, 2))
            return ThreatLevel(level=level, previous=previous, direction=_direction(tags, lowered, moved.end()))
        named = self._named.search(lowered)
        if named is None:
            return None
        level = _plain(next(group for group in named.groups() if group))
        return ThreatLevel(level=level, direction=_direction(tags, lowered, named.start()))

    def dated(
        self, level: ThreatLevel, flat: str, sentences: Sequence[Sentence], time: EventTime, published: datetime
    ) -> ThreatLevel:
        """``level`` with its expiry, where one of the ``sentences`` of ``flat`` about it tells one."""
        if level.direction is Direction.LOWERED:
            return level
        before = 0
        for sentence in sentences:
            words = flat[sentence.start : sentence.end]
            if sentence.tags & _LEVEL or (before & _LEVEL and self._expiry.means_it(words)):
                end = self._expiry.read(words, published, time.at)
                if end is not None:
                    return msgspec.structs.replace(level, expires_at=end)
            before = sentence.tags
        return level

    def settle(self, level: ThreatLevel, country_code: str | None, area: str | None) -> ThreatLevel:
        """``level`` on the scale of ``country_code``: its own word, rank and number of levels."""
        scale = self.scales.get(country_code or "")
        word = level.level
        if scale is None:
            known = None if word in (HIGHEST, SECOND, LOWEST) else word
            return ThreatLevel(
                country_code=country_code,
                area=area,
                level=known,
                direction=level.direction,
                previous=level.previous,
                expires_at=level.expires_at,
            )
        rank = _rank(scale, word)
        before = _rank(scale, level.previous)
        direction = level.direction
        if rank and before and rank != before:
            direction = Direction.RAISED if rank > before else Direction.LOWERED
        return ThreatLevel(
            country_code=country_code,
            area=area,
            level=scale.levels[rank - 1][0] if rank else None if word in (HIGHEST, SECOND, LOWEST) else word,
            rank=rank,
            of=len(scale.levels),
            direction=direction,
            previous=scale.levels[before - 1][0] if before else level.previous,
            expires_at=level.expires_at,
        )


def _rank(scale: Scale, word: str | None) -> int | None:
    if word is None:
        return None
    top = len(scale.levels)
    if word in (HIGHEST, SECOND, LOWEST):
        return {HIGHEST: top, SECOND: top - 1, LOWEST: 1}[word]
    for rank, names in enumerate(scale.levels, start=1):
        if word in names or word == str(rank):
            return rank
    return None


def _plain(word: str) -> str:
    return _DIGITS.get(word) or _RELATIVE.get(word) or word


def _direction(tags: int, lowered: str, position: int) -> Direction:
    """Up, down or kept by the verbs of the sentence; a level that is declared without more has gone up."""
    up = tags & _UP or _UP_ELSEWHERE.search(lowered)
    down = tags & _DOWN or _DOWN_ELSEWHERE.search(lowered)
    kept = tags & _KEPT or _KEPT_ELSEWHERE.search(lowered)
    if down and not kept:
        return Direction.LOWERED
    if kept and not (up and _nearer_up(lowered, position)):
        return Direction.KEPT
    return Direction.LOWERED if down else Direction.RAISED


_ELSEWHERE_UP: Final = (
    r"\brelev|\brehauss|\bélev|\bpasse au|\bactiv|\bsube\b|\bsubió|\beleva|\berhöh|\bangehoben|\bausgerufen"
)
_ELSEWHERE_KEPT: Final = (
    r"\bmainten|\bmaintien|\binchang|\bmantiene|\bmantendr|\bprorrog|\bbleibt|\bbeibehalten|\bverlänger|\bunverändert"
)
"""French, Spanish and German verbs; the lexicon has those of English and Russian."""
_UP_ELSEWHERE: Final = re.compile(_ELSEWHERE_UP)
_DOWN_ELSEWHERE: Final = re.compile(
    r"\babaiss|\bramen|\bréduit|\brebaja|\bbaja\b|\bbajó|\breduce\b|\breducido|\bgesenkt|\bsenkt|\bherabgestuft"
)
_KEPT_ELSEWHERE: Final = re.compile(_ELSEWHERE_KEPT)
_UP_WORDS: Final = re.compile(
    rf"rais|hik|elevat|increas|upgrad|declar|impos|introduc|placed|put on|set at|повы|введ|объяв|{_ELSEWHERE_UP}"
)
_KEPT_WORDS: Final = re.compile(
    rf"remain|stay|kept|keep|exten|maintain|unchanged|prolong|renew|retain|продл|сохран|{_ELSEWHERE_KEPT}"
)


def _nearer_up(lowered: str, position: int) -> bool:
    up = min((abs(found.start() - position) for found in _UP_WORDS.finditer(lowered)), default=9999)
    kept = min((abs(found.start() - position) for found in _KEPT_WORDS.finditer(lowered)), default=9999)
    return up < kept
