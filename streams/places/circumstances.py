"""Circumstances: the features that speak for and against a place as the event's, in one article."""

import math
from collections.abc import Sequence
from typing import Final

from streams.model import Article, Span
from streams.places.gazetteer import ALTERNATE, LEVELS, Gazetteer, Level
from streams.places.mentions import Mention
from streams.places.names import Name
from streams.places.outlets import Home
from streams.places.resolution import flat_km
from streams.places.tally import AGAINST, Field, Tally, Values, position

FEATURES: Final = (
    # What the single mentions of a place add up to.
    "title", "title_led", "near_anchor", "lead", "first", "dateline", "dateline_only", "holds", "opposed", "anchor",
    "anchor_led", "count", "led", "police", "violent_led", "violent_after", *AGAINST, "demonym", "held",
    "first_city",
    # What a place is, and what else the article names in it.
    *LEVELS, "title_city", "title_country", "likelihood", "unlikely", "alternate", "size", "only_city", "has_inside",
    "inside_title", "its_region", "its_country", "doubt", "institution_doubt",
    # Where it lies as seen from the outlet.
    "home_region", "home_country", "foreign", "home_near", "far_from_home", "institution_far",
    # Of the outlet's own town, and of the answer that no place can be told.
    "home", "home_city", "home_alone", "home_spot", "home_wide", "nothing", "nothing_named", "nothing_weak",
)  # fmt: skip

_MOST_MENTIONS: Final = 10
"""Mentions of one place that are looked at: further ones say nothing new."""
_FAR_KM: Final = 250.0
_LIKELY: Final = 0.5


class Candidate:
    """A place that may be the event's, with the features that speak for and against it.

    ``home`` is True of the one candidate that no word of the article names: the outlet's own town; ``nothing`` of the
    answer that the article does not tell (``place`` is then -1). ``likelihood`` is that of any of its names being one
    here; ``mentions`` leaves out the page's furniture.
    """

    __slots__ = (
        "country", "home", "level", "likelihood", "mentions", "names", "nothing", "place", "region", "score", "values",
    )  # fmt: skip

    def __init__(self, place: int, level: int = -1, country: int = 0, region: int = 0) -> None:
        self.place = place
        self.level = level
        self.country = country
        self.region = region
        self.names: list[Name] = []
        self.mentions: list[Mention] = []
        self.likelihood = 0.0
        self.home = False
        self.nothing = False
        self.values: Values = {}
        self.score = 0.0

    def value(self, feature: str) -> float:
        """The value of one of the features."""
        return self.values.get(feature, 0.0)


