"""Which of the places of one name is meant: all names of an article are settled together."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from streams.places.facts import FIXED, FactBook, Facts
from streams.places.gazetteer import DEMONYM, Gazetteer, Level
from streams.places.names import LOUD_ENOUGH, Name
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


class _Spot:
    """A town or county that a name means, as it speaks for others near it."""

    __slots__ = ("lat", "lon", "name", "place", "weight")

    def __init__(self, fact: Facts, name: Name, weight: float) -> None:
        self.lat = fact.lat
        self.lon = fact.lon
        self.place = fact.place
        self.name = name
        self.weight = weight


class _Context:
    """What all names of an article say together of countries, regions and spots."""

    def __init__(self, names: Sequence[Name]) -> None:
        self.countries: dict[int, float] = {}
        self.regions: dict[int, float] = {}
        self.named_countries: dict[int, float] = {}
        self.named_regions: dict[int, float] = {}
        self.spots: list[_Spot] = []
        self.places: dict[int, float] = {}
        self.datelines: set[int] = set()
        self.total = 0.0
        for name in names:
            weight, fact = name.loud, name.facts[name.choice]
            if weight:
                self.total += weight
                _add(self.countries, fact.country, weight)
                _add(self.regions, fact.region, weight)
                if fact.fine:
                    _add(self.places, fact.place, weight)
                    self.spots.append(_Spot(fact, name, weight))
            if fact.level == Level.COUNTRY:
                _add(self.named_countries, fact.country, weight)
            elif fact.level == Level.ADMIN1:
                _add(self.named_regions, fact.region, weight)
            for mention in name.mentions:
                if mention.dateline:
                    self.datelines.add(fact.region)
                    break


class Resolver:
    """Chooses a sense for each name; ``weights`` are learned, in the order of FEATURES."""

    def __init__(self, gazetteer: Gazetteer, weights: Sequence[float]) -> None:
        self._gazetteer = gazetteer
        self._weights = list(weights[len(FIXED) :])
        self._facts = FactBook(gazetteer, weights[: len(FIXED)])

    def resolve(self, names: Sequence[Name], home: Home | None) -> None:
        """Set ``senses`` (the unlikeliest are dropped), ``scores`` and ``choice`` of every name."""
        for name in names:
            name.settle_loudness()
            name.facts = self._facts.of(name.key, name.number, name.senses)
            name.scores = [fact.prior for fact in name.facts]
            name.choice = 0
            if name.holders:
                for at, fact in enumerate(name.facts):
                    if self._held(name, fact.place) > 0:
                        name.scores[at] += _HELD
                name.choice = _argmax(name.scores)
        self._drop_far_senses(names, home)
        open_names = [name for name in names if len(name.facts) > 1 and name.likelihood > LOUD_ENOUGH]
        for _ in range(ROUNDS if open_names else 0):
            context = _Context(names)
            # All are weighed before any changes its mind, so that their order does not count.
            weighed = [self._scores(name, context, home) for name in open_names]
            changed = False
            for name, scores in zip(open_names, weighed, strict=True):
                before, name.scores = name.choice, scores
                name.choice = _argmax(scores)
                changed = changed or name.choice != before
            if not changed:
                break
        for name in names:
            name.senses = tuple([fact.sense for fact in name.facts])

    def features(self, names: Sequence[Name], home: Home | None) -> list[list[list[float]]]:
        """Per name and sense the values of FEATURES, given the present choices of all other names."""
        context = _Context(names)
        return [
            [[*fact.values, *self._row(name, fact, context, home)] for fact in name.facts if len(name.facts) > 1]
            for name in names
        ]

    def prefer_towns(self, names: Sequence[Name], says_region: Callable[[Name], bool]) -> None:
        """Of a region and the town in it of one name take the town, unless a mention says that it is the region."""
        for name in names:
            fact = name.facts[name.choice]
            if fact.level not in (Level.ADMIN1, Level.ADMIN2):
                continue
            towns = [at for at, other in enumerate(name.facts) if other.level == Level.CITY]
            twins = [at for at in towns if self._is_twin(name.facts[at].place, fact.place)]
            if twins and not says_region(name):
                name.choice = max(twins, key=lambda at: self._gazetteer.population[name.facts[at].place])

    def _scores(self, name: Name, context: _Context, home: Home | None) -> list[float]:
        weights, countries, holders = self._weights, context.countries, bool(name.holders)
        at_home = home.country if home is not None else -1
        scores: list[float] = []
        for fact in name.facts:
            score = fact.score
            # Where nothing else in the article speaks for a sense its row is all noughts.
            if holders or fact.country == at_home or fact.country in countries:
                for weight, value in zip(weights, self._row(name, fact, context, home), strict=True):
                    if value:
                        score += weight * value
            scores.append(score)
        return scores

    def _drop_far_senses(self, names: Sequence[Name], home: Home | None) -> None:
        """Of a name with very many senses keep the likeliest, and those in a region at hand."""
        regions: set[int] | None = None
        for name in names:
            if len(name.facts) <= MOST_SENSES:
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

    def _row(self, name: Name, fact: Facts, context: _Context, home: Home | None) -> list[float]:
        """The values of those features of a sense that the article decides."""
        own, weight = name.facts[name.choice], name.loud
        country, region = fact.country, fact.region
        total = (context.total - weight) or 1.0
        own_country = weight if own.country == country else 0.0
        row = _NOUGHT.copy()
        twice = 0.0
        if fact.fine:
            near, closest = _nearness(name, fact, context)
            row[6], row[7] = near / total, closest
            # Another name of the very place does not vouch for it.
            twice = context.places.get(fact.place, 0.0) - (weight if own.place == fact.place else 0.0)
        held = self._held(name, fact.place)
        row[0:2] = float(held > 0), float(held < 0)
        named_country = context.named_countries.get(country, 0.0)
        if own.level == Level.COUNTRY:
            named_country -= own_country
        if named_country > 0:
            row[2] = min(2.0, math.log1p(named_country))
        share = context.countries.get(country, 0.0) - own_country - twice
        if share > 0:
            row[4] = share / total
        if home is not None and home.country == country:
            row[8:11] = 1.0, float(bool(home.region) and home.region == region), _near_home(fact, home)
        if region:
            own_region = weight if own.region == region else 0.0
            named_region = context.named_regions.get(region, 0.0)
            if own.level == Level.ADMIN1:
                named_region -= own_region
            if named_region > 0:
                row[3] = min(2.0, math.log1p(named_region))
            share = context.regions.get(region, 0.0) - own_region - twice
            if share > 0:
                row[5] = share / total
            if region in context.datelines:
                row[11] = 1.0
        return row

    def _is_twin(self, town: int, region: int) -> bool:
        """True for a town that is what the name of a region mostly means: its own middle, or a city of millions."""
        gazetteer = self._gazetteer
        if gazetteer.country[town] != gazetteer.country[region]:
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
_NOUGHT: Final = [0.0] * (len(FEATURES) - len(FIXED))


def flat_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Distance on a plane tangent at ``a``: within a few per cent where it matters, under a thousand kilometres."""
    east = (lon_b - lon_a + 540) % 360 - 180
    return _KM_A_DEGREE * math.hypot(lat_b - lat_a, east * math.cos(math.radians(lat_a)))


