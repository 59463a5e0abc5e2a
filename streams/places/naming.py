"""Namer: an article in, its names out, each with the place it means."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from streams.model import Article
from streams.places import cues, hints
from streams.places.finder import Finder
from streams.places.furniture import mark_noise
from streams.places.gazetteer import PRIMARY, Gazetteer, Level
from streams.places.mentions import Listed, Mention, Where
from streams.places.names import Name
from streams.places.outlets import Home, Outlets
from streams.places.recognition import Recogniser
from streams.places.resolution import FEATURES, Resolver, flat_km

WEAK: Final = 0.1
"""Least likelihood of a mention that is looked at all: a police department's town is no toponym, yet it tells."""

_CAPITAL_AFTER: Final = re.compile(
    r"(?:['’]s)?\s+(?:(?!former|old|business|commercial|financial)\w+\s)?capital\b(?!\s+(?:punishment|gains?|letters?|markets?))",
    re.IGNORECASE,
)
_CAPITAL_BEFORE: Final = re.compile(r"\bcapital(?: city)? of (?:the )?$", re.IGNORECASE)
_LARGEST_AFTER: Final = re.compile(r"(?:['’]s)?\s+(?:largest|biggest|most populous) city\b(?! in\b)", re.IGNORECASE)
_IMPLIED: Final = 0.9
"""Likelihood of "the Kazakh capital" being meant as the name of the town."""
_AGENCY: Final = re.compile(r"\s?(?:,[^.\n]{0,30}?)?\s?(?:\([^)\n]{2,40}\))?\s?(?:—|–|--|-|:)\s")
_NEAR_HOME_KM: Final = 120.0
_REMEMBERED: Final = 100_000
"""Answers that are remembered to save time; then all are forgotten, so that memory stays bounded."""
_ENOUGH: Final = 8
"""Mentions of one name that are asked whether they call it a region."""


class Namer:
    """Finds, recognises and resolves the names of an article."""

    def __init__(self, gazetteer: Gazetteer, weights: Mapping[str, Any]) -> None:
        self._gazetteer = gazetteer
        self._finder = Finder(gazetteer)
        self._recogniser = Recogniser(gazetteer, weights["recognition"])
        self._resolver = Resolver(gazetteer, [weights["resolution"].get(name, 0.0) for name in FEATURES])
        self._outlets = Outlets(gazetteer, {domain: tuple(home) for domain, home in weights["outlets"].items()})
        self._near: dict[tuple[int, int], bool] = {}

    def names(self, article: Article) -> tuple[list[Name], Home | None]:
        """The names of an article, each with its sense, and its outlet's home."""
        home = self._outlets.home(article.source, article.url)
        mentions: list[Mention] = []
        fields: tuple[tuple[Where, str], ...] = (("title", article.title), ("text", article.text))
        for where, text in fields:
            found = self._found(text, where, home)
            self._recogniser.judge(text, found)
            mentions += found
        mark_noise(article, mentions)
        mentions += self._implied(article, mentions)
        names = _group(mentions)
        self._resolver.resolve(names, home)
        self._resolver.prefer_towns(names, lambda name: _says_region(article, name))
        return names, home

    def mention_features(self, text: str, source: str = "") -> list[tuple[Mention, list[str]]]:
        """Each mention of a text with its features for recognition: what the training script learns from."""
        found = self._found(text, "text", self._outlets.home(source, ""))
        return list(zip(found, self._recogniser.features(text, found), strict=True))

    def name_features(self, article: Article) -> list[tuple[Name, list[list[float]]]]:
        """Each name with the features of its senses for resolution: what the training script learns from."""
        names, home = self.names(article)
        return list(zip(names, self._resolver.features(names, home), strict=True))

    def _found(self, text: str, where: Where, home: Home | None) -> list[Mention]:
        found = self._finder.find(text, where)
        for mention in found:
            mention.hint = hints.after(text, mention.end)
        _mark_dateline(text, found)
        if home is not None and home.lat is not None and home.lon is not None:
            for mention in found:
                mention.near_home = self._is_near(home.place, (home.lat, home.lon), mention)
        return found

    def _is_near(self, place: int, at: tuple[float, float], mention: Mention) -> bool:
        """True when one of the places of a mention lies near the outlet's town. Remembered per town and name."""
        asked = (place, mention.number)
        near = self._near.get(asked)
        if near is None or mention.number < 0:
            gazetteer = self._gazetteer
            near = any(
                gazetteer.level(i) >= Level.ADMIN2 and flat_km(*at, gazetteer.lat[i], gazetteer.lon[i]) < _NEAR_HOME_KM
                for i, _ in mention.senses
            )
            if len(self._near) > _REMEMBERED:
                self._near.clear()
            self._near[asked] = near
        return near

    def _implied(self, article: Article, mentions: Sequence[Mention]) -> list[Mention]:
        """A mention of the town for each "the Kazakh capital", "capital of Mali" and "Kenya's largest city"."""
        found: list[Mention] = []
        texts = (article.title.lower(), article.text.lower())
        if any("capital" in text for text in texts):
            found += self._meant(article, mentions, self._gazetteer.capitals, _CAPITAL_AFTER, _CAPITAL_BEFORE)
        if any("st city" in text or "populous city" in text for text in texts):
            found += self._meant(article, mentions, self._gazetteer.largest, _LARGEST_AFTER)
        return found

    def _meant(
        self,
        article: Article,
        mentions: Sequence[Mention],
        towns: Mapping[int, int],
        after: re.Pattern[str],
        before: re.Pattern[str] | None = None,
    ) -> Iterator[Mention]:
        """A mention of a country's town where one of the country has certain words after it, or before."""
        gazetteer = self._gazetteer
        for mention in mentions:
            text = article.title if mention.where == "title" else article.text
            told = after.match(text, mention.end)
            if not told and not (before and before.search(text, max(0, mention.start - 20), mention.start)):
                continue
            countries = (gazetteer.country[i] for i, _ in mention.senses if gazetteer.level(i) == Level.COUNTRY)
            town = towns.get(next(countries, -1))
            if town is not None:
                end = told.end() if told else mention.end
                implied = Listed(gazetteer, f"implied {town}", -1, ((town, PRIMARY),))
                meant = Mention(mention.where, mention.start, end, implied, mention.case)
                meant.exact = False
                meant.likelihood, meant.implied = _IMPLIED, True
                yield meant


def _group(mentions: Sequence[Mention]) -> list[Name]:
    """One Name per key: mentions of one name in one article have one sense."""
    names: dict[str, Name] = {}
    for mention in mentions:
        if mention.likelihood < WEAK:
            continue
        name = names.get(mention.key)
        if name is None:
            name = names[mention.key] = Name(mention.key, mention.senses, mention.number)
        name.mentions.append(mention)
        name.likelihood = max(name.likelihood, mention.likelihood)
    for name in names.values():
        for mention in name.mentions:
            if mention.holder is not None and mention.holder.key in names:
                name.holders.append(names[mention.holder.key])
    return list(names.values())


def _says_region(article: Article, name: Name) -> bool:
    """True when a mention says "province" or the like, or follows its town after a comma."""
    return any(
        m.held or cues.says_region(article.title if m.where == "title" else article.text, m.start, m.end, m.hint)
        for m in name.mentions[:_ENOUGH]
    )


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
