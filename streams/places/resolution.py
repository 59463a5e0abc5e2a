"""Which of the places of one name is meant: all names of an article are settled together."""

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

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
TWIN_PEOPLE: Final = 1_000_000
GREAT_TOWN_PEOPLE: Final = 100_000
MOST_SENSES: Final = 12
"""Senses that are weighed whatever the context; of the further ones only those in a region or country at hand."""
_NEAR_DEGREES: Final = 3.0
_LOUD_ENOUGH: Final = 0.2
"""Likelihood under which a name does not speak for the senses of others."""


@dataclass(slots=True)
class Name:
    """One name of an article with all its mentions: one sense per article.

    ``holders`` are the names that follow it after a comma; ``says_region`` is True where a mention says "province" or
    the like; ``scores`` go with ``senses``, and ``choice`` is the position of the chosen one.
    """

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


class _Facts(NamedTuple):
    """The columns of one entry side by side."""

    country: int
    region: int
    lat: float
    lon: float
    level: Level
    size: float
    capital: bool


class _Context:
    """What all names of an article say together of countries, regions and spots."""

    def __init__(self, names: Sequence[Name], facts: Sequence[_Facts]) -> None:
        self.countries: dict[int, float] = {}
        self.regions: dict[int, float] = {}
        self.named_countries: dict[int, float] = {}
        self.named_regions: dict[int, float] = {}
        self.points: list[tuple[float, float, float, Name]] = []
        self.datelines: set[int] = set()
        self.total = 0.0
        for name, fact in zip(names, facts, strict=True):
            weight = loudness(name)
            if weight:
                self.total += weight
                _add(self.countries, fact.country, weight)
                _add(self.regions, fact.region, weight)
                if fact.level >= Level.ADMIN2:
                    self.points.append((fact.lat, fact.lon, weight, name))
            if fact.level is Level.COUNTRY:
                _add(self.named_countries, fact.country, weight)
            elif fact.level is Level.ADMIN1:
                _add(self.named_regions, fact.region, weight)
            if any(mention.dateline for mention in name.mentions):
                self.datelines.add(fact.region)


