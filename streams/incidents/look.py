"""Look: what matching looks at, in a sighting and in a known incident, taken out once."""

import functools
import itertools
import math
from collections.abc import Iterable
from typing import Final

from streams.incidents.clock import event_at, instant, newest_of, spoke_at
from streams.incidents.fold import is_level_only
from streams.incidents.scale import Scale
from streams.incidents.sketch import words
from streams.incidents.spots import Spot, spot_of
from streams.incidents.tokens import MAX_WEIGHT, weight, weights
from streams.model import Incident, Place, Sighting, Status

ALERT: Final = 0.5
"""Confidence from which a reading, or an incident's best one, counts as an alert by itself."""

SOUGHT: Final = "f:sought"
HELD: Final = "f:held"
COURT: Final = "f:court"
VICTIMS: Final = "f:victims"

_LATER: Final = frozenset({Status.FOLLOWUP, Status.HISTORIC, Status.POLICY})
_NONE: Final[frozenset[str]] = frozenset()
_UNKNOWN: Final = itertools.repeat(MAX_WEIGHT)
_LIGHTER: Final = (0, 0, *(round(10 * math.log(incidents)) for incidents in range(2, 1101)))
"""By how many incidents have a word, how much lighter it is; beyond the table it weighs nothing."""


@functools.lru_cache(maxsize=16384)
def _name_words(*names: str | None) -> frozenset[str]:
    return frozenset(word for name in names if name for word in words(name))


def _place_words(place: Place | None) -> frozenset[str]:
    """The words that every event of a place shares."""
    return _NONE if place is None else _name_words(place.name, place.admin1, place.country)


def town_words(place: Place | None) -> frozenset[str]:
    """The words of a place's own name."""
    return _NONE if place is None else _name_words(place.name)


def _marked(marks: tuple[str, ...], kinds: str, kind: str) -> frozenset[str]:
    """The marks of one kind, by the ``kinds`` of all; they are sorted, so that those of a kind stand together."""
    first = kinds.find(kind)
    return _NONE if first < 0 else frozenset(marks[first : kinds.rindex(kind) + 1])


class Told:
    """A sighting: its times, and its tokens sorted into words with their weights and marks of each kind.

    ``town`` holds the words of its place's own name, and ``named`` is True where the article has one of them: else the
    place was inferred from who published it. ``stages`` says how far the story has come.
    Weights are whole tenths, so that their sums are the same in whatever order they are added. ``spoke_us`` and
    ``happened_us`` are microseconds, see :func:`streams.incidents.clock.instant`.
    """

    __slots__ = (
        "ages",
        "alert",
        "dated",
        "happened",
        "happened_us",
        "injured",
        "killed",
        "later",
        "level_news",
        "named",
        "place_words",
        "publisher",
        "scale",
        "scenes",
        "sighting",
        "spoke",
        "spoke_us",
        "spot",
        "stages",
        "story",
        "total",
        "town",
        "venues",
        "weapons",
        "weights",
    )

    def __init__(self, sighting: Sighting) -> None:
        reading = sighting.reading
        self.sighting, self.publisher = sighting, sighting.publisher
        self.spoke, self.happened = spoke_at(sighting), event_at(sighting)
        self.spoke_us, self.happened_us = instant(self.spoke), instant(self.happened)
        self.spot = spot_of(sighting.place)
        self.killed, self.injured = reading.casualties.killed, reading.casualties.injured
        self.dated = reading.event_time is not None and reading.event_time.told
        self.later = reading.status in _LATER
        self.level_news = is_level_only(reading)
        self.alert = reading.confidence >= ALERT
        self.place_words = _place_words(sighting.place)
        tokens = sighting.tokens
        last = len(tokens)
        # Marks come last, see the tokens module.
        while last and tokens[last - 1][1:2] == ":":
            last -= 1
        named = tokens[:last]
        self.weights: dict[str, int] = dict(zip(named, map(weights().get, named, _UNKNOWN), strict=False))
        self.total = sum(self.weights.values())
        self.town = town_words(sighting.place)
        self.named = not self.town.isdisjoint(self.weights)
        self.scale: Scale | None = None
        self.story = (0.0, 0.0)
        self.ages = self.venues = self.weapons = self.scenes = self.stages = _NONE
        if last < len(tokens):
            marks = tokens[last:]
            kinds = "".join([mark[0] for mark in marks])
            self.ages, self.venues = _marked(marks, kinds, "a"), _marked(marks, kinds, "v")
            self.weapons, self.scenes = _marked(marks, kinds, "w"), _marked(marks, kinds, "s")
            self.stages = _marked(marks, kinds, "f")

    def story_for(self, scale: Scale) -> tuple[float, float]:
        """What the stage of the story weighs by itself, and by the logarithm of the days."""
        if self.scale is not scale:
            self.scale, stages = scale, self.stages
            base = slope = 0.0
            for stage, fixed, daily in (
                (SOUGHT, scale.sought, scale.sought_x_days),
                (HELD, scale.held, scale.held_x_days),
                (COURT, scale.court, scale.court_x_days),
                (VICTIMS, scale.victims, scale.victims_x_days),
            ):
                if stage in stages:
                    base += fixed
                    slope += daily
            self.story = (base, slope) if stages else (scale.plain, scale.plain_x_days)
        return self.story

    def soften(self, word: str, incidents: int) -> int:
        """The weight of a word that so many known incidents of the country have: rare in the language, common here."""
        held = self.weights[word]
        if incidents < 2:
            return held
        lighter = max(0, held - _LIGHTER[incidents]) if incidents < len(_LIGHTER) else 0
        self.weights[word] = lighter
        self.total += lighter - held
        return lighter


