"""Finder: every use of a name of the gazetteer in a text, the longest match first.

Only capitalised words are looked at, each by one look-up. An Aho-Corasick automaton over all names was measured beside
it: its scan takes half as long, but gives four hundred hits an article, nearly all within or among plain words, each of
which would have to be checked; it needs 100 MB and most of a second to build.
"""

import re
from typing import Final

from streams.places.folding import SHORT_FORMS, fold
from streams.places.gazetteer import DEMONYM, Gazetteer, Level
from streams.places.mentions import Case, Mention, Sense, Where, case_of, only_demonyms
from streams.places.written import POSSESSIVES, Words, Written

MOST_WORDS: Final = 5
MOST_TEXT: Final = 60_000
"""Characters of a text that are looked at: what comes later never moved an event's place, and costs time."""

_LETTERS: Final = r"[\w\u0300-\u036f]*(?:['’ʼ][\w\u0300-\u036f]+)*"
_ABBREVIATED: Final = r"\.(?:[A-Z]\.|\s?Va\.)+"
_REST: Final = rf"(?<![^\W_].)(?:[\w\u0300-\u036f]+(?:['’ʼ][\w\u0300-\u036f]+)*|{_ABBREVIATED}|{_LETTERS})"
_ASCII_REST: Final = rf"(?<![A-Za-z0-9].)(?:[A-Za-z0-9_]+(?:'[A-Za-z0-9_]+)*|{_ABBREVIATED}|(?:'[A-Za-z0-9_]+)*)"
_CAPITALS: Final = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u02af\u0370-\u03ab\u0400-\u042f\u0460-\u1fff\u3040-\ud7ff"
_CAPITALISED: Final = re.compile(rf"[{_CAPITALS}]{_REST}")
_CAPITALISED_ASCII: Final = re.compile(rf"[A-Z]{_ASCII_REST}")
"""The same for plain ASCII. Both begin with a set of letters, for which the scan is several times as fast than with
the edge of a word in front: that is checked behind the first letter."""
_ANY_WORD: Final = re.compile(rf"(?:\b[A-Za-z]\.){{2,}}|\b[^\W\d_]{_LETTERS}")
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
_LOST_APOSTROPHE: Final = 1_000_000


