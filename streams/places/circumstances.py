"""Circumstances: the features that speak for and against a place as the event's, in one article."""

import math
from collections.abc import Sequence
from typing import Final, Protocol

from streams.model import Article, Span
from streams.places import cues, hints
from streams.places.gazetteer import ALTERNATE, Gazetteer, Level
from streams.places.mentions import Mention
from streams.places.outlets import Home
from streams.places.resolution import Name, flat_km

FEATURES: Final = (
    "title", "title_led", "title_city", "title_country", "anchor", "anchor_led", "near_anchor", "lead", "first",
    "count", "dateline", "dateline_only", "led", "police", "holds", "held", "city", "admin1", "admin2", "country",
    "region",
    "landmark", "demonym", "likelihood", "unlikely", "home_near", "home_region", "home_country", "far_from_home",
    "foreign", "has_inside", "inside_title", "origin", "court", "official", "institution", "institution_far", "size",
    "first_city", "only_city", "home", "home_city", "home_alone", "home_spot", "home_wide", "alternate",
    "nothing", "nothing_named", "nothing_weak", "violent_led", "violent_after", "speaker", "aftermath", "opposed",
)  # fmt: skip
FEATURE_NUMBERS: Final = {name: at for at, name in enumerate(FEATURES)}

_AGAINST: Final = ("origin", "court", "official", "institution", "speaker", "aftermath")
_MOST_MENTIONS: Final = 10
"""Mentions of one place that are looked at: further ones say nothing new."""
_TITLE_OFFSET: Final = 1000
"""A mention in the text stands this far behind one in the headline."""
_FAR_KM: Final = 250.0
_NEAR_ANCHOR: Final = 200
_LEAD: Final = 400
_LIKELY: Final = 0.5


class Candidate(Protocol):
    """What is looked at of a candidate for the event's place."""

    place: int
    names: list[Name]
    mentions: list[Mention]

    @property
    def likelihood(self) -> float:
        """How likely any of its names is one here."""


