"""Circumstances: the features that speak for and against a place as the event's, in one article."""

import math
from collections.abc import Sequence
from typing import Final, Protocol

from streams.model import Article, Span
from streams.places import cues
from streams.places.gazetteer import ALTERNATE, LEVELS, Gazetteer, Level
from streams.places.mentions import Mention
from streams.places.outlets import Home
from streams.places.resolution import Name, flat_km

MENTIONED: Final = (
    "title", "title_led", "near_anchor", "lead", "first", "dateline", "dateline_only", "holds", "opposed", "anchor",
    "anchor_led", "count", "led", "police", "violent_led", "violent_after", "origin", "court", "official",
    "institution", "speaker", "aftermath", "demonym", "held", "first_city",
)  # fmt: skip
"""What the single mentions of a place add up to."""
OF_ITS_KIND: Final = (
    "country", "admin1", "admin2", "region", "city", "landmark", "title_city", "title_country", "likelihood",
    "unlikely", "alternate", "size", "only_city", "has_inside", "inside_title",
    "doubt", "institution_doubt",
)  # fmt: skip
"""What a place is, and what else the article names in it."""
FROM_HOME: Final = ("home_region", "home_country", "foreign", "home_near", "far_from_home", "institution_far")
"""Where a place lies as seen from the outlet."""
UNNAMED: Final = (
    "home", "home_city", "home_alone", "home_spot", "home_wide", "nothing", "nothing_named", "nothing_weak",
)  # fmt: skip
"""Of the outlet's own town, and of the answer that no place can be told."""
FEATURES: Final = (*MENTIONED, *OF_ITS_KIND, *FROM_HOME, *UNNAMED)
FEATURE_NUMBERS: Final = {name: at for at, name in enumerate(FEATURES)}

_AGAINST: Final = ("origin", "court", "official", "institution", "speaker", "aftermath")
_INSTITUTION: Final = MENTIONED.index("institution")
_MOST_MENTIONS: Final = 10
"""Mentions of one place that are looked at: further ones say nothing new."""
_TITLE_OFFSET: Final = 1000
"""A mention in the text stands this far behind one in the headline."""
_FAR_KM: Final = 250.0
_NEAR_ANCHOR: Final = 200
_LEAD: Final = 400
_LIKELY: Final = 0.5
_LEVELS: Final = tuple([float(level == other) for other in range(len(LEVELS))] for level in range(len(LEVELS)))
_NOTHING_AGAINST: Final = [0.0] * len(_AGAINST)
_NOT_NAMED: Final = [0.0] * (len(FEATURES) - len(UNNAMED))
_NAMED: Final = [0.0] * len(UNNAMED)
_HOMELESS: Final = [0.0] * len(FROM_HOME)


class Candidate(Protocol):
    """What is looked at of a candidate for the event's place; ``likelihood`` is the best of its names'."""

    place: int
    names: list[Name]
    mentions: list[Mention]
    likelihood: float


