"""Which of the places of one name is meant: all names of an article are settled together."""

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.places.facts import FIXED, FactBook, Facts
from streams.places.gazetteer import DEMONYM, Gazetteer, Level
from streams.places.mentions import Mention, Sense
from streams.places.outlets import Home

FEATURES: Final = (
    *FIXED,
    "held_inside", "held_outside", "country_named", "region_named", "share_country", "share_region", "share_near",
    "closest", "home_country", "home_region", "home_near", "dateline_region",
)  # fmt: skip
ROUNDS: Final = 2
TWIN_KM: Final = 100.0
"""A town this near to the middle of the region of its name is what the name mostly means."""
TWIN_PEOPLE: Final = 1_000_000
GREAT_TOWN_PEOPLE: Final = 100_000
MOST_SENSES: Final = 8
"""Senses that are weighed whatever the context; of the further ones only those in a region at hand."""
_NEAR_DEGREES: Final = 3.0
"""Degrees of a meridian (333 km) within which one town speaks for another."""
_KM_A_DEGREE: Final = 111.2
_LOUD_ENOUGH: Final = 0.2
"""Likelihood under which a name does not speak for the senses of others, nor they for its own."""


@dataclass(slots=True)
class Name:
    """One name of an article with all its mentions: one sense per article.

    ``number`` is that of the name in the gazetteer, -1 for a form that is no key of it. ``holders`` are the names that
    follow it after a comma. ``facts`` and ``scores`` go with ``senses``, and ``choice`` is the position of the chosen
    one.
    """

    key: str
    mentions: list[Mention]
    senses: tuple[Sense, ...]
    holders: list["Name"] = field(default_factory=list)
    likelihood: float = 0.0
    number: int = -1
    facts: tuple[Facts, ...] = ()
    scores: list[float] = field(default_factory=list)
    choice: int = -1

    @property
    def doubt(self) -> float:
        """How likely another of its senses is meant, 0 to 1."""
        if len(self.scores) < 2:
            return 0.0
        best = self.scores[self.choice]
        return 1.0 - 1.0 / sum(math.exp(min(30.0, score - best)) for score in self.scores)

    @property
    def place(self) -> int:
        """The gazetteer's index of the place that was chosen."""
        return self.senses[self.choice][0]


class _Context:
    """What all names of an article say together of countries, regions and spots."""

    def __init__(self, names: Sequence[Name]) -> None:
        self.countries: dict[int, float] = {}
        self.regions: dict[int, float] = {}
        self.named_countries: dict[int, float] = {}
        self.named_regions: dict[int, float] = {}
        self.points: list[tuple[float, float, float, Name, int]] = []
        self.places: dict[int, float] = {}
        self.datelines: set[int] = set()
        self.total = 0.0
        for name in names:
            weight, fact = loudness(name), name.facts[name.choice]
            if weight:
                self.total += weight
                _add(self.countries, fact.country, weight)
                _add(self.regions, fact.region, weight)
                if fact.fine:
                    _add(self.places, fact.place, weight)
                    self.points.append((fact.lat, fact.lon, weight, name, fact.place))
            if fact.level == Level.COUNTRY:
                _add(self.named_countries, fact.country, weight)
            elif fact.level == Level.ADMIN1:
                _add(self.named_regions, fact.region, weight)
            if any(mention.dateline for mention in name.mentions):
                self.datelines.add(fact.region)


