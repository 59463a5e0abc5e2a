"""Pair: a sighting beside an incident that it may tell of, and what a shelf holds for a sighting."""

import math
from typing import Final, NamedTuple

from streams.incidents.look import ALERT, Known, Told
from streams.incidents.relations import best_relation

_DAY: Final = 86400.0
_SECOND: Final = 1_000_000
_COMPATIBLE: Final = frozenset({"within", "near", "namesake"})


class Crowd:
    """How many incidents are known about a place: of these two days, of ten days, and as far as memory goes.

    ``here`` and ``here_now`` count those of the very town, as far as memory goes and of these two days.
    """

    __slots__ = ("alone", "here", "here_now", "now", "recent", "town")

    def __init__(self, now: int, recent: int, ever: int, here: int, here_now: int) -> None:
        self.alone = here <= 1
        # Crowds weigh by their logarithm.
        self.now, self.recent, self.town = math.log1p(now), math.log1p(recent), math.log1p(ever)
        self.here, self.here_now = math.log1p(here), math.log1p(here_now)


class Found(NamedTuple):
    """What a shelf holds for a sighting: the incidents that it may tell of, and how ``crowd``ed its place is.

    ``hits`` holds, by incident, the weight of the rare words that it shares, and ``light`` is the weight of all other
    words of the sighting, of which any may be shared.
    """

    known: list[Known]
    crowd: Crowd
    hits: dict[str, int]
    light: int


class Pair:
    """A sighting beside an incident that it may tell of: how their places and times stand to each other.

    ``place`` is a word of :func:`streams.incidents.relations.best_relation`; ``days`` the time between the events and
    ``gap`` the lesser of that and the time between the articles, in days; ``lag`` is the logarithm of that. ``alerts``
    is 2 where both are alerts of one place and time, 1 where the places only hold or touch each other, else 0.
    ``newer`` is the logarithm of how many incidents of the very place have newer news.
    """

    __slots__ = ("alerts", "days", "gap", "known", "lag", "newer", "place", "told")

    def __init__(self, told: Told, known: Known, near_km: float) -> None:
        self.told, self.known = told, known
        self.place = best_relation(told.spot, known.spot, known.spots, near_km)
        self.days = abs(told.happened_us - known.event_us) / _SECOND / _DAY
        self.gap = min(self.days, abs(told.spoke_us - known.newest_us) / _SECOND / _DAY)
        self.lag = math.log1p(self.gap)
        self.alerts, self.newer = 0, 0.0
        if told.alert and self.gap <= 1.5 and known.incident.best >= ALERT:
            if self.place == "same":
                self.alerts = 2
            elif self.place in _COMPATIBLE:
                self.alerts = 1