class Known:
    """An incident with its words, marks, passages, places and times at hand; kept up as its snapshot is replaced.

    ``event_us`` is when its event was and ``newest_us`` when its newest fresh article spoke, in microseconds.
    """

    __slots__ = (
        "ages",
        "event_us",
        "hashes",
        "incident",
        "injured",
        "killed",
        "named",
        "newest_us",
        "scenes",
        "spot",
        "spots",
        "stages",
        "total",
        "town",
        "venues",
        "weapons",
        "words",
    )

    def __init__(self, incident: Incident) -> None:
        self.incident = incident
        self.words: set[str] = set()
        self.ages: set[str] = set()
        self.venues: set[str] = set()
        self.weapons: set[str] = set()
        self.scenes: set[str] = set()
        self.stages: set[str] = set()
        self.hashes: set[int] = set()
        self.total = 0
        self.spots: list[Spot] = []
        self.spot: Spot | None = None
        self.event_us, self.newest_us = instant(incident.event_at), instant(newest_of(incident))
        self.killed, self.injured = incident.toll.killed.latest, incident.toll.injured.latest
        self._learn(incident.tokens)
        self._locate(incident)
        self._name(incident)
        self.hashes.update([value for one in incident.contributions for value in one.sketch])

    def replace(self, incident: Incident) -> tuple[list[str], set[int], set[int]]:
        """Take the next snapshot; the words that are new in it, and the hashes that are new and those that went."""
        before, self.incident = self.incident, incident
        if incident.event_at is not before.event_at:
            self.event_us = instant(incident.event_at)
        if incident.newest_at is not before.newest_at or incident.newest_at is None:
            self.newest_us = instant(newest_of(incident))
        if incident.toll is not before.toll:
            self.killed, self.injured = incident.toll.killed.latest, incident.toll.injured.latest
        if incident.places is not before.places or incident.place is not before.place:
            self._locate(incident)
        new_words: list[str] = []
        if incident.tokens is not before.tokens:
            new_words = self._learn(incident.tokens)
        if new_words or incident.place is not before.place:
            self._name(incident)
        held, now = before.contributions, incident.contributions
        if now is held:
            return new_words, set(), set()
        if len(now) == len(held) + 1 and now[-2:-1] == held[-1:]:
            added = set(now[-1].sketch) - self.hashes
            self.hashes |= added
            return new_words, added, set()
        hashes = {value for one in now for value in one.sketch}
        added, gone = hashes - self.hashes, self.hashes - hashes
        self.hashes = hashes
        return new_words, added, gone

    def _locate(self, incident: Incident) -> None:
        """Make spots of the places that are new."""
        held = self.spots
        self.spots = [_spot(vote.place, held) for vote in incident.places]
        self.spot = None if incident.place is None else _spot(incident.place, self.spots)

    def _name(self, incident: Incident) -> None:
        """Note whether its articles name the town that they are about."""
        self.town = town_words(incident.place)
        self.named = not self.town.isdisjoint(self.words)

    def _learn(self, tokens: Iterable[str]) -> list[str]:
        new = []
        by_mark = {"a": self.ages, "v": self.venues, "w": self.weapons, "s": self.scenes, "f": self.stages}
        for token in tokens:
            if token in self.words:
                continue
            if token[1:2] == ":":
                by_mark.get(token[0], self.scenes).add(token)
            else:
                self.words.add(token)
                self.total += weight(token)
                new.append(token)
        return new


def _spot(place: Place, held: list[Spot]) -> Spot:
    for spot in held:
        if spot.place is place:
            return spot
    return Spot(place)