class Resolver:
    """Chooses a sense for each name; ``weights`` are learned, in the order of FEATURES."""

    def __init__(self, gazetteer: Gazetteer, weights: Sequence[float]) -> None:
        self._gazetteer = gazetteer
        self._weights = tuple(weights)

    def resolve(self, names: Sequence[Name], home: Home | None) -> None:
        """Set ``senses`` (the unlikeliest are dropped), ``scores`` and ``choice`` of every name."""
        for name in names:
            name.scores = [self._prior(name, sense) for sense in name.senses]
            name.choice = _argmax(name.scores)
        self._drop_far_senses(names, home)
        for _ in range(ROUNDS):
            before = [name.choice for name in names]
            for name, rows in zip(names, self.features(names, home), strict=True):
                if rows:
                    name.scores = [sum(map(operator.mul, self._weights, row)) for row in rows]
            for name in names:
                name.choice = _argmax(name.scores)
            if before == [name.choice for name in names]:
                break
        for name in names:
            self._prefer_town(name)

    def features(self, names: Sequence[Name], home: Home | None) -> list[list[list[float]]]:
        """Per name and sense the values of FEATURES, given the present choices of all other names."""
        facts = [self._facts(name.place) for name in names]
        context = _Context(names, facts)
        return [
            self._rows(name, fact, context, home) if len(name.senses) > 1 else []
            for name, fact in zip(names, facts, strict=True)
        ]

    def _facts(self, index: int) -> _Facts:
        gazetteer = self._gazetteer
        return _Facts(
            gazetteer.country[index],
            gazetteer.region[index],
            gazetteer.lat[index],
            gazetteer.lon[index],
            gazetteer.level(index),
            math.log10(gazetteer.population[index] + 10),
            gazetteer.is_capital(index),
        )

    def _prior(self, name: Name, sense: Sense) -> float:
        """A first guess without the other names: size, level, and the state that follows the comma."""
        index, kind = sense
        level = self._gazetteer.level(index)
        score = math.log10(self._gazetteer.population[index] + 10) - (1.5 if kind == ALTERNATE else 0.0)
        if level is Level.COUNTRY:
            score += 4.0
        elif level is Level.REGION:
            score += 1.0
        elif level is Level.ADMIN1:
            score += 0.5
        if name.holders and self._held(name, index) > 0:
            score += 8.0
        return score

    def _drop_far_senses(self, names: Sequence[Name], home: Home | None) -> None:
        """Of a name with very many senses keep the likeliest, and those in a region at hand."""
        gazetteer = self._gazetteer
        regions = {gazetteer.region[name.place] for name in names} - {0}
        if home is not None and home.region:
            regions.add(home.region)
        for name in names:
            if len(name.senses) <= MOST_SENSES:
                continue
            order = sorted(range(len(name.senses)), key=name.scores.__getitem__, reverse=True)
            keep = set(order[:MOST_SENSES])
            keep |= {at for at in order[MOST_SENSES:] if gazetteer.region[name.senses[at][0]] in regions}
            chosen = name.senses[name.choice]
            name.scores = [score for at, score in enumerate(name.scores) if at in keep]
            name.senses = tuple(sense for at, sense in enumerate(name.senses) if at in keep)
            name.choice = name.senses.index(chosen)

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

    def _rows(self, name: Name, own: _Facts, context: _Context, home: Home | None) -> list[list[float]]:
        facts = [self._facts(index) for index, _ in name.senses]
        largest = max(fact.size for fact in facts)
        has_region = any(fact.level is Level.ADMIN1 for fact in facts)
        weight = loudness(name)
        total = (context.total - weight) or 1.0
        rows = []
        for (index, kind), fact in zip(name.senses, facts, strict=True):
            level, country, region = fact.level, fact.country, fact.region
            own_country = weight if own.country == country else 0.0
            own_region = weight if own.region == region else 0.0
            near, closest = _nearness(name, fact, context)
            held = self._held(name, index) if name.holders else 0
            named_country = context.named_countries.get(country, 0.0) - own_country * (own.level is Level.COUNTRY)
            named_region = context.named_regions.get(region, 0.0) - own_region * (own.level is Level.ADMIN1)
            rows.append(
                [
                    fact.size / 7,
                    (fact.size - largest) / 7,
                    float(level is Level.COUNTRY),
                    float(level is Level.ADMIN1),
                    float(level is Level.ADMIN2),
                    float(level is Level.REGION),
                    float(level is Level.LANDMARK),
                    float(kind == ALTERNATE),
                    float(kind == DEMONYM),
                    float(fact.capital),
                    float(held > 0),
                    float(held < 0),
                    min(2.0, math.log1p(max(0.0, named_country))),
                    min(2.0, math.log1p(max(0.0, named_region))) if region else 0.0,
                    max(0.0, context.countries.get(country, 0.0) - own_country) / total,
                    max(0.0, context.regions.get(region, 0.0) - own_region) / total if region else 0.0,
                    near / total,
                    closest,
                    *_at_home(fact, home),
                    float(region in context.datelines and region != 0),
                    float(has_region and level is Level.CITY),
                    float(fact.size < _SMALL),
                ]
            )
        return rows

    def _prefer_town(self, name: Name) -> None:
        """Of a region and the town in it of one name take the town, unless a mention says that it is the region."""
        gazetteer, place = self._gazetteer, name.place
        if gazetteer.level(place) not in (Level.ADMIN1, Level.ADMIN2) or name.says_region:
            return
        twins = [at for at, (index, _) in enumerate(name.senses) if self._is_twin(index, place)]
        if twins:
            name.choice = max(twins, key=lambda at: gazetteer.population[name.senses[at][0]])

    def _is_twin(self, town: int, region: int) -> bool:
        """True for a town that is what the name of a region mostly means: its own middle, or a city of millions."""
        gazetteer = self._gazetteer
        if gazetteer.level(town) is not Level.CITY or gazetteer.country[town] != gazetteer.country[region]:
            return False
        people, near = gazetteer.population[town], self._km(town, region) < TWIN_KM
        if gazetteer.region[town] == gazetteer.region[region]:
            return people > TWIN_PEOPLE or (near and people > GREAT_TOWN_PEOPLE) or gazetteer.is_capital(town)
        return near and 2 * people > gazetteer.population[region]

    def _km(self, a: int, b: int) -> float:
        gazetteer = self._gazetteer
        return flat_km(gazetteer.lat[a], gazetteer.lon[a], gazetteer.lat[b], gazetteer.lon[b])


_SMALL: Final = math.log10(5010)


def loudness(name: Name) -> float:
    """How much a name speaks for the senses of others: its likelihood, and a little more where it is repeated."""
    if name.likelihood <= _LOUD_ENOUGH:
        return 0.0
    return name.likelihood * min(2.0, 1.0 + 0.25 * (len(name.mentions) - 1))


def flat_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Distance on a plane tangent at ``a``: within a few per cent where it matters, under a thousand kilometres."""
    east = (lon_b - lon_a + 540) % 360 - 180
    return 111.2 * math.hypot(lat_b - lat_a, east * math.cos(math.radians(lat_a)))


def _nearness(name: Name, fact: _Facts, context: _Context) -> tuple[float, float]:
    """How much of the other towns is near: the sum of closeness by weight, and the closest (1 at the same spot)."""
    near = closest = 0.0
    if fact.level < Level.ADMIN2:
        return near, closest
    for lat, lon, weight, owner in context.points:
        if owner is not name and abs(lat - fact.lat) < _NEAR_DEGREES:
            closeness = math.exp(-flat_km(fact.lat, fact.lon, lat, lon) / 100)
            near += weight * closeness
            closest = max(closest, closeness * min(1.0, weight))
    return near, closest


def _at_home(fact: _Facts, home: Home | None) -> tuple[float, float, float]:
    """Whether a place is in the outlet's country and region, and how near to its town."""
    if home is None:
        return 0.0, 0.0, 0.0
    near = 0.0
    if home.lat is not None and home.lon is not None:
        near = math.exp(-flat_km(fact.lat, fact.lon, home.lat, home.lon) / 100)
    return float(home.country == fact.country), float(bool(home.region) and home.region == fact.region), near


def _add(tally: dict[int, float], key: int, weight: float) -> None:
    tally[key] = tally.get(key, 0.0) + weight


def _argmax(scores: Sequence[float]) -> int:
    return max(range(len(scores)), key=scores.__getitem__)
