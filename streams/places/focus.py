"""The place of the event: which of an article's names its headline, its anchors and its dateline support."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.model import Article, Span
from streams.places.circumstances import FEATURE_NUMBERS, Circumstances
from streams.places.gazetteer import Gazetteer
from streams.places.mentions import Mention
from streams.places.outlets import Home
from streams.places.resolution import Name

_UNLIKELY: Final = 0.15
"""Likelihood under which a mention makes no candidate, unless it is near the outlet's home."""
NOTHING_LEADS: Final = 2.0
"""Lead in log-odds at which "cannot be told" wins: a place of one chance in eight is a guess."""


@dataclass(slots=True)
class Candidate:
    """A place that may be the event's, with the features that speak for and against it.

    ``home`` is True of the one candidate that no word of the article names: the outlet's own town; ``nothing`` of the
    answer that the article does not tell (``place`` is then -1). ``likelihood`` is that of any of its names being one
    here; ``mentions`` leaves out the page's furniture.
    """

    place: int
    names: list[Name]
    mentions: list[Mention] = field(default_factory=list)
    likelihood: float = 0.0
    home: bool = False
    nothing: bool = False
    values: list[float] = field(default_factory=list)
    score: float = 0.0

    def value(self, feature: str) -> float:
        """The value of one of the features."""
        return self.values[FEATURE_NUMBERS[feature]]


class Focus:
    """Scores the places of an article as the event's; ``weights`` are learned, in the order of the features."""

    def __init__(self, gazetteer: Gazetteer, weights: Sequence[float]) -> None:
        self._gazetteer = gazetteer
        self._weights = tuple(weights)

    def rank(
        self, article: Article, names: Sequence[Name], anchors: Sequence[Span], home: Home | None
    ) -> list[Candidate]:
        """All candidates, the best first; their scores are log-odds against each other.

        "Cannot be told" stands first only where it leads by NOTHING_LEADS.
        """
        candidates = self.candidates(article, names, anchors, home)
        for candidate in candidates:
            candidate.score = sum(map(operator.mul, self._weights, candidate.values))
        handicap = NOTHING_LEADS if len(candidates) > 1 else 0.0
        return sorted(candidates, key=lambda candidate: candidate.nothing * handicap - candidate.score)

    def candidates(
        self, article: Article, names: Sequence[Name], anchors: Sequence[Span], home: Home | None
    ) -> list[Candidate]:
        """The places named, the outlet's home, and "cannot be told" last, each with the values of the features."""
        by_place: dict[int, Candidate] = {}
        for name in names:
            if any(_counts(mention) for mention in name.mentions):
                by_place.setdefault(name.place(), Candidate(name.place(), [])).names.append(name)
        found = list(by_place.values())
        for candidate in found:
            candidate.likelihood = max(name.likelihood for name in candidate.names)
            candidate.mentions = [m for name in candidate.names for m in name.mentions if not m.noise]
        circumstances = Circumstances(self._gazetteer, article, found, anchors, home)
        for candidate in found:
            candidate.values = circumstances.values(candidate)
        likeliest = max((candidate.likelihood for candidate in found), default=0.0)
        if home is not None and home.place >= 0 and home.place not in by_place:
            values = circumstances.home_values(home, likeliest)
            found.append(Candidate(home.place, [], home=True, values=values))
        found.append(Candidate(-1, [], nothing=True, values=circumstances.nothing_values(likeliest)))
        return found


def _counts(mention: Mention) -> bool:
    """True unless a mention is in the page's furniture, or hardly a place's name and far from the outlet's home."""
    return not mention.noise and (mention.likelihood > _UNLIKELY or mention.near_home)