def _nearness(name: Name, fact: Facts, context: _Context) -> tuple[float, float]:
    """How much of the other towns is near: the sum of closeness by weight, and the closest (1 at the same spot).

    Two names of one place ("Greenwood" and "Greenwood Park") do not vouch for each other.
    """
    near = closest = 0.0
    here_lat, here_lon, narrow, here = fact.lat, fact.lon, fact.narrow, fact.place
    for spot in context.spots:
        north = spot.lat - here_lat
        if -_NEAR_DEGREES < north < _NEAR_DEGREES and spot.name is not name and spot.place != here:
            closeness = _closeness(north, (spot.lon - here_lon) * narrow)
            if closeness > 0.0:
                near += spot.weight * closeness
                if spot.weight < 1.0:
                    closeness *= spot.weight
                closest = max(closest, closeness)
    return near, closest


def _closeness(north: float, east: float) -> float:
    """1 at the same spot, 1/e at 100 km; the arguments are degrees of a meridian."""
    if not -_NEAR_DEGREES < east < _NEAR_DEGREES:
        return 0.0
    return math.exp(-_KM_A_DEGREE / 100 * math.sqrt(north * north + east * east))


def _near_home(fact: Facts, home: Home) -> float:
    """How near a place is to the outlet's own town."""
    if home.lat is None or home.lon is None:
        return 0.0
    north = home.lat - fact.lat
    if not -_NEAR_DEGREES < north < _NEAR_DEGREES:
        return 0.0
    return _closeness(north, (home.lon - fact.lon) * fact.narrow)


def _add(tally: dict[int, float], key: int, weight: float) -> None:
    tally[key] = tally.get(key, 0.0) + weight


def _argmax(scores: list[float]) -> int:
    return scores.index(max(scores))
