"""Where an article uses words that the gazetteer knows: candidate names with their offsets, nothing decided yet."""

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Literal

from streams.places.folding import fold
from streams.places.gazetteer import DEMONYM, Gazetteer, Level

Sense = tuple[int, int]
"""A place's index in the gazetteer, and the kind of name that leads to it."""

_CAPITALISED: Final = re.compile(
    r"\bW\.\s?Va\.|(?:\b[A-Z]\.){2,}|\b[^\W\d_a-z][\w\u0300-\u036f]*(?:['’ʼ][\w\u0300-\u036f]+)*"
)
_ANY_WORD: Final = re.compile(r"(?:\b[A-Za-z]\.){2,}|\b[^\W\d_][\w\u0300-\u036f]*(?:['’ʼ][\w\u0300-\u036f]+)*")
_GAPS: Final = frozenset(
    (
        " ",
        "-",
        "‐",
        "‑",
        "\u00a0",
        "\n",
        " of ",
        " de ",
        " of the ",
        " and ",
        " la ",
        " de la ",
        " del ",
        " du ",
        " da ",
    )
    + (" do ", " dos ", " des ", " den ", " der ", " upon ", "-upon-", " on ", "-on-", " in ", "-in-", "-le-", "-sur-")
    + ("-de-", "-la-", "-en-", "-les-", " le ", " sur ", " e ", " y ", " am ", " an der ", "-by-the-", "-next-the-")
    + (" el ", "-el-", "-al-", " al-", " el-", "-the-", " under ", "-under-", " by ", " & ", "/")
)
_SHORT_GAPS: Final = frozenset((". ", ".", ".-"))
_SHORTENED: Final = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_POSTAL_BEFORE: Final = re.compile(r",\s?$")
MOST_WORDS: Final = 5
MOST_TEXT: Final = 60_000
"""Characters of a text that are looked at: what comes later never moved an event's place, and costs time."""


class Case(IntEnum):
    """What capital letters tell in a stretch of text."""

    SENTENCE = 0
    TITLE = 1
    UPPER = 2
    LOWER = 3


@dataclass(slots=True)
class Mention:
    """A use of a name: ``text[start:end]`` of the field, with all places that it may mean.

    ``likelihood`` is that of its being the name of a place at all (recognition fills it in); ``near_home`` is True when
    one of the places lies near the outlet's own town; ``noise`` of a mention in the page's furniture; ``implied`` of a
    description that stands for a name ("the Kazakh capital"). ``holder`` is the
    mention that follows after a comma and may contain it ("Paris" -> "Texas"); ``held`` is True of that second one.
    """

    where: Literal["title", "text"]
    start: int
    end: int
    key: str
    number: int
    senses: tuple[Sense, ...]
    case: Case
    exact: bool = False
    held: bool = False
    dateline: bool = False
    likelihood: float = 0.0
    near_home: bool = False
    noise: bool = False
    implied: bool = False
    holder: "Mention | None" = field(default=None, repr=False)

    @property
    def demonym(self) -> bool:
        """True when the word is an adjective or a people, rather than a name."""
        return bool(self.senses) and all(kind == DEMONYM for _, kind in self.senses)


def case_of(text: str) -> Case:
    """How a headline or a text uses capital letters."""
    words = [word for word in text[:2000].split() if word[0].isalpha()]
    if not words:
        return Case.SENTENCE
    if not any(word[0].isupper() for word in words):
        return Case.LOWER
    if sum(word.isupper() for word in words if len(word) > 1) >= 0.7 * sum(len(word) > 1 for word in words) > 0:
        return Case.UPPER
    capitals = sum(not word[0].islower() for word in words)
    return Case.TITLE if len(words) > 2 and capitals >= 0.7 * len(words) else Case.SENTENCE


