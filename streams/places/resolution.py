"""Which of the places of one name is meant: all names of an article are settled together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.places.gazetteer import ALTERNATE, DEMONYM, Gazetteer, Level
from streams.places.mentions import Mention, Sense
from streams.places.outlets import Home

FEATURES: Final = (
    "population", "below_largest", "country", "admin1", "admin2", "region", "landmark", "alternate", "demonym",
    "capital", "held_inside", "held_outside", "country_named", "region_named", "share_country", "share_region",
    "share_near", "closest", "home_country", "home_region", "home_near", "dateline_region", "twin_of_region", "small",
)  # fmt: skip
ROUNDS: Final = 2
TWIN_KM: Final = 100.0
"""A town this near to the middle of the region of its name is what the name mostly means."""


@dataclass(slots=True)
class Name:
    """One name of an article with all its mentions: one sense per article."""

    key: str
    mentions: list[Mention]
    senses: tuple[Sense, ...]
    holders: list["Name"] = field(default_factory=list)
    likelihood: float = 0.0
    says_region: bool = False
    scores: list[float] = field(default_factory=list)
    choice: int = -1

    @property
    def place(self) -> int:
        """The gazetteer's index of the place that was chosen."""
        return self.senses[self.choice][0]


@dataclass(slots=True)
class Support:
    """What the rest of the article says of countries and regions."""

    countries: dict[int, float]
    regions: dict[int, float]
    points: list[tuple[float, float, int, int, float]]


