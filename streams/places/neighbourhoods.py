"""Neighbourhoods: a small place within a great city that the article speaks of too is a part of that city."""

import math
from collections.abc import Sequence
from typing import Final

from streams.places.circumstances import Candidate
from streams.places.gazetteer import Gazetteer, Level
from streams.places.outlets import Home
from streams.places.resolution import flat_km

_GREAT: Final = 150_000
"""Least people of a city that has places of the gazetteer for its neighbourhoods."""
_TIMES: Final = 8
"""So many times as many people has the city at least: a smaller neighbour is a town beside it."""
_REACH_KM: Final = 10.0
"""Radius of a city of a million; the area grows with the people. Within it three places of four that American reports
of shootings name together with their city are put down under the city's name; further out most are suburbs."""
_FARTHEST_KM: Final = 20.0
"""Where the largest cities end too."""
_LIKELY: Final = 0.5


def city_around(gazetteer: Gazetteer, best: Candidate, ranked: Sequence[Candidate], home: Home | None) -> int | None:
    """The city that the best candidate is a neighbourhood of: the outlet's own, or one that is named too.

    A city that merely stands for a direction or an origin ("east of Johannesburg") does not count.
    """
    if best.level != Level.CITY:
        return None
    for candidate in ranked:
        named = candidate.level == Level.CITY and candidate.likelihood > _LIKELY and not candidate.value("opposed")
        if named and _is_around(gazetteer, candidate.place, best.place):
            return candidate.place
    if home is not None and home.place >= 0 and _is_around(gazetteer, home.place, best.place):
        return home.place
    return None


def _is_around(gazetteer: Gazetteer, city: int, part: int) -> bool:
    people = gazetteer.population[city]
    if people < _GREAT or people < _TIMES * gazetteer.population[part]:
        return False
    if gazetteer.region[city] != gazetteer.region[part] or gazetteer.level(city) != Level.CITY:
        return False
    distance = flat_km(gazetteer.lat[city], gazetteer.lon[city], gazetteer.lat[part], gazetteer.lon[part])
    return distance < min(_FARTHEST_KM, _REACH_KM * math.sqrt(people / 1_000_000))
