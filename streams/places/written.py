"""Written: what the gazetteer knows of one word as it is written, whatever surrounds it."""

from typing import Final

from streams.places.folding import SHORT_FORMS, fold
from streams.places.gazetteer import PRIMARY, Gazetteer
from streams.places.mentions import Listed

POSSESSIVES: Final = ("'s", "’s", "ʼs", "'S", "’S")
"""Endings that are no part of a name."""

_PLAINEST: Final = 6
"""A name that is a plain word as often as this counts by itself only where a comma or "in" is next to it."""
_GREAT_TOWN: Final = 100_000
"""People of a town that counts all the same."""
_REMEMBERED: Final = 50_000
"""Words whose look-up is remembered; then all are forgotten, so that memory stays bounded."""


class Written:
    """One written word.

    ``head`` is what it counts as at the beginning of a longer name, ``second`` what it counts as next to that.
    ``most`` is the number of words of the longest name that begins with it (0: none); ``number`` is that of the name
    that it is by itself (-1: none); ``cut`` counts the characters of a possessive ending; ``begins`` is True when
    any name begins with the word; ``special`` when forms in its own spelling count; ``plain`` when it is
    a plain word nearly always; ``acronym`` when it is two or three capitals.
    """

    __slots__ = (
        "acronym", "begins", "cut", "exact", "exact_with_stop", "head", "key", "most", "number", "plain", "postal",
        "second", "special",
    )  # fmt: skip

    def __init__(self, word: str, key: str, cut: int) -> None:
        self.key = key
        self.head = SHORT_FORMS.get(key, key)
        self.second = key.partition(" ")[0]
        self.cut = cut
        self.most = 0
        self.number = -1
        self.exact: Listed | None = None
        self.exact_with_stop: Listed | None = None
        self.postal: Listed | None = None
        self.begins = False
        self.special = False
        self.plain = False
        self.acronym = 1 < len(word) <= 3 and word.isupper()


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
        gazetteer = self._gazetteer
        cut = 2 if word.endswith(POSSESSIVES) else 0
        look = Written(word, fold(word[:-cut] if cut else word), cut)
        look.exact = self._form(word, gazetteer.exact.get(word, ()))
        look.exact_with_stop = self._form(word + ".", gazetteer.exact.get(word + ".", ()))
        if word in self._postal:
            look.postal = self._form(word, (self._postal[word],))
        if "." not in word:
            # Letters with full stops are an abbreviation ("U.N."): a name only in the very form that is listed.
            look.most = gazetteer.heads.get(look.head, 0)
            look.number = gazetteer.keys.get(look.key, -1)
        look.special = bool(look.exact or look.exact_with_stop or look.postal)
        look.begins = bool(look.most or look.special)
        look.plain = self._is_plain(look.number)
        return look

    def _form(self, form: str, places: tuple[int, ...]) -> Listed | None:
        """What is listed under a form in its own spelling; None where nothing is."""
        return Listed(self._gazetteer, form, -1, tuple((index, PRIMARY) for index in places)) if places else None

    def _is_plain(self, number: int) -> bool:
        gazetteer = self._gazetteer
        if number < 0 or gazetteer.wordiness(number) < _PLAINEST:
            return False
        return max(gazetteer.population[index] for index, _ in gazetteer.senses(number)) < _GREAT_TOWN
