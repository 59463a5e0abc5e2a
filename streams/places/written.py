"""Written: what the gazetteer knows of one word as it is written, whatever surrounds it."""

from typing import Final, NamedTuple

from streams.places.folding import SHORT_FORMS, fold
from streams.places.gazetteer import Gazetteer
from streams.places.mentions import Sense

POSSESSIVES: Final = ("'s", "’s", "ʼs", "'S", "’S")
"""Endings that are no part of a name."""

_PLAINEST: Final = 6
"""A name that is a plain word as often as this counts by itself only where a comma or "in" is next to it."""
_GREAT_TOWN: Final = 100_000
"""People of a town that counts all the same."""
_REMEMBERED: Final = 50_000
"""Words whose look-up is remembered; then all are forgotten, so that memory stays bounded."""


class Written(NamedTuple):
    """One written word.

    ``head`` is what it counts as at the beginning of a longer name, ``second`` what it counts as next to that.
    ``most`` is the number of words of the longest name that begins with it (0: none); ``number`` is that of the name
    that it is by itself (-1: none); ``cut`` counts the characters of a possessive ending; ``begins`` is True when
    any name begins with the word; ``special`` when forms in its own spelling count; ``plain`` when it is
    a plain word nearly always.
    """

    key: str
    head: str
    second: str
    cut: int
    most: int
    number: int
    exact: tuple[Sense, ...]
    exact_with_stop: tuple[Sense, ...]
    postal: tuple[Sense, ...]
    begins: bool
    special: bool
    plain: bool


class Words(dict[str, Written]):
    """What is known of each word met: a new one is looked up once."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        super().__init__()
        self._gazetteer = gazetteer
        self._postal = {
            code: index
            for country, code, index in gazetteer.regions
            if country == "US" and index >= 0 and len(code) == 2
        }

    def __missing__(self, word: str) -> Written:
        if len(self) > _REMEMBERED:
            self.clear()
        found = self[word] = self._look_up(word)
        return found

    def _look_up(self, word: str) -> Written:
        exact = self._gazetteer.exact
        forms = tuple((index, 0) for index in exact.get(word, ()))
        with_stop = tuple((index, 0) for index in exact.get(word + ".", ()))
        postal = ((self._postal[word], 0),) if word in self._postal else ()
        cut = 2 if word.endswith(POSSESSIVES) else 0
        key = fold(word[:-cut] if cut else word)
        head = SHORT_FORMS.get(key, key)
        # Letters with full stops are an abbreviation ("U.N."): a name only in the very form that is listed.
        spelt = "." in word
        most = 0 if spelt else self._gazetteer.heads.get(head, 0)
        special = bool(forms or with_stop or postal)
        number = -1 if spelt else self._gazetteer.keys.get(key, -1)
        return Written(
            key,
            head,
            key.partition(" ")[0],
            cut,
            most,
            number,
            forms,
            with_stop,
            postal,
            bool(most or special),
            special,
            self._is_plain(number),
        )

    def _is_plain(self, number: int) -> bool:
        gazetteer = self._gazetteer
        if number < 0 or gazetteer.wordiness(number) < _PLAINEST:
            return False
        return max(gazetteer.population[index] for index, _ in gazetteer.senses(number)) < _GREAT_TOWN