class _Field:
    """A title or a text with its anchors as ``(start, end, weight)``."""

    def __init__(self, text: str, where: str, anchors: Sequence[Span]) -> None:
        self.text = text
        self.anchors = [(span.start, span.end, span.weight) for span in anchors if span.where == where]

    def support(self, start: int) -> tuple[float, float]:
        """The weights of the anchors that hold a character, and the best weight of those that are near it."""
        inside = near = 0.0
        for begin, end, weight in self.anchors:
            if begin - _NEAR_ANCHOR < start < end + _NEAR_ANCHOR:
                if begin <= start < end:
                    inside += weight
                elif weight > near:
                    near = weight
        return inside, near


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
        self._title = _Field(article.title, "title", anchors)
        self._text = _Field(article.text, "text", anchors)
        self._home = home
        self._first_city = -1
        self._cities = 0
        self._places = []
        for candidate in found:
            place = candidate.place
            level = gazetteer.level(place)
            self._places.append((candidate, gazetteer.country[place], gazetteer.region[place], level))
            self._cities += level == Level.CITY and candidate.likelihood > _LIKELY
            if level >= Level.CITY:
                positions = [_position(m) for m in candidate.mentions if m.likelihood > _LIKELY]
                if positions and (self._first_city < 0 or min(positions) < self._first_city):
                    self._first_city = min(positions)

    def values(self, candidate: Candidate) -> list[float]:
        """The values of FEATURES of one candidate."""
        gazetteer, place, likely = self._gazetteer, candidate.place, candidate.likelihood
        level = gazetteer.level(place)
        row = self._mentioned(candidate.mentions)
        title, institution = row[0], row[_INSTITUTION]
        row += _LEVELS[level]
        alternate = float(all(name.senses[name.choice][1] == ALTERNATE for name in candidate.names))
        row += (
            title if level >= Level.CITY else 0.0,
            title if level == Level.COUNTRY else 0.0,
            likely,
            float(likely < _LIKELY),
            alternate,
            math.log10(gazetteer.population[place] + 10) / 7,
            float(level == Level.CITY and likely > _LIKELY and self._cities == 1),
        )
        row += self._inside(candidate, level) if level <= Level.REGION else (0.0, 0.0)
        doubt = min(name.doubt() for name in candidate.names)
        row += (doubt, max(doubt, alternate) * institution)
        row += _HOMELESS if self._home is None else self._from_home(self._home, place, level, institution)
        row += _NAMED
        return row

    def home_values(self, home: Home, likeliest: float) -> list[float]:
        """The features of the outlet's own town, which the article does not name."""
        level = self._gazetteer.level(home.place)
        alone, wide = float(likeliest <= _LIKELY), float(level == Level.COUNTRY)
        return [*_NOT_NAMED, 1.0, float(level == Level.CITY), alone, home.certainty, wide, 0.0, 0.0, 0.0]

    def nothing_values(self, likeliest: float) -> list[float]:
        """The features of the answer that no place can be told."""
        return [*_NOT_NAMED, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, float(likeliest > _LIKELY), 1.0 - likeliest]

    def _mentioned(self, mentions: Sequence[Mention]) -> list[float]:
        """The values of MENTIONED."""
        considered = mentions[:_MOST_MENTIONS]
        title = title_led = near = anchor = anchor_led = count = led = 0.0
        police = violent_led = violent_after = dateline = holds = 0.0
        opposed, first = 0, 10_000
        demonym, held, leads = True, False, False
        against: dict[str, int] = {}
        for mention in considered:
            in_title = mention.where == "title"
            field = self._title if in_title else self._text
            text, start, end, hint, weight = field.text, mention.start, mention.end, mention.hint, mention.likelihood
            if hint and cues.police_after(text, end, hint):
                police += 1.0
                weight = max(weight, _LIKELY)
            demonym = demonym and mention.demonym
            held = held or mention.holder is not None
            leads = leads or start + (0 if in_title else _TITLE_OFFSET) == self._first_city
            count += weight
            dateline += mention.dateline
            holds += mention.held
            first = 0 if in_title else min(first, start)
            before = cues.last_words(text, start)
            told = cues.hints_before(text, start, before)
            if told or hint:
                adjective = mention.demonym or mention.exact
                reasons = cues.reasons_against(text, start, end, before, (told, hint), adjective=adjective)
                for reason in reasons:
                    against[reason] = against.get(reason, 0) + 1
                if reasons and reasons != ["institution"]:
                    opposed += 1
                    continue
                violent_after += weight * cues.event_after(text, end, hint)
            violent_led += weight * cues.event_led(before, told)
            is_led = cues.led(before)
            led += is_led * weight
            if in_title:
                title = max(title, weight)
                title_led = max(title_led, is_led * weight)
            inside, beside = field.support(start)
            anchor += inside * weight
            anchor_led += inside * weight * is_led
            near = max(near, beside * weight)
        number = len(considered)
        logs = map(math.log1p, (anchor, anchor_led, count, led, police, violent_led, violent_after))
        return [
            title,
            title_led,
            near,
            float(first < _LEAD),
            math.exp(-first / 600),
            min(1.0, dateline),
            float(0 < dateline == number),
            min(1.0, holds),
            float(opposed == number),
            *logs,
            *([against.get(name, 0) / number for name in _AGAINST] if against else _NOTHING_AGAINST),
            float(demonym),
            float(held),
            float(leads),
        ]

    def _from_home(self, home: Home, place: int, level: int, institution: float) -> tuple[float, ...]:
        """The values of FROM_HOME."""
        gazetteer = self._gazetteer
        abroad = home.country != gazetteer.country[place]
        in_region = float(bool(home.region) and home.region == gazetteer.region[place])
        near = 0.0
        far = abroad
        outlying = False
        if home.lat is not None and home.lon is not None and level >= Level.ADMIN2:
            distance = flat_km(home.lat, home.lon, gazetteer.lat[place], gazetteer.lon[place])
            near = math.exp(-distance / 100)
            far = outlying = distance > _FAR_KM
        return in_region, float(not abroad), float(abroad), near, float(outlying), institution * far

    def _inside(self, candidate: Candidate, level: int) -> tuple[float, float]:
        """What the article names inside a candidate: then it is the wider setting of the finer place."""
        place = candidate.place
        country, region = self._gazetteer.country[place], self._gazetteer.region[place]
        if not country or (level != Level.COUNTRY and not region):
            return 0.0, 0.0
        total, in_title = 0.0, False
        for other, its_country, its_region, its_level in self._places:
            if its_country != country or its_level <= level or other is candidate:
                continue
            if level == Level.COUNTRY or its_region == region:
                total += other.likelihood
                in_title = in_title or any(m.where == "title" and m.likelihood > _LIKELY for m in other.mentions)
        return min(3.0, total) / 3, float(in_title)


def _position(mention: Mention) -> int:
    return mention.start + (0 if mention.where == "title" else _TITLE_OFFSET)
