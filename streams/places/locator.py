"""Locator: an article in, its toponyms and the place of its event out."""

import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, Final, Literal

import msgspec

from streams.model import Article, Place, Placing, Precision, Span, Toponym
from streams.places.details import venue_near
from streams.places.finder import Finder
from streams.places.focus import FEATURES as FOCUS_FEATURES
from streams.places.focus import Candidate, Focus, event_after, event_led
from streams.places.furniture import mark_noise
from streams.places.gazetteer import DEMONYM, PRIMARY, Gazetteer, Level
from streams.places.mentions import Mention
from streams.places.outlets import Home, Outlets
from streams.places.recognition import Recogniser
from streams.places.resolution import FEATURES as RESOLUTION_FEATURES
from streams.places.resolution import Name, Resolver, flat_km

REASONS: Final = {
    "headline": "a place named in the headline",
    "anchor": "a place named where the article tells of the event",
    "dateline": "the place in the dateline",
    "text": "a place named in the text",
    "outlet_home": "no place is named: the outlet's own region",
    "only_weak": "places are named, but none is likely to be the event's",
    "no_toponym": "no place is named and the outlet's home is not known",
}
"""The closed set of reason codes of a Placing, each with its meaning."""

RECOGNISED: Final = 0.5
"""Least likelihood of a mention that is given as a toponym."""
WEAK: Final = 0.1
"""Least likelihood of a mention that is looked at all: a police department's town is no toponym, yet it tells."""

_REGION_AFTER: Final = re.compile(
    r"['’]?s?\s+(?:state|province|region|oblast|governorate|prefecture|department|district|provincial|territory)\b",
    re.IGNORECASE,
)
_REGION_BEFORE: Final = re.compile(r"\b(?:state|province|region|governorate|republic) of (?:the )?$", re.IGNORECASE)
_CAPITAL_AFTER: Final = re.compile(
    r"(?:['’]s)?\s+(?:\w+\s)?capital\b(?!\s+(?:punishment|gains?|letters?|markets?))", re.IGNORECASE
)
_CAPITAL_BEFORE: Final = re.compile(r"\bcapital(?: city)? of (?:the )?$", re.IGNORECASE)
_NOTHING_LEADS: Final = 2.0
"""Lead in log-odds at which "cannot be told" wins: a place of one chance in eight is a guess."""
_NEAR_HOME_KM: Final = 120.0
_REMEMBERED: Final = 100_000
"""Answers that are remembered to save time; then all are forgotten, so that memory stays bounded."""
_LIST_GAPS: Final = frozenset((", ", " and ", ", and ", " & ", " and in ", ", in ", " and at "))
_TOWN_CERTAIN: Final = 0.2
"""Least share of an outlet's articles about one town at which that town stands for an article that names no place."""
_AGENCY: Final = re.compile(r"\s?(?:,[^.\n]{0,30}?)?\s?(?:\([^)\n]{2,40}\))?\s?(?:—|–|--|-|:)\s")


class Sense(msgspec.Struct, frozen=True, kw_only=True):
    """One place that a name may mean, with its score among the others."""

    place: Place
    score: float
    chosen: bool


class NameExplained(msgspec.Struct, frozen=True, kw_only=True):
    """One name of an article: where it stands, how likely it is one, and its best senses."""

    key: str
    mentions: tuple[Toponym, ...]
    likelihood: float
    senses: tuple[Sense, ...]


class EventExplained(msgspec.Struct, frozen=True, kw_only=True):
    """One place as the event's: its score and the features that are not zero."""

    place: Place
    score: float
    features: dict[str, float]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """All that the locator weighed for one article."""

    names: tuple[NameExplained, ...]
    events: tuple[EventExplained, ...]
    placing: Placing


