"""The place of the event: which of an article's names its headline, its anchors and its dateline support."""

from collections.abc import Mapping, Sequence
from typing import Final

from streams.model import Article, Span
from streams.places.circumstances import FEATURES, Candidate, Circumstances
from streams.places.gazetteer import Gazetteer
from streams.places.names import Name
from streams.places.outlets import Home

_UNLIKELY: Final = 0.15
"""Likelihood under which a mention makes no candidate, unless it is near the outlet's home."""
NOTHING_LEADS: Final = 2.0
"""Lead in log-odds at which "cannot be told" wins: a place of one chance in eight is a guess."""


class Focus:
    """Scores the places of an article as the event's; ``weights`` are learned, by the name of the feature."""

    def __init__(self, gazetteer: Gazetteer, weights: Mapping[str, float]) -> None:
        self._gazetteer = gazetteer
        self._weights = {name: weights.get(name, 0.0) for name in FEATURES}

    def rank(
        self, article: Article, names: Sequence[Name], anchors: Sequence[Span], home: Home | None
    ) -> list[Candidate]:
        """All candidates, the best first; their scores are log-odds against each other.

        "Cannot be told" stands first only where it leads by NOTHING_LEADS.
        """
        candidates = self.candidates(article, names, anchors, home)
        weights = self._weights
        for candidate in candidates:
            score = 0.0
            for feature, value in candidate.values.items():
                score += weights[feature] * value
            candidate.score = score
        handicap = NOTHING_LEADS if len(candidates) > 1 else 0.0
        return sorted(candidates, key=lambda candidate: candidate.nothing * handicap - candidate.score)

    def candidates(
        self, article: Article, names: Sequence[Name], anchors: Sequence[Span], home: Home | None
    ) -> list[Candidate]:
        """The places named, the outlet's home, and "cannot be told" last, each with the values of the features."""
        by_place: dict[int, Candidate] = {}
        for name in names:
            if not _counts(name):
                continue
            fact = name.chosen()
            candidate = by_place.get(fact.place)
            if candidate is None:
                candidate = by_place[fact.place] = Candidate(fact.place, fact.level, fact.country, fact.region)
            candidate.names.append(name)
            candidate.likelihood = max(candidate.likelihood, name.likelihood)
            candidate.mentions += [mention for mention in name.mentions if not mention.noise]
        found = list(by_place.values())
        circumstances = Circumstances(self._gazetteer, article, found, anchors, home)
        likeliest = 0.0
        for candidate in found:
            candidate.values = circumstances.values(candidate)
            likeliest = max(likeliest, candidate.likelihood)
        if home is not None and home.place >= 0 and home.place not in by_place:
            own = Candidate(home.place)
            own.home, own.values = True, circumstances.home_values(home, likeliest)
            found.append(own)
        nothing = Candidate(-1)
        nothing.nothing, nothing.values = True, circumstances.nothing_values(likeliest)
        found.append(nothing)
        return found


def _counts(name: Name) -> bool:
    """True for a name of which a mention is outside the page's furniture, and likely or near the outlet's home."""
    return any(not m.noise and (m.likelihood > _UNLIKELY or m.near_home) for m in name.mentions)