class Finder:
    """Finds every use of a name of the gazetteer. What it remembers of words only saves time."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._keys = gazetteer.keys
        self._pairs = gazetteer.pairs
        self._senses: dict[int, tuple[tuple[Sense, ...], bool]] = {}
        self._words = Words(gazetteer)

    def find(self, text: str, where: Where) -> list[Mention]:
        """All mentions in ``text`` in order; they never overlap."""
        text = text[:MOST_TEXT]
        case = case_of(text)
        if case is Case.LOWER:
            return self._in_lower_case(text, where)
        known = self._words
        scan = (_CAPITALISED_ASCII if text.isascii() else _CAPITALISED).finditer(text)
        spans = [(found.start(), found.end(), known[found[0]]) for found in scan]
        mentions: list[Mention] = []
        number, last = -1, len(spans) - 1
        while number < last:
            number += 1
            _, end, look = spans[number]
            if not look.begins:
                continue
            lonely = number == last or spans[number + 1][0] - end > _WIDEST_GAP
            if lonely and look.number < 0 and not look.special:
                continue  # only a longer name could begin here
            mention, taken = self._at(text, spans, number, case, where)
            if mention is not None:
                self._link(text, mentions, mention)
                mentions.append(mention)
            number += taken - 1
        return mentions

    def _at(
        self, text: str, spans: list[tuple[int, int, Written]], number: int, case: Case, where: Where
    ) -> tuple[Mention | None, int]:
        """The mention that begins with a word, if any, and how many capitalised words it takes."""
        start, end, look = spans[number]
        if look.special and (senses := self._exact(text, start, end, look, case)):
            stop = end + (senses is look.exact_with_stop)
            return Mention(where, start, stop, text[start:stop], -1, senses, case, exact=True), 1
        if look.most > 1 and (longer := self._longer(text, spans, number, look)):
            last, stop, key, found = longer
            return self._mention(where, (start, stop), key, found, case), last - number + 1
        acronym = 1 < end - start <= 3 and case is not Case.UPPER and text[start:end].isupper()
        if look.plain and text[end : end + 1] != "," and text[max(0, start - 3) : start] != "in ":
            return None, 1
        if look.number < 0 or acronym:
            return None, 1
        return self._mention(where, (start, end - look.cut), look.key, look.number, case), 1

    def _longer(
        self, text: str, spans: list[tuple[int, int, Written]], number: int, look: Written
    ) -> tuple[int, int, str, int] | None:
        """The longest name of several words: its last word, where it ends, its key and its number."""
        start, last_end, previous = spans[number]
        if number + 1 == len(spans) or spans[number + 1][0] - last_end > _WIDEST_GAP:
            return None
        ends: list[tuple[int, int]] = []
        for at in range(number + 1, min(len(spans), number + min(look.most, MOST_WORDS))):
            gap = text[last_end : spans[at][0]]
            short = gap in _SHORT_GAPS and previous.key in SHORT_FORMS
            if gap not in _GAPS and not short:
                break
            following = spans[at][2]
            if not ends and (gap in _PLAIN_GAPS or short):
                # Most capitalised pairs begin no name: one look-up spares writing the phrase out.
                second = following.second
                if f"{look.head} {second}" not in self._pairs and (
                    second not in SHORT_FORMS or f"{look.head} {SHORT_FORMS[second]}" not in self._pairs
                ):
                    return None
            last_end, previous = spans[at][1], following
            ends.append((at, last_end))
        for at, end in reversed(ends):
            stop = end - 2 if text.endswith(POSSESSIVES, start, end) else end
            key = fold(text[start:stop])
            found = self._keys.get(key)
            if found is not None:
                return at, stop, key, found
        return None

    def _mention(self, where: Where, span: tuple[int, int], key: str, number: int, case: Case) -> Mention:
        known = self._senses.get(number)
        if known is None:
            senses = tuple(self._gazetteer.senses(number))
            known = self._senses[number] = senses, only_demonyms(senses)
        return Mention(where, *span, key, number, known[0], case, demonym=known[1])

    def _exact(self, text: str, start: int, end: int, look: Written, case: Case) -> tuple[Sense, ...]:
        """Forms that count in their own spelling only: ``US``, ``Fla.``, ``PA`` after a comma."""
        if look.exact_with_stop and text[end : end + 1] == ".":
            return look.exact_with_stop
        if look.exact:
            return look.exact
        after_comma = look.postal and text[max(0, start - 2) : start].rstrip()[-1:] == ","
        return look.postal if after_comma and case is not Case.UPPER else ()

    def _link(self, text: str, mentions: list[Mention], found: Mention) -> None:
        """Note that ``found`` follows the last mention after a comma or a bracket, as a state follows its town."""
        if not mentions:
            return
        last = mentions[-1]
        if found.start - last.end > 5 or text[last.end : found.start] not in _HOLDING or found.demonym:
            return
        if any(self._gazetteer.level(index) <= Level.ADMIN2 for index, kind in found.senses if kind != DEMONYM):
            last.holder = found
            found.held = True

    def _in_lower_case(self, text: str, where: Where) -> list[Mention]:
        """The mentions of a headline that was made from an address, without capitals and apostrophes."""
        spans = [(w.start(), w.end(), self._words[w[0]]) for w in _ANY_WORD.finditer(text[:2000])]
        mentions: list[Mention] = []
        number = 0
        while number < len(spans):
            start, end, look = spans[number]
            longer = self._longer(text, spans, number, look) if look.most > 1 else None
            if longer is not None:
                last, stop, key, found = longer
                mention: Mention | None = self._mention(where, (start, stop), key, found, Case.LOWER)
                number = last
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
            return Mention(where, start, end, key, -1, senses, Case.LOWER, exact=True)
        for form in (key, key[:-1]) if len(key) > 5 and key.endswith("s") else (key,):
            number = self._keys.get(form)
            if number is None or not self._stands_alone(text, start, number):
                continue
            if (
                form == key
                or max(gazetteer.population[index] for index, _ in gazetteer.senses(number)) > _LOST_APOSTROPHE
            ):
                return self._mention(where, (start, end), form, number, Case.LOWER)
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