class Finder:
    """Finds every use of a name of the gazetteer, longest match first."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._keys = gazetteer.keys
        self._heads = gazetteer.heads
        self._postal = {
            code: index
            for country, code, index in gazetteer.regions
            if country == "US" and index >= 0 and len(code) == 2
        }
        self._senses: dict[int, tuple[Sense, ...]] = {}

    def find(self, text: str, where: Literal["title", "text"]) -> list[Mention]:
        """All mentions in ``text`` in order; they never overlap."""
        text = text[:MOST_TEXT]
        case = case_of(text)
        words = [(w.start(), w.end()) for w in (_ANY_WORD if case is Case.LOWER else _CAPITALISED).finditer(text)]
        mentions: list[Mention] = []
        number = 0
        while number < len(words):
            found, taken = self._at(text, words, number, case, where)
            if found is not None:
                self._link(text, mentions, found)
                mentions.append(found)
            number += taken
        return mentions

    def _at(
        self, text: str, words: list[tuple[int, int]], number: int, case: Case, where: Literal["title", "text"]
    ) -> tuple[Mention | None, int]:
        start, end = words[number]
        word = text[start:end]
        if exact := self._exact(text, word, start, end, case):
            senses, end = exact
            return Mention(where, start, end, text[start:end], -1, senses, case, exact=True), 1
        if word.endswith(("'s", "’s", "ʼs", "'S", "’S")):
            end -= 2
            word = word[:-2]
        if len(word) <= 3 and case in (Case.SENTENCE, Case.TITLE) and word.isupper() and len(word) > 1:
            return None, 1
        key = word.lower() if word.isascii() else fold(word)
        if "'" in key or "’" in key or "." in key:
            key = fold(key)
        most = self._heads.get(_SHORTENED.get(key, key))
        if most is None:
            return (self._lower_case(text, where, start, end, key) if case is Case.LOWER else None), 1
        if most > 1 or key in _SHORTENED:
            last = number
            ends = [(number, end)]
            while last + 1 < len(words) and len(ends) < min(most, MOST_WORDS):
                gap = text[words[last][1] : words[last + 1][0]]
                if gap not in _GAPS and not (
                    gap in _SHORT_GAPS and text[words[last][0] : words[last][1]].lower() in _SHORTENED
                ):
                    break
                last += 1
                ends.append((last, words[last][1]))
            for last, stop in reversed(ends[1:]):
                phrase = text[start:stop]
                if phrase.endswith(("'s", "’s", "ʼs", "'S", "’S")):
                    stop -= 2
                    phrase = phrase[:-2]
                key_of_phrase = fold(phrase)
                found = self._keys.get(key_of_phrase)
                if found is not None:
                    return self._mention(where, start, stop, key_of_phrase, found, case), last - number + 1
        found = self._keys.get(key)
        if case is Case.LOWER:
            return self._lower_case(text, where, start, end, key), 1
        if found is None:
            return None, 1
        return self._mention(where, start, end, key, found, case), 1

    def _mention(
        self, where: Literal["title", "text"], start: int, end: int, key: str, number: int, case: Case
    ) -> Mention:
        senses = self._senses.get(number)
        if senses is None:
            senses = self._senses[number] = tuple(self._gazetteer.senses(number))
        return Mention(where, start, end, key, number, senses, case)

    def _exact(self, text: str, word: str, start: int, end: int, case: Case) -> tuple[tuple[Sense, ...], int] | None:
        """Forms that count in their own spelling only: ``US``, ``Fla.``, ``PA`` after a comma."""
        exact = self._gazetteer.exact
        if end < len(text) and text[end] == "." and word + "." in exact:
            return tuple((index, 0) for index in exact[word + "."]), end + 1
        if word in exact:
            return tuple((index, 0) for index in exact[word]), end
        if len(word) == 2 and word.isupper() and case is not Case.UPPER and word in self._postal:
            if _POSTAL_BEFORE.search(text, max(0, start - 2), start):
                return ((self._postal[word], 0),), end
        return None

    def _lower_case(self, text: str, where: Literal["title", "text"], start: int, end: int, key: str) -> Mention | None:
        """A single word of a headline without capitals, which may have lost its apostrophe too ("georgias")."""
        gazetteer = self._gazetteer
        for form in (key, key[:-1]) if len(key) > 5 and key.endswith("s") else (key,):
            number = self._keys.get(form)
            if number is None or not self._stands_alone(text, start, number):
                continue
            if form != key and max(gazetteer.population[index] for index, _ in gazetteer.senses(number)) < 1_000_000:
                continue
            return self._mention(where, start, end, form, number, Case.LOWER)
        if key in _LOWER_FORMS and (
            key != "us" or _MEANS_STATES.match(text, max(0, start - 12), end + 16) or start == 0
        ):
            index = gazetteer.exact[_LOWER_FORMS[key]]
            return Mention(where, start, end, key, -1, tuple((i, 0) for i in index), Case.LOWER, exact=True)
        return None

    def _stands_alone(self, text: str, start: int, number: int) -> bool:
        """True when a word in a headline without capitals is a name rather than a plain word or a person's name."""
        gazetteer = self._gazetteer
        if gazetteer.wordiness(number) > 3 or text[start : start + 4].isdigit():
            return False
        if not gazetteer.wordiness(number) and not gazetteer.is_dictionary_word(number):
            return True
        senses = gazetteer.senses(number)
        if any(gazetteer.level(index) <= Level.ADMIN1 for index, _ in senses):
            return True
        before = text[:start].rsplit(None, 1)
        return bool(before) and before[-1] in _LOCATIVE or max(gazetteer.population[i] for i, _ in senses) > 100_000

    def _link(self, text: str, mentions: list[Mention], found: Mention) -> None:
        """Note that ``found`` follows the last mention after a comma or a bracket, as a state follows its town."""
        if not mentions:
            return
        last = mentions[-1]
        gap = text[last.end : found.start]
        if gap not in _HOLDING or found.demonym:
            return
        if any(self._gazetteer.level(index) <= Level.ADMIN2 for index, kind in found.senses if kind != DEMONYM):
            last.holder = found
            found.held = True


_LOWER_FORMS: Final = {
    "us": "US", "uk": "UK", "usa": "USA", "uae": "UAE", "nyc": "NYC", "nsw": "NSW", "drc": "DRC", "ny": "N.Y.", "nj": "N.J.",
    "dc": "DC",
}  # fmt: skip
_MEANS_STATES: Final = re.compile(
    r".*\b(?:(?:in|against|the|across|into|from)\s+us\b|us\s+(?:troops?|forces?|military|soldiers?|army|navy|marines?|officials?"
    r"|embassy|president|court|police|citizens?|hostages?|school|college|city|cities|state|base|led|general|air|border))"
)
_LOCATIVE: Final = frozenset(("in", "at", "near", "from", "of", "outside", "across", "around", "inside", "to", "on"))
_HOLDING: Final = frozenset((", ", ",", " (", " , ", ",\u00a0", " in ", ", in "))