class Resolver:
    """Chooses a sense for each name; ``weights`` are learned, in the order of FEATURES."""

    def __init__(self, gazetteer: Gazetteer, weights: Sequence[float]) -> None:
        self._gazetteer = gazetteer
        self._weights = tuple(weights[len(FIXED) :])
        self._facts = FactBook(gazetteer, weights[: len(FIXED)])

    def resolve(self, names: Sequence[Name], home: Home | None) -> None:
        """Set ``senses`` (the unlikeliest are dropped), ``scores`` and ``choice`` of every name."""
        for name in names:
            name.facts = self._facts.of(name.key, name.number, name.senses)
            name.senses = tuple((fact.place, fact.kind) for fact in name.facts)
            name.scores = [fact.prior for fact in name.facts]
            if name.holders:
                name.scores = [
                    score + _HELD * (self._held(name, fact.place) > 0)
                    for score, fact in zip(name.scores, name.facts, strict=True)
                ]
            name.choice = _argmax(name.scores)
        self._drop_far_senses(names, home)
        open_names = [name for name in names if len(name.senses) > 1 and name.likelihood > _LOUD_ENOUGH]
        for _ in range(ROUNDS):
            context = _Context(names)
            changed = False
            for name, scores in [(name, self._scores(name, context, home)) for name in open_names]:
                name.scores, before = scores, name.choice
                name.choice = _argmax(scores)
                changed = changed or name.choice != before
            if not changed:
                break

    def features(self, names: Sequence[Name], home: Home | None) -> list[list[list[float]]]:
        """Per name and sense the values of FEATURES, given the present choices of all other names."""
        context = _Context(names)
        return [
            [
                [*fact.values, *row]
                for fact, row in zip(name.facts, self._rows(name, context, home), strict=True)
                if len(name.senses) > 1
            ]
            for name in names
        ]

    def prefer_towns(self, names: Sequence[Name], says_region: Callable[[Name], bool]) -> None:
        """Of a region and the town in it of one name take the town, unless a mention says that it is the region."""
        for name in names:
            fact = name.facts[name.choice]
            if fact.level not in (Level.ADMIN1, Level.ADMIN2):
                continue
            twins = [at for at, other in enumerate(name.facts) if self._is_twin(other.place, fact.place)]
            if twins and not says_region(name):
                name.choice = max(twins, key=lambda at: self._gazetteer.population[name.facts[at].place])

    def _scores(self, name: Name, context: _Context, home: Home | None) -> list[float]:
        rows = self._rows(name, context, home)
        weights = self._weights
        return [fact.score + sum(map(operator.mul, weights, row)) for fact, row in zip(name.facts, rows, strict=True)]

    def _drop_far_senses(self, names: Sequence[Name], home: Home | None) -> None:
        """Of a name with very many senses keep the likeliest, and those in a region at hand."""
        regions: set[int] | None = None
        for name in names:
            if len(name.senses) <= MOST_SENSES:
                continue
            if regions is None:
                regions = {other.facts[other.choice].region for other in names} - {0}
                if home is not None and home.region:
                    regions.add(home.region)
            keep = [
                at
                for at, fact in enumerate(name.facts)
                if at < MOST_SENSES or at == name.choice or fact.region in regions
            ]
            name.choice = keep.index(name.choice)
            name.facts = tuple(name.facts[at] for at in keep)
            name.scores = [name.scores[at] for at in keep]
            name.senses = tuple((fact.place, fact.kind) for fact in name.facts)

    def _held(self, name: Name, index: int) -> int:
        """1 when the place lies in what follows its name after a comma, -1 when it lies elsewhere, 0 unknown."""
        gazetteer = self._gazetteer
        verdict = 0
        for holder in name.holders:
            for place, kind in holder.senses:
                if kind == DEMONYM or place == index:
                    continue
                level = gazetteer.level(place)
                if level == Level.COUNTRY and gazetteer.country[place] == gazetteer.country[index]:
                    return 1
                if level == Level.ADMIN1 and gazetteer.region[place] == gazetteer.region[index]:
                    return 1
                if level == Level.ADMIN2 and self._km(place, index) < 60:
                    return 1
            verdict = -1
        return verdict

    def _rows(self, name: Name, context: _Context, home: Home | None) -> list[Sequence[float]]:
        """Per sense the values of those features that the article decides."""
        own, weight = name.facts[name.choice], loudness(name)
        total = (context.total - weight) or 1.0
        holders = bool(name.holders)
        rows: list[Sequence[float]] = []
        at_home = home.country if home is not None else -1
        for fact in name.facts:
            country, region = fact.country, fact.region
            if country not in context.countries and country != at_home and not holders:
                rows.append(_OUT_OF_THE_WAY)  # nothing else in the article speaks for it
                continue
            own_country = weight if own.country == country else 0.0
            own_region = weight if own.region == region else 0.0
            near = closest = twice = 0.0
            if fact.fine:
                near, closest = _nearness(name, fact, context)
                # Another name of the very place does not vouch for it.
                twice = context.places.get(fact.place, 0.0) - (weight if own.place == fact.place else 0.0)
            held = self._held(name, fact.place) if holders else 0
            named_country = context.named_countries.get(country, 0.0)
            if own.level == Level.COUNTRY:
                named_country -= own_country
            row = [
                float(held > 0),
                float(held < 0),
                min(2.0, math.log1p(named_country)) if named_country > 0 else 0.0,
                0.0,
                max(0.0, context.countries.get(country, 0.0) - own_country - twice) / total,
                0.0,
                near / total,
                closest,
                *_at_home(fact, home),
                0.0,
            ]
            if region:
                named_region = context.named_regions.get(region, 0.0)
                if own.level == Level.ADMIN1:
                    named_region -= own_region
                if named_region > 0:
                    row[3] = min(2.0, math.log1p(named_region))
                row[5] = max(0.0, context.regions.get(region, 0.0) - own_region - twice) / total
                row[11] = float(region in context.datelines)
            rows.append(row)
        return rows

    def _is_twin(self, town: int, region: int) -> bool:
        """True for a town that is what the name of a region mostly means: its own middle, or a city of millions."""
        gazetteer = self._gazetteer
        if gazetteer.level(town) != Level.CITY or gazetteer.country[town] != gazetteer.country[region]:
            return False
        people, near = gazetteer.population[town], self._km(town, region) < TWIN_KM
        if gazetteer.region[town] == gazetteer.region[region]:
            return people > TWIN_PEOPLE or (near and people > GREAT_TOWN_PEOPLE) or gazetteer.is_capital(town)
        return near and 2 * people > gazetteer.population[region]

    def _km(self, a: int, b: int) -> float:
        gazetteer = self._gazetteer
        return flat_km(gazetteer.lat[a], gazetteer.lon[a], gazetteer.lat[b], gazetteer.lon[b])