class Circumstances:
    """One article's circumstances, in which each candidate is weighed."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        article: Article,
        found: Sequence[Candidate],
        anchors: Sequence[Span],
        home: Home | None,
    ) -> None:
        self._gazetteer = gazetteer
        self._title = Field(article.title, "title", anchors)
        self._text = Field(article.text, "text", anchors)
        self._home = home
        self._found = found
        self._first_city = -1
        self._cities = 0
        self._regions: dict[int, float] = {}
        self._countries: dict[int, float] = {}
        for candidate in found:
            if candidate.level == Level.ADMIN1:
                self._regions[candidate.region] = candidate.likelihood
            elif candidate.level == Level.COUNTRY:
                self._countries[candidate.country] = candidate.likelihood
            if candidate.level < Level.CITY:
                continue
            if candidate.level == Level.CITY and candidate.likelihood > _LIKELY:
                self._cities += 1
            for mention in candidate.mentions:
                if mention.likelihood > _LIKELY:
                    at = position(mention)
                    if self._first_city < 0 or at < self._first_city:
                        self._first_city = at

    def values(self, candidate: Candidate) -> Values:
        """The values of FEATURES of one candidate."""
        level, likely = candidate.level, candidate.likelihood
        tally = Tally(self._title, self._text, self._first_city)
        for mention in candidate.mentions[:_MOST_MENTIONS]:
            tally.add(mention)
        row = tally.values()
        title, institution = row.get("title", 0.0), row.get("institution", 0.0)
        row[LEVELS[level]] = 1.0
        row["likelihood"] = likely
        row["size"] = math.log10(self._gazetteer.population[candidate.place] + 10) / 7
        if title:
            if level >= Level.CITY:
                row["title_city"] = title
            elif level == Level.COUNTRY:
                row["title_country"] = title
        if likely < _LIKELY:
            row["unlikely"] = 1.0
        elif self._cities == 1 and level == Level.CITY and likely > _LIKELY:
            row["only_city"] = 1.0
        self._add_doubt(row, candidate, institution)
        if level <= Level.REGION:
            self._add_inside(row, candidate)
        self._add_around(row, candidate)
        if self._home is not None:
            self._add_home(row, self._home, candidate, institution)
        return row

    def home_values(self, home: Home, likeliest: float) -> Values:
        """The features of the outlet's own town, which the article does not name."""
        level = self._gazetteer.level(home.place)
        return {
            "home": 1.0,
            "home_city": float(level == Level.CITY),
            "home_alone": float(likeliest <= _LIKELY),
            "home_spot": home.certainty,
            "home_wide": float(level == Level.COUNTRY),
        }

    def nothing_values(self, likeliest: float) -> Values:
        """The features of the answer that no place can be told."""
        return {"nothing": 1.0, "nothing_named": float(likeliest > _LIKELY), "nothing_weak": 1.0 - likeliest}

    def _add_doubt(self, row: Values, candidate: Candidate, institution: float) -> None:
        """How sure it is that its names mean this place."""
        alternate, doubt = 1.0, 1.0
        for name in candidate.names:
            if name.chosen().kind != ALTERNATE:
                alternate = 0.0
            doubt = min(doubt, name.doubt())
        if alternate:
            row["alternate"] = 1.0
        row["doubt"] = doubt
        if institution:
            row["institution_doubt"] = max(doubt, alternate) * institution

    def _add_home(self, row: Values, home: Home, candidate: Candidate, institution: float) -> None:
        """Where a place lies as seen from the outlet."""
        gazetteer, place = self._gazetteer, candidate.place
        abroad = home.country != candidate.country
        row["foreign" if abroad else "home_country"] = 1.0
        if home.region and home.region == candidate.region:
            row["home_region"] = 1.0
        far = abroad
        if home.lat is not None and home.lon is not None and candidate.level >= Level.ADMIN2:
            distance = flat_km(home.lat, home.lon, gazetteer.lat[place], gazetteer.lon[place])
            row["home_near"] = math.exp(-distance / 100)
            far = distance > _FAR_KM
            if far:
                row["far_from_home"] = 1.0
        if far and institution:
            row["institution_far"] = institution

    def _add_around(self, row: Values, candidate: Candidate) -> None:
        """Whether the article names the region and the country of a place: then it is one indeed."""
        if candidate.level > Level.ADMIN1 and (its_region := self._regions.get(candidate.region)):
            row["its_region"] = its_region
        if candidate.level > Level.COUNTRY and (its_country := self._countries.get(candidate.country)):
            row["its_country"] = its_country

    def _add_inside(self, row: Values, candidate: Candidate) -> None:
        """What the article names inside a candidate: then it is the wider setting of the finer place."""
        country, region, level = candidate.country, candidate.region, candidate.level
        if not country or (level != Level.COUNTRY and not region):
            return
        total, in_title = 0.0, False
        for other in self._found:
            if other.country != country or other.level <= level or other is candidate:
                continue
            if level == Level.COUNTRY or other.region == region:
                total += other.likelihood
                for mention in other.mentions:
                    if mention.where == "title" and mention.likelihood > _LIKELY:
                        in_title = True
        if total:
            row["has_inside"] = min(3.0, total) / 3
        if in_title:
            row["inside_title"] = 1.0
