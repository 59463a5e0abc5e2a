"""Locator: an article in, its toponyms and the place of its event out."""

import json
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, Final

import msgspec

from streams.model import Article, Place, Placing, Precision, Span, Toponym
from streams.places.details import venue_near
from streams.places.focus import FEATURES as FOCUS_FEATURES
from streams.places.focus import Candidate, Focus
from streams.places.gazetteer import DEMONYM, Gazetteer, Level
from streams.places.mentions import Finder, Mention
from streams.places.outlets import Home, Outlets
from streams.places.recognition import Recogniser
from streams.places.resolution import FEATURES as RESOLUTION_FEATURES
from streams.places.resolution import Name, Resolver

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
WEAK: Final = 0.05
"""Least likelihood of a mention that is looked at all: a police department's town is no toponym, yet it tells."""

_OTHERS_WITHIN: Final = 3.0
"""A further city of the headline counts when its score is at most this far below the best one's."""
_TOWN_CERTAIN: Final = 0.35
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
        self._outlets = Outlets(self.gazetteer, {k: tuple(v) for k, v in weights.get("outlets", {}).items()})
        self._least = float(weights.get("least_focus", 0.0))

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
            ),
            placing=self._place(article, names, ranked, home),
        )

    def names(self, article: Article) -> tuple[list[Name], Home | None]:
        """The names of an article, each with its sense, and its outlet's home."""
        mentions: list[Mention] = []
        for where, text in (("title", article.title), ("text", article.text)):
            found = self._finder.find(text, "title" if where == "title" else "text")
            _mark_dateline(text, found)
            self._recogniser.judge(text, found)
            mentions += found
        home = self._outlets.home(article.source, article.url)
        names = _group(mentions)
        self._resolver.resolve(names, home)
        return names, home

    def mention_features(self, text: str) -> list[tuple[Mention, list[str]]]:
        """Each mention of a text with its features for recognition: what the training script learns from."""
        found = self._finder.find(text, "text")
        _mark_dateline(text, found)
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
        best = ranked[0]
        if best.home:
            return Placing(place=self._at_home(best, home), toponyms=toponyms, reason="outlet_home")
        if best.score < self._least:
            return Placing(toponyms=toponyms, reason="only_weak")
        detail = venue_near(article, best.mentions)
        place = self.gazetteer.place(best.place)
        if place.precision is Precision.POINT:
            detail = detail or place.name
        return Placing(
            place=msgspec.structs.replace(place, detail=detail),
            others=self._others(best, ranked),
            toponyms=toponyms,
            reason=self._reason(best),
        )

    def _others(self, best: Candidate, ranked: Sequence[Candidate]) -> tuple[Place, ...]:
        """Further cities that the headline names beside the best one."""
        gazetteer = self.gazetteer
        if gazetteer.level(best.place) is not Level.CITY or not best.value("title"):
            return ()
        return tuple(
            gazetteer.place(other.place)
            for other in ranked[1:4]
            if gazetteer.level(other.place) is Level.CITY
            and other.value("title_led") > 0.5
            and other.score > best.score - _OTHERS_WITHIN
        )

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
            if mention.likelihood >= RECOGNISED
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
