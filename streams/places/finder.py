"""Finder: every use of a name of the gazetteer in a text, the longest match first.

Only capitalised words are looked at, each by one look-up. An Aho-Corasick automaton over all names was measured beside
it: its scan takes half as long, but gives four hundred hits an article, nearly all within or among plain words, each of
which would have to be checked; it needs 100 MB and most of a second to build.
"""

import re
from itertools import accumulate
from typing import Final

from streams.places.folding import SHORT_FORMS, fold
from streams.places.gazetteer import DEMONYM, Gazetteer, Level
from streams.places.mentions import Case, Listed, Mention, Sense, Where, case_of
from streams.places.written import Words, Written

MOST_WORDS: Final = 5
MOST_TEXT: Final = 60_000
"""Characters of a text that are looked at: what comes later never moved an event's place, and costs time."""

_LETTERS: Final = r"[\w\u0300-\u036f]*(?:['’ʼ][\w\u0300-\u036f]+)*"
_ABBREVIATED: Final = r"\.(?:[A-Z]\.|\s?Va\.)+"
_REST: Final = rf"(?<![^\W_].)(?:[\w\u0300-\u036f]+(?:['’ʼ][\w\u0300-\u036f]+)*|{_ABBREVIATED}|{_LETTERS})"
_ASCII_REST: Final = rf"(?<![A-Za-z0-9].)(?:[A-Za-z0-9_]+(?:'[A-Za-z0-9_]+)*|{_ABBREVIATED}|(?:'[A-Za-z0-9_]+)*)"
_CAPITALS: Final = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u02af\u0370-\u03ab\u0400-\u042f\u0460-\u1fff\u3040-\ud7ff"
_CAPITALISED: Final = re.compile(rf"([{_CAPITALS}]{_REST})")
_CAPITALISED_ASCII: Final = re.compile(rf"([A-Z]{_ASCII_REST})")
"""The same for plain ASCII. Both begin with a set of letters, for which the scan is several times as fast than with
the edge of a word in front: that is checked behind the first letter. To split by them gives words and gaps in turns,
with no object for each match."""
_ANY_WORD: Final = re.compile(rf"((?:\b[A-Za-z]\.){{2,}}|\b[^\W\d_]{_LETTERS})")
_PLAIN_GAPS: Final = frozenset((" ", "-", "‐", "‑", "\u00a0", "\n", "/"))
_PARTICLES: Final = (
    "of",
    "de",
    "of the",
    "and",
    "la",
    "de la",
    "del",
    "du",
    "da",
    "do",
    "dos",
    "des",
    "den",
    "der",
    "upon",
)
_MORE_PARTICLES: Final = (
    "on",
    "in",
    "le",
    "sur",
    "e",
    "y",
    "am",
    "an der",
    "el",
    "under",
    "by",
    "&",
    "the",
    "les",
    "en",
)
_GAPS: Final = _PLAIN_GAPS | {
    gap.format(word)
    for word in (*_PARTICLES, *_MORE_PARTICLES)
    for gap in (" {} ", "-{}-")
} | {" al-", " el-", "-al-", "-el-", "-by-the-", "-next-the-"}  # fmt: skip
_WIDEST_GAP: Final = max(map(len, _GAPS))
_SHORT_GAPS: Final = frozenset((". ", ".", ".-"))
_HOLDING: Final = frozenset((", ", ",", " (", " , ", ",\u00a0", ", in "))
_LOCATIVE: Final = frozenset(("in", "at", "near", "from", "of", "outside", "across", "around", "inside", "to", "on"))
_LOWER_FORMS: Final = {
    "us": "US", "uk": "UK", "usa": "USA", "uae": "UAE", "nyc": "NYC", "nsw": "NSW", "drc": "DRC", "ny": "N.Y.",
    "nj": "N.J.", "dc": "DC",
}  # fmt: skip
_MEANS_STATES: Final = re.compile(
    r".*\b(?:(?:in|against|the|across|into|from)\s+us\b|us\s+(?:troops?|forces?|military|soldiers?|army|navy|marines?"
    r"|officials?|embassy|president|court|police|citizens?|hostages?|school|college|city|cities|state|base|led|general|air"
    r"|border))"
)
_PLAIN_WORDINESS: Final = 3
"""A name that is a plain word more often than this grade says is no name in a headline without capitals."""
_KNOWN_CITY: Final = 100_000
_VILLAGE: Final = 10_000
"""People under which a place is not what the people of a country are named like."""
_LOST_APOSTROPHE: Final = 1_000_000
_REMEMBERED: Final = 50_000
"""Pairs and rows of words that are remembered; then all are forgotten, so that memory stays bounded."""