class _Tally:
    """What the single mentions of one place add up to; ``counts`` by the names of features."""

    def __init__(self, article: Article, anchors: Sequence[Span]) -> None:
        self.article = article
        self.anchors = anchors
        self.title = self.title_led = self.near = 0.0
        self.counts = dict.fromkeys(
            ("anchor", "anchor_led", "count", "led", "police", "violent_led", "violent_after", "dateline", "holds"), 0.0
        )
        self.against = dict.fromkeys(_AGAINST, 0)
        self.first = 10_000
        self.opposed = 0

    def add(self, mention: Mention) -> None:
        """Take one mention into account."""
        text = self.article.title if mention.where == "title" else self.article.text
        start, end, counts = mention.start, mention.end, self.counts
        weight = mention.likelihood
        if cues.police_after(text, end, mention.hint):
            counts["police"] += 1.0
            weight = max(weight, _LIKELY)
        counts["count"] += weight
        counts["dateline"] += mention.dateline
        counts["holds"] += mention.held
        before = cues.last_words(text, start)
        around = hints.before(text, start), mention.hint
        reasons = cues.reasons_against(text, start, end, before, around, adjective=mention.demonym or mention.exact)
        for reason in reasons:
            self.against[reason] += 1
        self.first = 0 if mention.where == "title" else min(self.first, start)
        if reasons and reasons != ["institution"]:
            self.opposed += 1
            return
        is_led = cues.led(before)
        counts["led"] += is_led * weight
        counts["violent_led"] += weight * cues.event_led(text, start, before, around[0])
        counts["violent_after"] += weight * cues.event_after(text, end, mention.hint)
        if mention.where == "title":
            self.title = max(self.title, weight)
            self.title_led = max(self.title_led, is_led * weight)
        self._anchor(mention, weight, is_led=is_led)

    def _anchor(self, mention: Mention, weight: float, *, is_led: bool) -> None:
        for span in self.anchors:
            if span.where != mention.where:
                continue
            if span.start <= mention.start < span.end:
                self.counts["anchor"] += span.weight * weight
                self.counts["anchor_led"] += span.weight * weight * is_led
            elif min(abs(mention.start - span.end), abs(span.start - mention.start)) < _NEAR_ANCHOR:
                self.near = max(self.near, span.weight * weight)

    def values(self, number: int) -> dict[str, float]:
        """The features of ``number`` mentions."""
        counts = self.counts
        logs = ("anchor", "anchor_led", "count", "led", "police", "violent_led", "violent_after")
        return {
            "title": self.title,
            "title_led": self.title_led,
            "near_anchor": self.near,
            "lead": float(self.first < _LEAD),
            "first": math.exp(-self.first / 600),
            "dateline": min(1.0, counts["dateline"]),
            "dateline_only": float(0 < counts["dateline"] == number),
            "holds": min(1.0, counts["holds"]),
            "opposed": float(self.opposed == number),
            **{name: math.log1p(counts[name]) for name in logs},
            **{name: times / number for name, times in self.against.items()},
        }


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
        self._article = article
        self._found = found
        self._anchors = anchors
        self._home = home
        towns = [c for c in found if gazetteer.level(c.place) in (Level.CITY, Level.LANDMARK)]
        positions = [_position(m) for c in towns for m in c.mentions if m.likelihood > _LIKELY]
        self._first_city = min(positions, default=-1)
        self._cities = sum(
            candidate.likelihood > _LIKELY for candidate in found if gazetteer.level(candidate.place) is Level.CITY
        )

    def values(self, candidate: Candidate) -> list[float]:
        """The values of FEATURES of one candidate."""
        gazetteer, place = self._gazetteer, candidate.place
        level, mentions, likely = gazetteer.level(place), candidate.mentions, candidate.likelihood
        considered = mentions[:_MOST_MENTIONS]
        tally = _Tally(self._article, self._anchors)
        for mention in considered:
            tally.add(mention)
        values = tally.values(len(considered))
        values |= {
            level.name.lower(): 1.0,
            "title_city": values["title"] * (level in (Level.CITY, Level.LANDMARK)),
            "title_country": values["title"] * (level is Level.COUNTRY),
            "demonym": float(all(m.demonym for m in mentions)),
            "likelihood": likely,
            "unlikely": float(likely < _LIKELY),
            "held": float(any(m.holder is not None for m in mentions)),
            "alternate": float(
                all(kind == ALTERNATE for name in candidate.names for index, kind in name.senses if index == place)
            ),
            "size": math.log10(gazetteer.population[place] + 10) / 7,
            "first_city": float(any(_position(m) == self._first_city for m in mentions)),
            "only_city": float(level is Level.CITY and likely > _LIKELY and self._cities == 1),
        }
        values |= self._inside(candidate)
        if self._home is not None:
            values |= self._against_home(self._home, place, values["institution"])
        return _row(values)

    def home_values(self, home: Home, likeliest: float) -> list[float]:
        """The features of the outlet's own town, which the article does not name."""
        level = self._gazetteer.level(home.place)
        return _row(
            {
                "home": 1.0,
                "home_city": float(level is Level.CITY),
                "home_alone": float(likeliest <= _LIKELY),
                "home_spot": home.certainty,
                "home_wide": float(level is Level.COUNTRY),
            }
        )

    def nothing_values(self, likeliest: float) -> list[float]:
        """The features of the answer that no place can be told."""
        return _row({"nothing": 1.0, "nothing_named": float(likeliest > _LIKELY), "nothing_weak": 1.0 - likeliest})

    def _against_home(self, home: Home, place: int, institution: float) -> dict[str, float]:
        gazetteer = self._gazetteer
        country, region = gazetteer.country[place], gazetteer.region[place]
        values = {
            "home_region": float(bool(home.region) and home.region == region),
            "home_country": float(home.country == country),
            "foreign": float(home.country != country),
            "institution_far": institution * (home.country != country),
        }
        if home.lat is not None and home.lon is not None and gazetteer.level(place) >= Level.ADMIN2:
            distance = flat_km(home.lat, home.lon, gazetteer.lat[place], gazetteer.lon[place])
            values["home_near"] = math.exp(-distance / 100)
            values["far_from_home"] = float(distance > _FAR_KM)
            values["institution_far"] = institution * (distance > _FAR_KM)
        return values

    def _inside(self, candidate: Candidate) -> dict[str, float]:
        """What the article names inside a candidate: then it is the wider setting of the finer place."""
        level = self._gazetteer.level(candidate.place)
        if level > Level.REGION:
            return {}
        inside = [
            other for other in self._found if other is not candidate and self._contains(candidate.place, level, other)
        ]
        in_title = any(m.where == "title" and m.likelihood > _LIKELY for other in inside for m in other.mentions)
        return {"has_inside": min(3.0, sum(other.likelihood for other in inside)) / 3, "inside_title": float(in_title)}

    def _contains(self, place: int, level: Level, other: Candidate) -> bool:
        gazetteer = self._gazetteer
        country, region = gazetteer.country[place], gazetteer.region[place]
        if not country or gazetteer.country[other.place] != country or gazetteer.level(other.place) <= level:
            return False
        return level is Level.COUNTRY or (region != 0 and gazetteer.region[other.place] == region)


def _row(values: dict[str, float]) -> list[float]:
    row = [0.0] * len(FEATURES)
    for name, value in values.items():
        row[FEATURE_NUMBERS[name]] = value
    return row


def _position(mention: Mention) -> int:
    return mention.start + (0 if mention.where == "title" else _TITLE_OFFSET)