class Locator:
    """Finds the place names of articles, resolves them, and chooses the event's place. Pure and thread-safe to read.

    Loads the shipped gazetteer and weights when made. Raises GazetteerError when the shipped file is of another version.
    """

    def __init__(self, weights: Mapping[str, Any] | None = None, gazetteer: Gazetteer | None = None) -> None:
        if weights is None:
            weights = json.loads(resources.files("streams.places").joinpath("data/weights.json").read_text("utf-8"))
        self.gazetteer = gazetteer or Gazetteer()
        self._finder = Finder(self.gazetteer)
        self._recogniser = Recogniser(self.gazetteer, weights["recognition"])
        self._resolver = Resolver(
            self.gazetteer, [weights["resolution"].get(name, 0.0) for name in RESOLUTION_FEATURES]
        )
        self._focus = Focus(self.gazetteer, [weights["focus"].get(name, 0.0) for name in FOCUS_FEATURES])
        self._near: dict[tuple[int, int], bool] = {}
        self._outlets = Outlets(self.gazetteer, {k: tuple(v) for k, v in weights.get("outlets", {}).items()})

    def locate(self, article: Article, anchors: Sequence[Span] = ()) -> Placing:
        """The toponyms of an article and the place of its event.

        ``anchors`` are stretches of the original title or text that tell of the event; without them the headline,
        the dateline, the lead and frequency decide. Never raises, whatever the text.
        """
        names, home = self.names(article)
        return self._place(article, names, self._focus.rank(article, names, anchors, home), home)

    def explain(self, article: Article, anchors: Sequence[Span] = ()) -> Explanation:
        """What :meth:`locate` weighed: every name with its senses and scores, and every place as the event's."""
        names, home = self.names(article)
        ranked = self._focus.rank(article, names, anchors, home)
        return Explanation(
            names=tuple(self._explain(article, name) for name in names),
            events=tuple(
                EventExplained(
                    place=self.gazetteer.place(candidate.place),
                    score=round(candidate.score, 3),
                    features={n: round(v, 3) for n, v in zip(FOCUS_FEATURES, candidate.values, strict=True) if v},
                )
                for candidate in ranked
                if not candidate.nothing
            ),
            placing=self._place(article, names, ranked, home),
        )

    def names(self, article: Article) -> tuple[list[Name], Home | None]:
        """The names of an article, each with its sense, and its outlet's home."""
        home = self._outlets.home(article.source, article.url)
        mentions = [*self._judged(article.title, "title", home), *self._judged(article.text, "text", home)]
        mark_noise(article, mentions)
        mentions += self._capitals(article, mentions)
        names = _group(mentions)
        for name in names:
            name.says_region = any(
                m.held
                or _REGION_AFTER.match(article.title if m.where == "title" else article.text, m.end)
                or _REGION_BEFORE.search(
                    article.title if m.where == "title" else article.text, max(0, m.start - 20), m.start
                )
                for m in name.mentions[:8]
            )
        self._resolver.resolve(names, home)
        return names, home

    def _is_near(self, home: Home, mention: Mention) -> bool:
        """True when one of the places of a mention lies near the outlet's town. Remembered per town and name."""
        asked = (home.place, mention.number)
        near = self._near.get(asked)
        if near is None or mention.number < 0:
            gazetteer = self.gazetteer
            near = (
                home.lat is not None
                and home.lon is not None
                and any(
                    gazetteer.level(i) >= Level.ADMIN2
                    and flat_km(home.lat, home.lon, gazetteer.lat[i], gazetteer.lon[i]) < _NEAR_HOME_KM
                    for i, _ in mention.senses
                )
            )
            if len(self._near) > _REMEMBERED:
                self._near.clear()
            self._near[asked] = near
        return near

    def _capitals(self, article: Article, mentions: Sequence[Mention]) -> list[Mention]:
        """A mention of the capital for each "the Kazakh capital", "Kenya's capital" and "capital of Mali"."""
        gazetteer = self.gazetteer
        found = []
        for mention in mentions:
            text = article.title if mention.where == "title" else article.text
            after = _CAPITAL_AFTER.match(text, mention.end)
            before = None if after else _CAPITAL_BEFORE.search(text, max(0, mention.start - 20), mention.start)
            if not after and not before:
                continue
            country = next((i for i, _ in mention.senses if gazetteer.level(i) is Level.COUNTRY), None)
            capital = gazetteer.capitals.get(gazetteer.country[country]) if country is not None else None
            if country is not None and capital is not None:
                end = after.end() if after else mention.end
                key = f"capital of {gazetteer.names[country]}"
                implied = Mention(
                    mention.where, mention.start, end, key, -1, ((capital, PRIMARY),), mention.case, implied=True
                )
                implied.likelihood = 0.9
                found.append(implied)
        return found

    def _judged(self, text: str, where: Literal["title", "text"], home: Home | None) -> list[Mention]:
        found = self._found(text, where, home)
        self._recogniser.judge(text, found)
        return found

    def _found(self, text: str, where: Literal["title", "text"], home: Home | None) -> list[Mention]:
        found = self._finder.find(text, where)
        _mark_dateline(text, found)
        if home is not None and home.lat is not None and home.lon is not None:
            for mention in found:
                mention.near_home = self._is_near(home, mention)
        return found

    def mention_features(self, text: str, source: str = "") -> list[tuple[Mention, list[str]]]:
        """Each mention of a text with its features for recognition: what the training script learns from."""
        found = self._found(text, "text", self._outlets.home(source, ""))
        return list(zip(found, self._recogniser.features(text, found), strict=True))

    def name_features(self, article: Article) -> list[tuple[Name, list[list[float]]]]:
        """Each name with the features of its senses for resolution: what the training script learns from."""
        names, home = self.names(article)
        return list(zip(names, self._resolver.features(names, home), strict=True))

    def focus_candidates(self, article: Article, anchors: Sequence[Span]) -> list[Candidate]:
        """The candidates for the event's place with their features: what the training script learns from."""
        names, home = self.names(article)
        return self._focus.candidates(article, names, anchors, home)

    def _place(
        self, article: Article, names: Sequence[Name], ranked: Sequence[Candidate], home: Home | None
    ) -> Placing:
        toponyms = self._toponyms(article, names)
        if not ranked:
            return Placing(toponyms=toponyms, reason="no_toponym")
        best = self._best(ranked)
        if best.nothing:
            return Placing(toponyms=toponyms, reason="only_weak" if len(ranked) > 1 else "no_toponym")
        if best.home:
            return Placing(place=self._at_home(best, home), toponyms=toponyms, reason="outlet_home")
        best, *others = self._several(article, best, ranked)
        detail = venue_near(article, best.mentions)
        place = self.gazetteer.place(best.place)
        if place.precision is Precision.POINT:
            detail = detail or place.name
        return Placing(
            place=msgspec.structs.replace(place, detail=detail),
            others=tuple(self.gazetteer.place(other.place) for other in others),
            toponyms=toponyms,
            reason=self._reason(best),
        )

    def _best(self, ranked: Sequence[Candidate]) -> Candidate:
        """The best candidate; "cannot be told" only where it leads by a margin."""
        best = ranked[0]
        if best.nothing and len(ranked) > 1 and ranked[1].score > best.score - _NOTHING_LEADS:
            return ranked[1]
        return best

    def _several(self, article: Article, best: Candidate, ranked: Sequence[Candidate]) -> list[Candidate]:
        """The best candidate with the towns that stand beside it in a list ("in Kirkuk and Baghdad"), first named first."""
        gazetteer = self.gazetteer
        towns = [c for c in ranked if not c.home and not c.nothing and gazetteer.level(c.place) >= Level.ADMIN2]
        owner = {id(mention): c for c in towns for mention in c.mentions if mention.likelihood > 0.5}
        found = [best]
        for where, text in (("title", article.title), ("text", article.text)):
            row = sorted(
                (m for c in towns for m in c.mentions if m.where == where and id(m) in owner), key=lambda m: m.start
            )
            group: list[Mention] = []
            for mention in row:
                if (
                    group
                    and text[group[-1].end : mention.start] in _LIST_GAPS
                    and _apart(gazetteer, owner, group[-1], mention)
                ):
                    group.append(mention)
                else:
                    group = [mention]
                members = [owner[id(m)] for m in group]
                if len(group) > 1 and best in members and _is_event_list(text, group):
                    found = list({c.place: c for c in [*members, *found]}.values())
        return found

    def _reason(self, best: Candidate) -> str:
        if best.value("title") > 0.3:
            return "headline"
        if best.value("anchor") > 0.2:
            return "anchor"
        return "dateline" if best.value("dateline") else "text"

    def _at_home(self, best: Candidate, home: Home | None) -> Place:
        """The outlet's own town where it mostly writes about it, else its region or country."""
        gazetteer = self.gazetteer
        region = gazetteer.regions[gazetteer.region[best.place]][2]
        if home is not None and home.certainty < _TOWN_CERTAIN and region >= 0:
            return msgspec.structs.replace(
                gazetteer.place(region),
                lat=round(gazetteer.lat[best.place], 4),
                lon=round(gazetteer.lon[best.place], 4),
            )
        return gazetteer.place(best.place)

    def _toponyms(self, article: Article, names: Sequence[Name]) -> tuple[Toponym, ...]:
        found = [
            self._toponym(article, name, mention)
            for name in names
            for mention in name.mentions
            if mention.likelihood >= RECOGNISED and not mention.implied
        ]
        return tuple(sorted(found, key=lambda toponym: (toponym.where == "text", toponym.start)))

    def _toponym(self, article: Article, name: Name, mention: Mention) -> Toponym:
        gazetteer = self.gazetteer
        place = name.place
        text = article.title if mention.where == "title" else article.text
        return Toponym(
            start=mention.start,
            end=mention.end,
            text=text[mention.start : mention.end],
            name=gazetteer.names[place],
            country_code=gazetteer.countries[gazetteer.country[place]] or None,
            lat=round(gazetteer.lat[place], 4),
            lon=round(gazetteer.lon[place], 4),
            geoname_id=gazetteer.gid[place] or None,
            where=mention.where,
        )

    def _explain(self, article: Article, name: Name) -> NameExplained:
        order = sorted(range(len(name.senses)), key=lambda at: -name.scores[at])[:5]
        return NameExplained(
            key=name.key,
            mentions=tuple(self._toponym(article, name, mention) for mention in name.mentions),
            likelihood=round(name.likelihood, 3),
            senses=tuple(
                Sense(
                    place=self.gazetteer.place(name.senses[at][0]),
                    score=round(name.scores[at], 3),
                    chosen=at == name.choice,
                )
                for at in order
            ),
        )