class Resolver:
    """Chooses a sense for each name; ``weights`` are learned, in the order of FEATURES."""

    def __init__(self, gazetteer: Gazetteer, weights: Sequence[float]) -> None:
        self._gazetteer = gazetteer
        self._weights = tuple(weights)

    def resolve(self, names: Sequence[Name], home: Home | None) -> None:
        """Set ``scores`` and ``choice`` of every name."""
        for name in names:
            name.scores = [self.prior(name, sense) for sense in name.senses]
            name.choice = _argmax(name.scores)
        for _ in range(ROUNDS):
            for name, rows in zip(names, self.features(names, home), strict=True):
                if rows:
                    name.scores = [sum(w * x for w, x in zip(self._weights, row, strict=True)) for row in rows]
            for name in names:
                name.choice = _argmax(name.scores)
        for name in names:
            self._prefer_town(name)

    def _prefer_town(self, name: Name) -> None:
        """Of a region and the town in it of one name take the town, unless a mention says that it is the region."""
        gazetteer, place = self._gazetteer, name.place
        if gazetteer.level(place) not in (Level.ADMIN1, Level.ADMIN2) or name.says_region:
            return
        twins = [
            at
            for at, (index, _) in enumerate(name.senses)
            if gazetteer.level(index) is Level.CITY
            and gazetteer.region[index] == gazetteer.region[place]
            and self._km(index, place) < TWIN_KM
            and 2 * gazetteer.population[index] > gazetteer.population[place]
        ]
        if twins:
            name.choice = max(twins, key=lambda at: gazetteer.population[name.senses[at][0]])

    def prior(self, name: Name, sense: Sense) -> float:
        """A first guess without the other names: size, level, and the state that follows the comma."""
        gazetteer = self._gazetteer
        index, kind = sense
        score = math.log10(gazetteer.population[index] + 10) - (1.5 if kind == ALTERNATE else 0.0)
        level = gazetteer.level(index)
        score += (
            4.0 if level is Level.COUNTRY else 1.0 if level is Level.REGION else 0.5 if level is Level.ADMIN1 else 0.0
        )
        if name.holders and self._held(name, index) > 0:
            score += 8.0
        return score

    def _held(self, name: Name, index: int) -> int:
        """1 when the place lies in what follows its name after a comma, -1 when it lies elsewhere, 0 unknown."""
        gazetteer = self._gazetteer
        verdict = 0
        for holder in name.holders:
            for place, kind in holder.senses:
                if kind == DEMONYM or place == index:
                    continue
                level = gazetteer.level(place)
                if level is Level.COUNTRY and gazetteer.country[place] == gazetteer.country[index]:
                    return 1
                if level is Level.ADMIN1 and gazetteer.region[place] == gazetteer.region[index]:
                    return 1
                if level is Level.ADMIN2 and self._km(place, index) < 60:
                    return 1
            verdict = -1
        return verdict

    def features(self, names: Sequence[Name], home: Home | None) -> list[list[list[float]]]:
        """Per name and sense the values of FEATURES, given the present choices of all other names."""
        gazetteer = self._gazetteer
        explicit_countries: dict[int, float] = {}
        explicit_regions: dict[int, float] = {}
        chosen: list[tuple[int, float]] = []
        dateline_regions: set[int] = set()
        for name in names:
            place = name.place
            level = gazetteer.level(place)
            weight = name.likelihood * min(2.0, 1.0 + 0.25 * (len(name.mentions) - 1))
            chosen.append((place, weight))
            if level is Level.COUNTRY:
                number = gazetteer.country[place]
                explicit_countries[number] = explicit_countries.get(number, 0.0) + weight
            elif level is Level.ADMIN1:
                number = gazetteer.region[place]
                explicit_regions[number] = explicit_regions.get(number, 0.0) + weight
            if any(m.dateline for m in name.mentions):
                dateline_regions.add(gazetteer.region[place])
        return [
            self._rows(at, names, chosen, explicit_countries, explicit_regions, dateline_regions, home)
            if len(names[at].senses) > 1
            else []
            for at in range(len(names))
        ]

    def _rows(
        self,
        at: int,
        names: Sequence[Name],
        chosen: Sequence[tuple[int, float]],
        countries: dict[int, float],
        regions: dict[int, float],
        datelines: set[int],
        home: Home | None,
    ) -> list[list[float]]:
        gazetteer = self._gazetteer
        name = names[at]
        others = [(place, weight) for number, (place, weight) in enumerate(chosen) if number != at and weight > 0.2][
            :25
        ]
        total = sum(weight for _, weight in others) or 1.0
        logs = [math.log10(gazetteer.population[index] + 10) for index, _ in name.senses]
        largest = max(logs)
        has_region = any(gazetteer.level(index) is Level.ADMIN1 for index, _ in name.senses)
        own_place, own_weight = chosen[at]
        rows = []
        for (index, kind), size in zip(name.senses, logs, strict=True):
            level = gazetteer.level(index)
            country, region = gazetteer.country[index], gazetteer.region[index]
            lat, lon = gazetteer.lat[index], gazetteer.lon[index]
            in_country = in_region = near = closest = 0.0
            for place, weight in others:
                if gazetteer.country[place] == country:
                    in_country += weight
                    if gazetteer.region[place] == region and region:
                        in_region += weight
                if gazetteer.level(place) >= Level.ADMIN2:
                    closeness = _closeness(lat, lon, gazetteer.lat[place], gazetteer.lon[place])
                    near += weight * closeness
                    closest = max(closest, closeness * min(1.0, weight))
            held = self._held(name, index) if name.holders else 0
            own_country = (
                own_weight
                if gazetteer.level(own_place) is Level.COUNTRY and gazetteer.country[own_place] == country
                else 0.0
            )
            own_region = (
                own_weight
                if gazetteer.level(own_place) is Level.ADMIN1 and gazetteer.region[own_place] == region
                else 0.0
            )
            same_home = home is not None
            rows.append(
                [
                    size / 7,
                    (size - largest) / 7,
                    float(level is Level.COUNTRY),
                    float(level is Level.ADMIN1),
                    float(level is Level.ADMIN2),
                    float(level is Level.REGION),
                    float(level is Level.LANDMARK),
                    float(kind == ALTERNATE),
                    float(kind == DEMONYM),
                    float(gazetteer.is_capital(index)),
                    float(held > 0),
                    float(held < 0),
                    min(2.0, math.log1p(max(0.0, countries.get(country, 0.0) - own_country))),
                    min(2.0, math.log1p(max(0.0, regions.get(region, 0.0) - own_region))) if region else 0.0,
                    in_country / total,
                    in_region / total,
                    near / total,
                    closest,
                    float(same_home and home is not None and home.country == country),
                    float(same_home and home is not None and bool(home.region) and home.region == region),
                    _closeness(lat, lon, home.lat, home.lon)
                    if home is not None and home.lat is not None and home.lon is not None
                    else 0.0,
                    float(region in datelines and region != 0),
                    float(has_region and level is Level.CITY),
                    float(gazetteer.population[index] < 5000),
                ]
            )
        return rows

    def _km(self, a: int, b: int) -> float:
        gazetteer = self._gazetteer
        return flat_km(gazetteer.lat[a], gazetteer.lon[a], gazetteer.lat[b], gazetteer.lon[b])


def flat_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Distance on a plane tangent at ``a``: within a few per cent where it matters, under a thousand kilometres."""
    east = (lon_b - lon_a + 540) % 360 - 180
    return 111.2 * math.hypot(lat_b - lat_a, east * math.cos(math.radians(lat_a)))


def _closeness(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """1 at the same spot, a half at about 70 km, nothing beyond some hundred kilometres."""
    return math.exp(-flat_km(lat_a, lon_a, lat_b, lon_b) / 100)


def _argmax(scores: Sequence[float]) -> int:
    return max(range(len(scores)), key=scores.__getitem__)
