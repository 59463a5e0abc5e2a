"""Mention: a use of words that the gazetteer knows, before anything is decided about it."""

from typing import Final, Literal

from streams.places.gazetteer import DEMONYM, Gazetteer, Level

Sense = tuple[int, int]
"""A place's index in the gazetteer, and the kind of name that leads to it."""

_SAMPLE: Final = 700
"""Characters by which the use of capitals is judged."""

Where = Literal["title", "text"]
"""The field of the article that an offset counts in."""


class Case:
    """What capital letters tell in a stretch of text."""

    SENTENCE: Final = 0
    TITLE: Final = 1
    UPPER: Final = 2
    LOWER: Final = 3


CASES: Final = ("sentence", "title", "upper", "lower")
"""The name of each use of capitals."""


class Listed:
    """What the gazetteer lists under a name, the same for all its uses.

    ``number`` is that of the name in the gazetteer, -1 for a form that is no key of it. ``exact`` is True of a form
    that counts in its own spelling only, ``demonym`` of an adjective or a people, ``holds`` of what can hold a town.
    """

    __slots__ = ("demonym", "exact", "holds", "key", "number", "senses")

    def __init__(self, gazetteer: Gazetteer, key: str, number: int, senses: tuple[Sense, ...]) -> None:
        self.key = key
        self.number = number
        self.senses = senses
        self.exact = number < 0
        self.demonym = only_demonyms(senses) and not self.exact
        self.holds = any(kind != DEMONYM and gazetteer.level(index) <= Level.ADMIN2 for index, kind in senses)


class Mention:
    """A use of a name: ``text[start:end]`` of the field, with all places that it may mean.

    ``key`` to ``demonym`` are those of the name (see Listed). ``likelihood`` is that of its being the name of a place
    at all (recognition fills it in). ``holder`` is the mention that follows after a comma and may contain it ("Paris"
    -> "Texas"); ``held`` is True of that second one. ``near_home`` is True when one of the places lies near the
    outlet's own town; ``noise`` of a mention in the page's furniture; ``implied`` of a description that stands for a
    name ("the Kazakh capital"); ``hint`` tells of the words after it (see hints.after).
    """

    held: bool = False
    dateline: bool = False
    likelihood: float = 0.0
    near_home: bool = False
    noise: bool = False
    implied: bool = False
    hint: int = 0
    holder: "Mention | None" = None

    def __init__(self, where: Where, start: int, end: int, listed: Listed, case: int) -> None:
        self.where = where
        self.start = start
        self.end = end
        self.case = case
        self.listed = listed
        self.key = listed.key
        self.number = listed.number
        self.senses = listed.senses
        self.exact = listed.exact
        self.demonym = listed.demonym


def only_demonyms(senses: tuple[Sense, ...]) -> bool:
    """True when a word is an adjective or a people, rather than a name."""
    return bool(senses) and all(kind == DEMONYM for _, kind in senses)


def case_of(text: str) -> int:
    """How a headline or a text uses capital letters."""
    words = text[:_SAMPLE].split()
    initials = "".join([word[0] for word in words])
    if 2 * sum(map(str.isupper, initials)) < sum(map(str.islower, initials)) and not initials.islower():
        return Case.SENTENCE  # by far the most: one in three words is capitalised, or fewer
    words = [word for word in words if word[0].isalpha()]
    if not words:
        return Case.SENTENCE
    if not any(word[0].isupper() for word in words):
        return Case.LOWER
    longer = [word for word in words if len(word) > 1]
    if sum(word.isupper() for word in longer) >= 0.7 * len(longer) > 0:
        return Case.UPPER
    capitals = sum(not word[0].islower() for word in words)
    return Case.TITLE if len(words) > 2 and capitals >= 0.7 * len(words) else Case.SENTENCE