_HELD: Final = 8.0
"""The same of a place that lies in what follows its name after a comma."""
_OUT_OF_THE_WAY: Final = (0.0,) * (len(FEATURES) - len(FIXED))


def loudness(name: Name) -> float:
    """How much a name speaks for the senses of others: its likelihood, and a little more where it is repeated."""
    if name.likelihood <= _LOUD_ENOUGH:
        return 0.0
    return name.likelihood * min(2.0, 1.0 + 0.25 * (len(name.mentions) - 1))


def flat_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Distance on a plane tangent at ``a``: within a few per cent where it matters, under a thousand kilometres."""
    east = (lon_b - lon_a + 540) % 360 - 180
    return _KM_A_DEGREE * math.hypot(lat_b - lat_a, east * math.cos(math.radians(lat_a)))


def _nearness(name: Name, fact: Facts, context: _Context) -> tuple[float, float]:
    """How much of the other towns is near: the sum of closeness by weight, and the closest (1 at the same spot).

    Two names of one place ("Greenwood" and "Greenwood Park") do not vouch for each other.
    """
    near = closest = 0.0
    here_lat, here_lon, narrow = fact.lat, fact.lon, fact.narrow
    for lat, lon, weight, owner, place in context.points:
        north = lat - here_lat
        if -_NEAR_DEGREES < north < _NEAR_DEGREES and owner is not name and place != fact.place:
            closeness = _closeness(north, (lon - here_lon) * narrow)
            near += weight * closeness
            closest = max(closest, closeness * min(1.0, weight))
    return near, closest


def _closeness(north: float, east: float) -> float:
    """1 at the same spot, 1/e at 100 km; the arguments are degrees of a meridian."""
    if not -_NEAR_DEGREES < east < _NEAR_DEGREES:
        return 0.0
    return math.exp(-_KM_A_DEGREE / 100 * math.sqrt(north * north + east * east))


def _at_home(fact: Facts, home: Home | None) -> tuple[float, float, float]:
    """Whether a place is in the outlet's country and region, and how near to its town."""
    if home is None or home.country != fact.country:
        return 0.0, 0.0, 0.0
    near = 0.0
    if home.lat is not None and home.lon is not None:
        north = home.lat - fact.lat
        if -_NEAR_DEGREES < north < _NEAR_DEGREES:
            near = _closeness(north, (home.lon - fact.lon) * fact.narrow)
    return 1.0, float(bool(home.region) and home.region == fact.region), near


def _add(tally: dict[int, float], key: int, weight: float) -> None:
    tally[key] = tally.get(key, 0.0) + weight


def _argmax(scores: Sequence[float]) -> int:
    return max(range(len(scores)), key=scores.__getitem__)
