"""The place of the event: which of an article's names its headline, its anchors and its dateline support."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.model import Article, Span
from streams.places.gazetteer import Gazetteer, Level
from streams.places.mentions import Mention
from streams.places.outlets import Home
from streams.places.resolution import Name

FEATURES: Final = (
    "title", "title_led", "anchor", "anchor_led", "near_anchor", "lead", "first", "count", "dateline", "led", "police",
    "holds", "city", "admin1", "admin2", "country", "region", "landmark", "demonym", "likelihood", "home_near",
    "home_region", "home_country", "inside_others", "origin", "court", "people_only", "size", "first_city", "street",
)  # fmt: skip

_POLICE: Final = re.compile(
    r"^['’]?s?\s?(?:city |county |metro |state |metropolitan )?(?:police|sheriff|fire dep|pd\b|officers|authorities|deputies|mayor)",
    re.IGNORECASE,
)
_ORIGIN: Final = re.compile(
    r"(?:\bborn in|\bnative of|\boriginally from|\bfrom|\b(?:man|woman|resident|native|citizen|national)s? (?:of|from))\s*$",
    re.IGNORECASE,
)
_COURT: Final = re.compile(
    r"^['’]?s?\s?(?:(?:county|district|circuit|superior|federal|high|crown|magistrates['’]?|supreme) )*(?:court|jail|prison|prosecutor|attorney|hospital|medical|university hospital|general hospital)",
    re.IGNORECASE,
)
_STREET: Final = re.compile(
    r"^\s?(?:Street|St\.?|Avenue|Ave\.?|Road|Rd\.?|Drive|Dr\.?|Boulevard|Blvd\.?|Lane|Ln\.?|Way|Place|Parkway|Highway|Pike|Court|Circle|Terrace)\b"
)
_LED: Final = re.compile(
    r"\b(?:in|at|near|outside|across|around|inside|hits?|rocks?|rocked|targets?|attacked?|downtown|central|city of|town of|suburb of|south of|north of|east of|west of|northern|southern|eastern|western)\s+(?:the\s+)?$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Candidate:
    """A place that may be the event's, with the features that speak for and against it."""

    place: int
    names: list[Name]
    values: list[float] = field(default_factory=list)
    score: float = 0.0


class Focus:
    """Scores the places of an article as the event's; ``weights`` are learned, in the order of FEATURES."""

    def __init__(self, gazetteer: Gazetteer, weights: Sequence[float]) -> None:
        self._gazetteer = gazetteer
        self._weights = tuple(weights)

    def rank(
        self, article: Article, names: Sequence[Name], anchors: Sequence[Span], home: Home | None
    ) -> list[Candidate]:
        """All candidates, the best first."""
        candidates = self.candidates(article, names, anchors, home)
        for candidate in candidates:
            candidate.score = sum(w * x for w, x in zip(self._weights, candidate.values, strict=True))
        return sorted(candidates, key=lambda candidate: -candidate.score)

    def candidates(
        self, article: Article, names: Sequence[Name], anchors: Sequence[Span], home: Home | None
    ) -> list[Candidate]:
        """The places named, each with the values of FEATURES."""
        by_place: dict[int, Candidate] = {}
        for name in names:
            if name.choice >= 0:
                by_place.setdefault(name.place, Candidate(name.place, [])).names.append(name)
        found = list(by_place.values())
        first_city = min(
            (m.start + (0 if m.where == "title" else 1000) for c in found if self._gazetteer.level(c.place) is Level.CITY
             for n in c.names for m in n.mentions if m.likelihood > 0.5),
            default=-1,
        )  # fmt: skip
        for candidate in found:
            candidate.values = self._values(article, candidate, found, anchors, home, first_city)
        return found

    def _values(
        self,
        article: Article,
        candidate: Candidate,
        found: Sequence[Candidate],
        anchors: Sequence[Span],
        home: Home | None,
        first_city: int,
    ) -> list[float]:
        gazetteer = self._gazetteer
        place = candidate.place
        level = gazetteer.level(place)
        mentions = [m for name in candidate.names for m in name.mentions]
        tally = _tally(article, mentions, anchors)
        lat, lon = gazetteer.lat[place], gazetteer.lon[place]
        home_near = 0.0
        if home is not None and home.lat is not None and home.lon is not None and level >= Level.ADMIN2:
            east = ((lon - home.lon + 540) % 360 - 180) * math.cos(math.radians(lat))
            home_near = math.exp(-111.2 * math.hypot(lat - home.lat, east) / 100)
        country, region = gazetteer.country[place], gazetteer.region[place]
        inside = sum(
            1.0
            for other in found
            if other is not candidate
            and gazetteer.country[other.place] == country
            and (level is Level.COUNTRY or (region and gazetteer.region[other.place] == region))
        )
        return [
            *tally,
            float(level is Level.CITY),
            float(level is Level.ADMIN1),
            float(level is Level.ADMIN2),
            float(level is Level.COUNTRY),
            float(level is Level.REGION),
            float(level is Level.LANDMARK),
            float(all(m.demonym for m in mentions)),
            max(name.likelihood for name in candidate.names),
            home_near,
            float(home is not None and bool(home.region) and home.region == region),
            float(home is not None and home.country == country),
            min(3.0, inside) / 3,
            *_against(article, mentions),
            math.log10(gazetteer.population[place] + 10) / 7,
            float(any(m.start + (0 if m.where == "title" else 1000) == first_city for m in mentions)),
            float(all(_STREET.match(_field(article, m)[m.end : m.end + 12]) is not None for m in mentions)),
        ]


def _tally(article: Article, mentions: Sequence[Mention], anchors: Sequence[Span]) -> list[float]:
    title = title_led = anchor = anchor_led = near = led = police = holds = dateline = 0.0
    first = 10_000
    count = 0.0
    for mention in mentions:
        weight = mention.likelihood
        text = _field(article, mention)
        is_led = _LED.search(text, max(0, mention.start - 30), mention.start) is not None
        is_police = _POLICE.match(text[mention.end : mention.end + 40]) is not None
        if is_police:
            police += 1.0
            weight = max(weight, 0.5)
        count += weight
        led += is_led * weight
        dateline += mention.dateline
        holds += mention.held
        if mention.where == "title":
            title = max(title, weight)
            title_led = max(title_led, is_led * weight)
            first = min(first, 0)
        else:
            first = min(first, mention.start)
        for span in anchors:
            if span.where != mention.where:
                continue
            if span.start <= mention.start < span.end:
                anchor += span.weight * weight
                anchor_led += span.weight * weight * is_led
            elif abs(mention.start - span.end) < 200 or abs(span.start - mention.start) < 200:
                near = max(near, span.weight * weight)
    return [
        title, title_led, math.log1p(anchor), math.log1p(anchor_led), near, float(first < 400), math.exp(-first / 600),
        math.log1p(count), min(1.0, dateline), math.log1p(led), math.log1p(police), min(1.0, holds),
    ]  # fmt: skip


def _against(article: Article, mentions: Sequence[Mention]) -> list[float]:
    origin = court = people = 0
    for mention in mentions:
        text = _field(article, mention)
        origin += _ORIGIN.search(text, max(0, mention.start - 30), mention.start) is not None
        court += _COURT.match(text[mention.end : mention.end + 40]) is not None
        people += mention.likelihood < 0.5
    number = len(mentions)
    return [origin / number, court / number, people / number]


def _field(article: Article, mention: Mention) -> str:
    return article.title if mention.where == "title" else article.text
