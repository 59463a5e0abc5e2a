"""The place of the event: which of an article's names its headline, its anchors and its dateline support."""

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from streams.model import Article, Span
from streams.places.gazetteer import Gazetteer, Level
from streams.places.mentions import Mention
from streams.places.outlets import Home
from streams.places.recognition import INSTITUTIONS
from streams.places.resolution import Name, flat_km

FEATURES: Final = (
    "title", "title_led", "title_city", "title_country", "anchor", "anchor_led", "near_anchor", "lead", "first", "count",
    "dateline", "dateline_only", "led", "police", "holds", "held", "city", "admin1", "admin2", "country", "region",
    "landmark", "demonym", "likelihood", "unlikely", "home_near", "home_region", "home_country", "far_from_home",
    "foreign", "has_inside", "inside_title", "origin", "court", "official", "institution", "institution_far", "size",
    "first_city", "only_city", "home", "home_city", "home_alone", "home_spot", "home_wide", "alternate",
    "nothing", "nothing_named", "nothing_weak", "violent_led", "violent_after", "speaker", "aftermath", "opposed",
)  # fmt: skip
_AT: Final = {name: at for at, name in enumerate(FEATURES)}

_POLICE: Final = re.compile(
    r"['’]?s?\s?(?:city |county |metro |state |metropolitan |fire |police )?"
    r"(?:police|sheriff|department|fire dep|pd\b|officers|authorities|deputies|mayor)",
    re.IGNORECASE,
)
_OFFICIAL: Final = re.compile(
    r"['’]?s?\s?(?:\w+ )?(?:president|prime minister|minister|ministry|government|foreign|embassy|ambassador|consulate"
    r"|said|says|warns?|warned|issues?|issued|urges?|blames?|vows?|sends?|condemned|condemns|offers?|offered|officials?|leaders?|state media|lawmakers?|spokes\w+|intelligence|military)\b",
    re.IGNORECASE,
)
_ORIGIN: Final = re.compile(
    r"(?:\bborn in|\bnative of|\boriginally from|\bfrom|\b(?:man|woman|resident|native|citizen|national)s? (?:of|from)"
    r"|\blived in|\bgrew up in|\bmoved to|\breturned from|\btravell?ed to|\bcourt in)\s*$",
    re.IGNORECASE,
)
_COURT: Final = re.compile(
    r"['’]?s?\s?(?:(?:county|district|circuit|superior|federal|high|crown|magistrates['’]?|supreme|municipal) )*"
    r"(?:court|jail|prison|prosecutor|attorney|hospital|medical|university hospital|general hospital|detention)",
    re.IGNORECASE,
)
_LED: Final = re.compile(
    r"\b(?:in|at|near|outside|across|around|inside|hits?|rocks?|rocked|targets?|downtown|central|city of|town of|suburb of"
    r"|south of|north of|east of|west of|northern|southern|eastern|western|village of|hit|struck|strikes)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_VIOLENCE: Final = (
    r"shot|shots|shoot(?:s|ing|ings|er|out)?|gunm[ae]n|gunfire|gunshots?|fired|fire|killed|kills|killing|dead|died|dies"
    r"|wounded|wounds|injured|injures|attack(?:s|ed|er|ers)?|bomb(?:s|ed|er|ers|ing|ings)?|blasts?|explo(?:des?|ded|sions?)"
    r"|stabb(?:ed|ing|ings)|stabs?|hostages?|siege|rampage|massacre|rams?|rammed|ploughs?|ploughed|plows?|plowed|lockdown"
    r"|locked|evacuated|threats?|alert|grenades?|rockets?|murder(?:s|ed)?|manhunt|ambush(?:ed)?|terror|standoff|robbery"
)
_VIOLENT_LED: Final = re.compile(
    rf"\b(?:{_VIOLENCE})\b[^.;!?\n]{{0,60}}?\b(?:in|at|near|outside|across|on|into|of|inside)\s+"
    rf"(?:[A-Z]?[\w'’-]+\s+){{0,2}}$|\b(?:hits?|struck|strikes?|rocks?|rocked|targets?)\s+$",
    re.IGNORECASE,
)
_VIOLENT_AFTER: Final = re.compile(
    rf"['’]?s?[\s-](?:[a-z]+\s)?(?:{_VIOLENCE}|school|mall|mosque|church|market|station|hotel|airport|nightclub|campus)\b",
    re.IGNORECASE,
)
_SPEAKER: Final = re.compile(
    r"\b(?:ministry|minister|embassy|correspondent|reporters?|reporting|statement|foreign office|headquarters|writes?"
    r"|diplomats?|government|speech|conference|summit|talks)\s+(?:\w+\s)?(?:in|at|from)\s+$",
    re.IGNORECASE,
)
_AFTERMATH: Final = re.compile(
    r"\b(?:arrested|caught|captured|held|charged|flown|appear(?:s|ed)?|taken|transferred|extradited|sentenced|detained"
    r"|moved|travell?ed|flew|fled|born|raised|lived|buried|treated)\b[^.;!?\n]{0,30}\b(?:in|to|at|from)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_NEXT_WORD: Final = re.compile(r"\s?(\w+)")
_PREPOSITIONS: Final = frozenset(("in", "to", "from", "at", "of", "the"))
_LEADING: Final = frozenset(
    (
        "in",
        "at",
        "near",
        "outside",
        "across",
        "around",
        "inside",
        "hit",
        "hits",
        "rock",
        "rocks",
        "rocked",
        "target",
        "targets",
    )
    + ("downtown", "central", "of", "northern", "southern", "eastern", "western", "struck", "strikes", "the")
)
_EVENT_PREPOSITIONS: Final = frozenset(
    ("in", "at", "near", "outside", "across", "on", "into", "of", "inside", "hit", "hits", "struck", "strikes", "rock")
    + ("rocks", "rocked", "target", "targets")
)
_CLOSING: Final = frozenset((".", ",", ";", ")", ""))
_MOST_MENTIONS: Final = 10
"""Mentions of one place that are looked at: further ones say nothing new."""
_UNLIKELY: Final = 0.15
_TITLE_OFFSET: Final = 1000
"""A mention in the text stands this far behind one in the headline."""


@dataclass(slots=True)
class Candidate:
    """A place that may be the event's, with the features that speak for and against it.

    ``home`` is True of the one candidate that no word of the article names: the outlet's own town; ``nothing`` of the
    answer that the article does not tell (``place`` is then -1).
    """

    place: int
    names: list[Name]
    home: bool = False
    nothing: bool = False
    values: list[float] = field(default_factory=list)
    score: float = 0.0

    def value(self, feature: str) -> float:
        """The value of one of FEATURES."""
        return self.values[_AT[feature]]

    @property
    def mentions(self) -> list[Mention]:
        """All mentions of all its names, but for those in the page's furniture."""
        return [mention for name in self.names for mention in name.mentions if not mention.noise]


class Focus:
    """Scores the places of an article as the event's; ``weights`` are learned, in the order of FEATURES."""

    def __init__(self, gazetteer: Gazetteer, weights: Sequence[float]) -> None:
        self._gazetteer = gazetteer
        self._weights = tuple(weights)

    def rank(
        self, article: Article, names: Sequence[Name], anchors: Sequence[Span], home: Home | None
    ) -> list[Candidate]:
        """All candidates, the best first; their scores are log-odds against each other."""
        candidates = self.candidates(article, names, anchors, home)
        for candidate in candidates:
            candidate.score = sum(map(operator.mul, self._weights, candidate.values))
        return sorted(candidates, key=lambda candidate: -candidate.score)

    def candidates(
        self, article: Article, names: Sequence[Name], anchors: Sequence[Span], home: Home | None
    ) -> list[Candidate]:
        """The places named, and the outlet's home, each with the values of FEATURES."""
        by_place: dict[int, Candidate] = {}
        for name in names:
            if not any(_counts(mention) for mention in name.mentions):
                continue
            by_place.setdefault(name.place, Candidate(name.place, [])).names.append(name)
        found = list(by_place.values())
        setting = _Setting(self._gazetteer, article, found, anchors, home)
        for candidate in found:
            candidate.values = setting.values(candidate)
        if home is not None and home.place >= 0 and home.place not in by_place:
            found.append(Candidate(home.place, [], home=True, values=setting.home_values(home)))
        found.append(Candidate(-1, [], nothing=True, values=setting.nothing_values()))
        return found


class _Setting:
    """One article's circumstances, in which each candidate is weighed."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        article: Article,
        found: Sequence[Candidate],
        anchors: Sequence[Span],
        home: Home | None,
    ) -> None:
        self.gazetteer = gazetteer
        self.article = article
        self.found = found
        self.named = tuple(found)
        self.anchors = anchors
        self.home = home
        cities = [
            _position(m)
            for c in found
            if gazetteer.level(c.place) in (Level.CITY, Level.LANDMARK)
            for m in c.mentions
            if m.likelihood > 0.5
        ]
        self.first_city = min(cities, default=-1)
        self.cities = len({c.place for c in found if gazetteer.level(c.place) is Level.CITY and _likely(c) > 0.5})

    def values(self, candidate: Candidate) -> list[float]:
        gazetteer, place, home = self.gazetteer, candidate.place, self.home
        level = gazetteer.level(place)
        mentions = candidate.mentions
        row = [0.0] * len(FEATURES)

        def put(name: str, value: float) -> None:
            row[_AT[name]] = value

        self._tally(mentions[:_MOST_MENTIONS], put)
        put(level.name.lower() if level is not Level.LANDMARK else "landmark", 1.0)
        title = row[_AT["title"]]
        put("title_city", title * (level in (Level.CITY, Level.LANDMARK)))
        put("title_country", title * (level is Level.COUNTRY))
        put("demonym", float(all(m.demonym for m in mentions)))
        likely = _likely(candidate)
        put("likelihood", likely)
        put("unlikely", float(likely < 0.5))
        put("held", float(any(m.holder is not None for m in mentions)))
        put("alternate", float(all(kind for name in candidate.names for index, kind in name.senses if index == place)))
        country, region = gazetteer.country[place], gazetteer.region[place]
        if home is not None:
            same_region = bool(home.region) and home.region == region
            put("home_region", float(same_region))
            put("home_country", float(home.country == country))
            put("foreign", float(home.country != country))
            if home.lat is not None and home.lon is not None and level >= Level.ADMIN2:
                distance = flat_km(home.lat, home.lon, gazetteer.lat[place], gazetteer.lon[place])
                put("home_near", math.exp(-distance / 100))
                put("far_from_home", float(distance > 250))
                put("institution_far", row[_AT["institution"]] * (distance > 250))
        inside = [c for c in self.found if c is not candidate and self._contains(place, level, country, region, c)]
        put("has_inside", min(3.0, sum(_likely(c) for c in inside)) / 3)
        put("inside_title", float(any(m.where == "title" for c in inside for m in c.mentions if m.likelihood > 0.5)))
        put("size", math.log10(gazetteer.population[place] + 10) / 7)
        put("first_city", float(any(_position(m) == self.first_city for m in mentions)))
        put("only_city", float(level is Level.CITY and likely > 0.5 and self.cities == 1))
        return row

    def home_values(self, home: Home) -> list[float]:
        """The features of the outlet's own town, which the article does not name."""
        row = [0.0] * len(FEATURES)
        row[_AT["home"]] = 1.0
        row[_AT["home_city"]] = float(self.gazetteer.level(home.place) is Level.CITY)
        row[_AT["home_alone"]] = float(not any(_likely(c) > 0.5 for c in self.named))
        row[_AT["home_spot"]] = home.certainty
        row[_AT["home_wide"]] = float(self.gazetteer.level(home.place) is Level.COUNTRY)
        return row

    def nothing_values(self) -> list[float]:
        """The features of the answer that no place can be told."""
        row = [0.0] * len(FEATURES)
        row[_AT["nothing"]] = 1.0
        best = max((_likely(c) for c in self.named), default=0.0)
        row[_AT["nothing_named"]] = float(best > 0.5)
        row[_AT["nothing_weak"]] = 1.0 - best
        return row

    def _contains(self, place: int, level: Level, country: int, region: int, other: Candidate) -> bool:
        if self.gazetteer.country[other.place] != country or not country:
            return False
        finer = self.gazetteer.level(other.place) > level
        return finer and (level is Level.COUNTRY or (region != 0 and self.gazetteer.region[other.place] == region))

    def _tally(self, mentions: Sequence[Mention], put: Callable[[str, float], None]) -> None:
        title = title_led = anchor = anchor_led = near = led = police = holds = dateline = count = 0.0
        violent_led = violent_after = 0.0
        against = dict.fromkeys(("origin", "court", "official", "institution", "speaker", "aftermath"), 0)
        first = 10_000
        opposed = 0
        for mention in mentions:
            weight = mention.likelihood
            text = self.article.title if mention.where == "title" else self.article.text
            start, end = mention.start, mention.end
            tail = text[end : end + 40]
            if tail[:1] not in _CLOSING and _POLICE.match(tail):
                police += 1.0
                weight = max(weight, 0.5)
            count += weight
            dateline += mention.dateline
            holds += mention.held
            words = text[max(0, start - 30) : start].lower().split()[-3:] or [""]
            led_by = words[-1]
            reasons = self._reasons(text, start, tail, led_by)
            for reason in reasons:
                against[reason] += 1
            first = 0 if mention.where == "title" else min(first, start)
            if reasons and reasons != ["institution"]:
                opposed += 1
                continue
            is_led = led_by in _LEADING and _LED.search(text, max(0, start - 30), start) is not None
            led += is_led * weight
            violent_led += weight * (not _EVENT_PREPOSITIONS.isdisjoint(words) and event_led(text, start))
            violent_after += weight * event_after(text, end)
            if mention.where == "title":
                title = max(title, weight)
                title_led = max(title_led, is_led * weight)
            for span in self.anchors:
                if span.where != mention.where:
                    continue
                if span.start <= start < span.end:
                    anchor += span.weight * weight
                    anchor_led += span.weight * weight * is_led
                elif abs(start - span.end) < 200 or abs(span.start - start) < 200:
                    near = max(near, span.weight * weight)
        number = len(mentions)
        put("title", title)
        put("title_led", title_led)
        put("anchor", math.log1p(anchor))
        put("anchor_led", math.log1p(anchor_led))
        put("near_anchor", near)
        put("lead", float(first < 400))
        put("first", math.exp(-first / 600))
        put("count", math.log1p(count))
        put("dateline", min(1.0, dateline))
        put("dateline_only", float(0 < dateline == number))
        put("led", math.log1p(led))
        put("police", math.log1p(police))
        put("holds", min(1.0, holds))
        put("violent_led", math.log1p(violent_led))
        put("violent_after", math.log1p(violent_after))
        put("opposed", float(opposed == number))
        for reason, times in against.items():
            put(reason, times / number)

    def _reasons(self, text: str, start: int, tail: str, led_by: str) -> list[str]:
        """Why a mention tells of something else than the event: where somebody is from, speaks, or is tried."""
        reasons = []
        if led_by in _PREPOSITIONS:
            if _ORIGIN.search(text, max(0, start - 30), start):
                reasons.append("origin")
            if _SPEAKER.search(text, max(0, start - 40), start):
                reasons.append("speaker")
            if _AFTERMATH.search(text, max(0, start - 60), start):
                reasons.append("aftermath")
        if tail[:1] in _CLOSING:
            return reasons
        if _OFFICIAL.match(tail):
            reasons.append("official")
        if _COURT.match(tail):
            reasons.append("court")
        after = _NEXT_WORD.match(tail)
        if after is not None and after[1].lower() in INSTITUTIONS:
            reasons.append("institution")
        return reasons


def _counts(mention: Mention) -> bool:
    """True unless a mention is in the page's furniture, or hardly the name of a place and far from the outlet's home."""
    return not mention.noise and (mention.likelihood > _UNLIKELY or mention.near_home)


def event_led(text: str, start: int) -> bool:
    """True when the words before ``start`` say that something violent happened there."""
    return _VIOLENT_LED.search(text, max(0, start - 100), start) is not None


def event_after(text: str, end: int) -> bool:
    """True when the words from ``end`` on name something violent or its scene."""
    return text[end : end + 1] not in _CLOSING and _VIOLENT_AFTER.match(text, end, end + 40) is not None


def _likely(candidate: Candidate) -> float:
    return max((name.likelihood for name in candidate.names), default=0.0)


def _position(mention: Mention) -> int:
    return mention.start + (0 if mention.where == "title" else _TITLE_OFFSET)
