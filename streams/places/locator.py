"""Locator: an article in, its toponyms and the place of its event out."""

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any, Final

import msgspec

from streams.model import Article, Place, Placing, Span, Toponym
from streams.places.circumstances import Candidate
from streams.places.details import venue_near
from streams.places.explanation import EventExplained, Explanation, NameExplained, Sense
from streams.places.focus import Focus
from streams.places.gazetteer import Gazetteer
from streams.places.mentions import Mention
from streams.places.names import Name
from streams.places.naming import Namer
from streams.places.neighbourhoods import city_around
from streams.places.outlets import Home
from streams.places.several import several

REASONS: Final = {
    "headline": "a place named in the headline",
    "anchor": "a place named where the article tells of the event",
    "dateline": "the place in the dateline",
    "text": "a place named in the text",
    "outlet_home": "no place is named that can be the event's: the outlet's own town or region",
    "only_weak": "places are named, but none is likely to be the event's",
    "no_toponym": "no place is named and the outlet's home is not known",
}
"""The closed set of reason codes of a Placing, each with its meaning."""

RECOGNISED: Final = 0.5
"""Least likelihood of a mention that is given as a toponym."""
_TOWN_CERTAIN: Final = 0.2
"""Least share of an outlet's articles about one town at which that town stands for an article that names no place."""
_MOST_SENSES: Final = 5
"""Senses of a name that an explanation shows."""


class Locator:
    """Finds the place names of articles, resolves them, and chooses the event's place.

    Pure: what it remembers of words only saves time. Loads the shipped gazetteer and weights when made; raises
    GazetteerError when the shipped file is of another version.
    """

    def __init__(self, weights: Mapping[str, Any] | None = None, gazetteer: Gazetteer | None = None) -> None:
        if weights is None:
            weights = json.loads(resources.files("streams.places").joinpath("data/weights.json").read_text("utf-8"))
        self.gazetteer = gazetteer or Gazetteer()
        self.namer = Namer(self.gazetteer, weights)
        self.focus = Focus(self.gazetteer, weights["focus"])

    def locate(self, article: Article, anchors: Sequence[Span] = (), *, toponyms: bool = True) -> Placing:
        """The place of an article's event, and with ``toponyms`` all place names in it.

        ``anchors`` are stretches of the original title or text that tell of the event; without them the headline,
        the dateline, the lead and frequency decide. The place is the same whether the toponyms are wanted or not.
        Never raises, whatever the text.
        """
        names, home = self.namer.names(article)
        ranked = self.focus.rank(article, names, anchors, home)
        return self._placing(article, ranked, home, self._toponyms(article, names) if toponyms else ())

    def explain(self, article: Article, anchors: Sequence[Span] = ()) -> Explanation:
        """What :meth:`locate` weighed: every name with its senses and scores, and every place as the event's."""
        names, home = self.namer.names(article)
        ranked = self.focus.rank(article, names, anchors, home)
        return Explanation(
            names=tuple(self._explain(article, name) for name in names),
            events=tuple(
                EventExplained(
                    place=None if candidate.nothing else self.gazetteer.place(candidate.place),
                    score=round(candidate.score, 3),
                    features={name: round(value, 3) for name, value in candidate.values.items() if value},
                )
                for candidate in ranked
            ),
            placing=self._placing(article, ranked, home, self._toponyms(article, names)),
        )

    def _placing(
        self, article: Article, ranked: Sequence[Candidate], home: Home | None, toponyms: tuple[Toponym, ...]
    ) -> Placing:
        best = ranked[0]
        if best.nothing:
            named = any(candidate.likelihood >= RECOGNISED for candidate in ranked)
            return Placing(toponyms=toponyms, reason="only_weak" if named else "no_toponym")
        if best.home:
            return Placing(place=self._at_home(best, home), toponyms=toponyms, reason="outlet_home")
        best, *others = several(self.gazetteer, article, best, ranked)
        place = self._place(article, best, ranked, home)
        further = (self.gazetteer.place(other.place) for other in others)
        return Placing(
            place=place,
            others=tuple(other for other in further if other.geoname_id != place.geoname_id),
            toponyms=toponyms,
            reason=_reason(best),
        )

    def _place(self, article: Article, best: Candidate, ranked: Sequence[Candidate], home: Home | None) -> Place:
        """The place of a candidate, with a venue or street; a neighbourhood becomes the detail of its city."""
        gazetteer = self.gazetteer
        detail = venue_near(article, best.mentions)
        city = city_around(gazetteer, best, ranked, home)
        if city is None:
            return gazetteer.place(best.place, detail)
        lat, lon = gazetteer.lat[best.place], gazetteer.lon[best.place]
        whole = gazetteer.place(city, detail or gazetteer.names[best.place])
        return msgspec.structs.replace(whole, lat=round(lat, 4), lon=round(lon, 4))

    def _at_home(self, best: Candidate, home: Home | None) -> Place:
        """The outlet's own town where it mostly writes about it, else its region or country."""
        gazetteer = self.gazetteer
        region = gazetteer.regions[gazetteer.region[best.place]][2]
        if home is not None and home.certainty < _TOWN_CERTAIN and region >= 0:
            lat, lon = gazetteer.lat[best.place], gazetteer.lon[best.place]
            return msgspec.structs.replace(gazetteer.place(region), lat=round(lat, 4), lon=round(lon, 4))
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
        place = name.place()
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
        order = sorted(range(len(name.senses)), key=name.scores.__getitem__, reverse=True)[:_MOST_SENSES]
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


def _reason(best: Candidate) -> str:
    if best.value("title") > 0.3:
        return "headline"
    if best.value("anchor") > 0.2:
        return "anchor"
    return "dateline" if best.value("dateline") else "text"