def _apart(gazetteer: Gazetteer, owner: dict[int, Candidate], left: Mention, right: Mention) -> bool:
    """True when two towns of a list are two towns, and the second does not merely hold the first."""
    a, b = owner[id(left)].place, owner[id(right)].place
    if a == b or gazetteer.country[a] != gazetteer.country[b]:
        return False
    return not (gazetteer.level(b) is Level.ADMIN2 and gazetteer.region[a] == gazetteer.region[b])


def _is_event_list(text: str, group: Sequence[Mention]) -> bool:
    """True when what leads up to a list of towns, or follows it, tells of violence there."""
    return event_led(text, group[0].start) or event_after(text, group[-1].end)


def _group(mentions: Sequence[Mention]) -> list[Name]:
    """One Name per key: mentions of one name in one article have one sense."""
    names: dict[str, Name] = {}
    for mention in mentions:
        if mention.likelihood < WEAK:
            continue
        name = names.get(mention.key)
        if name is None:
            senses = [sense for sense in mention.senses if sense[1] != DEMONYM] or list(mention.senses)
            if len(senses) < len(mention.senses):
                senses = list(mention.senses)
            name = names[mention.key] = Name(mention.key, [], tuple(senses))
        name.mentions.append(mention)
        name.likelihood = max(name.likelihood, mention.likelihood)
    for name in names.values():
        for mention in name.mentions:
            if mention.holder is not None and mention.holder.key in names:
                name.holders.append(names[mention.holder.key])
    return list(names.values())


def _mark_dateline(text: str, mentions: Sequence[Mention]) -> None:
    """Mark the place that a text opens with before an agency and a dash ("MOSCOW (Agency) - ")."""
    for mention in mentions[:3]:
        if mention.start > 300:
            return
        line = text.rfind("\n", 0, mention.start) + 1
        opening = text[line : mention.start]
        if len(opening) > 30 or any(letter in opening for letter in ".!?"):
            continue
        end = mention.holder.end if mention.holder is not None else mention.end
        if _AGENCY.match(text, end, end + 90):
            mention.dateline = True