class _Split:
    """A text as words that may be names, with what is known of them, and the gaps between.

    Word ``n`` begins at ``edges[2 * n]`` and ends at ``edges[2 * n + 1]``; ``gaps[n]`` stands before it.
    """

    __slots__ = ("edges", "gaps", "looks", "text")

    def __init__(self, text: str, words: re.Pattern[str], known: Words) -> None:
        parts = words.split(text)
        self.text = text
        self.gaps = parts[::2]
        self.edges = list(accumulate(map(len, parts)))
        self.looks = list(map(known.__getitem__, parts[1::2]))


class Finder:
    """Finds every use of a name of the gazetteer. What it remembers of words only saves time."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._keys = gazetteer.keys
        self._pairs = gazetteer.pairs
        self._listed: dict[int, Listed] = {}
        self._phrases: dict[str, Listed | None] = {}
        self._words = Words(gazetteer)

    def find(self, text: str, where: Where) -> list[Mention]:
        """All mentions in ``text`` in order; they never overlap."""
        if len(text) > MOST_TEXT:
            text = text[:MOST_TEXT]
        case = case_of(text)
        if case == Case.LOWER:
            return self._in_lower_case(text, where)
        split = _Split(text, _CAPITALISED_ASCII if text.isascii() else _CAPITALISED, self._words)
        looks, gaps, edges = split.looks, split.gaps, split.edges
        mentions: list[Mention] = []
        past = 0
        for number, look in enumerate(looks):
            if not look.begins or number < past:
                continue
            # A name of several words cannot begin here where the next capitalised word is far away.
            alone = look.most < 2 or len(gaps[number + 1]) > _WIDEST_GAP
            if alone and look.number < 0 and not look.special:
                continue
            mention: Mention | None = None
            start, end = edges[2 * number], edges[2 * number + 1]
            past = number + 1
            if look.special and (form := self._exact(text, start, end, look, case)) is not None:
                mention = Mention(where, start, end + (form is look.exact_with_stop), form, case)
            elif not alone and (longer := self._longer(split, number, look)) is not None:
                last, stop, listed = longer
                mention = Mention(where, start, stop, listed, case)
                past = last + 1
            elif self._counts_alone(text, start, end, look, case):
                mention = Mention(where, start, end - look.cut, self._of(look.key, look.number), case)
            if mention is not None:
                self._link(text, mentions, mention)
                mentions.append(mention)
        return mentions

    def _counts_alone(self, text: str, start: int, end: int, look: Written, case: int) -> bool:
        """True when a word by itself is a name, and not merely an acronym or a plain word like it."""
        if look.number < 0 or (look.acronym and case != Case.UPPER):
            return False
        return not look.plain or text[end : end + 1] == "," or text.endswith("in ", 0, start)

    def _longer(self, split: _Split, number: int, look: Written) -> tuple[int, int, Listed] | None:
        """The longest name of several words: its last word, where it ends, and what is listed under it."""
        looks, gaps = split.looks, split.gaps
        ends: list[int] = []
        previous = look
        for at in range(number + 1, min(len(looks), number + min(look.most, MOST_WORDS))):
            gap = gaps[at]
            short = gap in _SHORT_GAPS and previous.key in SHORT_FORMS
            if not short and gap not in _GAPS:
                break
            following = looks[at]
            if not ends and (short or gap in _PLAIN_GAPS):
                # Most capitalised pairs begin no name: one look-up spares writing the phrase out.
                second = following.second
                if f"{look.head} {second}" not in self._pairs and (
                    second not in SHORT_FORMS or f"{look.head} {SHORT_FORMS[second]}" not in self._pairs
                ):
                    return None
            previous = following
            ends.append(at)
        start = split.edges[2 * number]
        for at in reversed(ends):
            stop = split.edges[2 * at + 1] - looks[at].cut
            phrase = split.text[start:stop]
            listed = self._phrases[phrase] if phrase in self._phrases else self._look_up(phrase)
            if listed is not None:
                return at, stop, listed
        return None

    def _look_up(self, phrase: str) -> Listed | None:
        """What is listed under some words, None where they are no name. Remembered."""
        key = fold(phrase)
        if len(self._phrases) > _REMEMBERED:
            self._phrases.clear()
        number = self._keys.get(key)
        listed = self._phrases[phrase] = None if number is None else self._of(key, number)
        return listed

    def _of(self, key: str, number: int) -> Listed:
        listed = self._listed.get(number)
        if listed is None:
            senses = _without_namesakes(self._gazetteer, tuple(self._gazetteer.senses(number)))
            listed = self._listed[number] = Listed(self._gazetteer, key, number, senses)
        return listed

    def _exact(self, text: str, start: int, end: int, look: Written, case: int) -> Listed | None:
        """Forms that count in their own spelling only: ``US``, ``Fla.``, ``PA`` after a comma."""
        if look.exact_with_stop is not None and text[end : end + 1] == ".":
            return look.exact_with_stop
        if look.exact is not None or look.postal is None:
            return look.exact
        after_comma = text[max(0, start - 2) : start].rstrip()[-1:] == ","
        return look.postal if after_comma and case != Case.UPPER else None

    def _link(self, text: str, mentions: list[Mention], found: Mention) -> None:
        """Note that ``found`` follows the last mention after a comma or a bracket, as a state follows its town."""
        if not mentions:
            return
        last = mentions[-1]
        if found.start - last.end > 5 or found.demonym or text[last.end : found.start] not in _HOLDING:
            return
        if found.listed.holds:
            last.holder = found
            found.held = True

    def _in_lower_case(self, text: str, where: Where) -> list[Mention]:
        """The mentions of a headline that was made from an address, without capitals and apostrophes."""
        split = _Split(text[:2000], _ANY_WORD, self._words)
        mentions: list[Mention] = []
        number = 0
        while number < len(split.looks):
            look, start, end = split.looks[number], split.edges[2 * number], split.edges[2 * number + 1]
            longer = self._longer(split, number, look) if look.most > 1 else None
            if longer is not None:
                number, stop, listed = longer
                mention: Mention | None = Mention(where, start, stop, listed, Case.LOWER)
            else:
                mention = self._lower_word(text, where, start, end)
            if mention is not None:
                self._link(text, mentions, mention)
                mentions.append(mention)
            number += 1
        return mentions

    def _lower_word(self, text: str, where: Where, start: int, end: int) -> Mention | None:
        """A single word, which may have lost its apostrophe too ("georgias")."""
        gazetteer = self._gazetteer
        key = fold(text[start:end])
        if key in _LOWER_FORMS:
            if key == "us" and start > 0 and not _MEANS_STATES.match(text, max(0, start - 12), end + 16):
                return None
            senses = tuple((index, 0) for index in gazetteer.exact[_LOWER_FORMS[key]])
            return Mention(where, start, end, Listed(gazetteer, key, -1, senses), Case.LOWER)
        for form in (key, key[:-1]) if len(key) > 5 and key.endswith("s") else (key,):
            number = self._keys.get(form)
            if number is None or not self._stands_alone(text, start, number):
                continue
            if (
                form == key
                or max(gazetteer.population[index] for index, _ in gazetteer.senses(number)) > _LOST_APOSTROPHE
            ):
                return Mention(where, start, end, self._of(form, number), Case.LOWER)
        return None

    def _stands_alone(self, text: str, start: int, number: int) -> bool:
        """True when a word in a headline without capitals can be a name rather than a plain word."""
        gazetteer = self._gazetteer
        if gazetteer.wordiness(number) > _PLAIN_WORDINESS:
            return False
        if not gazetteer.wordiness(number) and not gazetteer.is_dictionary_word(number):
            return True
        senses = gazetteer.senses(number)
        if any(gazetteer.level(index) <= Level.ADMIN1 for index, _ in senses):
            return True
        before = text[:start].rsplit(None, 1)
        led = bool(before) and before[-1] in _LOCATIVE
        return led or max(gazetteer.population[index] for index, _ in senses) > _KNOWN_CITY


def _without_namesakes(gazetteer: Gazetteer, senses: tuple[Sense, ...]) -> tuple[Sense, ...]:
    """The senses of a name, but of a country's people or adjective ("Spanish") no villages of that name."""
    people = tuple(sense for sense in senses if sense[1] == DEMONYM)
    if any(gazetteer.level(index) == Level.COUNTRY for index, _ in people) and all(
        gazetteer.population[index] < _VILLAGE for index, kind in senses if kind != DEMONYM
    ):
        return people
    return senses
