"""Facts: what is known of each place that a name may mean, whatever an article says."""

import math
import operator
from collections.abc import Sequence
from typing import Final

from streams.places.gazetteer import ALTERNATE, DEMONYM, PRIMARY, Gazetteer, Level
from streams.places.mentions import Sense

FIXED: Final = (
    "population", "below_largest", "country", "admin1", "admin2", "region", "landmark", "alternate", "demonym",
    "capital", "twin_of_region", "small", "alternate_beside",
)  # fmt: skip
"""Features that a sense has in every article."""
_REMEMBERED: Final = 20_000
"""Names whose senses are remembered with their facts; then all are forgotten, so that memory stays bounded."""
_SMALL: Final = math.log10(5010)
_STANDING: Final = {Level.COUNTRY: 4.0, Level.REGION: 1.0, Level.ADMIN1: 0.5}
"""How much sooner than a town of its size a place is meant, in decades of people."""


class Facts:
    """The columns of one sense of a name side by side.

    ``sense`` is the place with the kind of its name; ``narrow`` is the cosine of the latitude; ``fine`` is True of
    towns and counties; ``prior`` is a first guess without the other names, and ``score`` what the ``values`` of FIXED
    amount to.
    """

    __slots__ = (
        "country", "fine", "kind", "lat", "level", "lon", "narrow", "place", "prior", "region", "score", "sense",
        "values",
    )  # fmt: skip

    def __init__(self, gazetteer: Gazetteer, sense: Sense, values: tuple[float, ...], score: float) -> None:
        index, kind = sense
        self.sense = sense
        self.place = index
        self.kind = kind
        self.country = gazetteer.country[index]
        self.region = gazetteer.region[index]
        self.lat = gazetteer.lat[index]
        self.lon = gazetteer.lon[index]
        self.narrow = math.cos(math.radians(self.lat))
        self.level = gazetteer.level(index)
        self.fine = self.level >= Level.ADMIN2
        size = math.log10(gazetteer.population[index] + 10)
        self.prior = size + _STANDING.get(self.level, 0.0) - (1.5 if kind == ALTERNATE else 0.0)
        self.score = score
        self.values = values


class FactBook:
    """The senses of names with their facts; ``weights`` are those of FIXED. What it remembers only saves time."""

    def __init__(self, gazetteer: Gazetteer, weights: Sequence[float]) -> None:
        self._gazetteer = gazetteer
        self._weights = tuple(weights)
        self._known: dict[tuple[str, int], tuple[Facts, ...]] = {}

    def of(self, key: str, number: int, senses: Sequence[Sense]) -> tuple[Facts, ...]:
        """The senses of a name with their facts, the likeliest first."""
        known = self._known.get((key, number))
        if known is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            known = self._known[key, number] = self._look_up(senses)
        return known

    def _look_up(self, senses: Sequence[Sense]) -> tuple[Facts, ...]:
        gazetteer = self._gazetteer
        sizes = [math.log10(gazetteer.population[index] + 10) for index, _ in senses]
        largest = max(sizes)
        has_region = any(gazetteer.level(index) == Level.ADMIN1 for index, _ in senses)
        has_primary = any(kind == PRIMARY for _, kind in senses)
        found = []
        for (index, kind), size in zip(senses, sizes, strict=True):
            level = gazetteer.level(index)
            values = (
                size / 7,
                (size - largest) / 7,
                float(level == Level.COUNTRY),
                float(level == Level.ADMIN1),
                float(level == Level.ADMIN2),
                float(level == Level.REGION),
                float(level == Level.LANDMARK),
                float(kind == ALTERNATE),
                float(kind == DEMONYM),
                float(gazetteer.is_capital(index)),
                float(has_region and level == Level.CITY),
                float(size < _SMALL),
                float(kind == ALTERNATE and has_primary),
            )
            score = sum(map(operator.mul, self._weights, values))
            found.append(Facts(gazetteer, (index, kind), values, score))
        return tuple(sorted(found, key=lambda fact: -fact.prior))
