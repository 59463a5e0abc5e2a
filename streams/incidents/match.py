"""Match: how probable it is that a sighting tells of a known incident.

A logistic score over features of the pair. The weights are data, learned by ``scripts/train_incidents.py``.
"""

import functools
import math
from importlib import resources
from operator import mul
from typing import Final, NamedTuple

import msgspec

from streams.incidents.look import ALERT, Known, Told
from streams.incidents.relations import best_relation
from streams.incidents.sketch import COPY_SHARE, copy_share

_DAY: Final = 86400.0
_STRONG: Final = 50
_COMPATIBLE: Final = frozenset({"within", "near", "namesake"})
BRIEF: Final = 14
"""A sighting with fewer words than this is a headline, and is weighed as one."""

NAMES: Final = (
    "bias",
    "place_same",
    "place_within",
    "place_near",
    "place_region",
    "place_namesake",
    "place_apart",
    "days",
    "days_over_3",
    "days_over_10",
    "told_same_day",
    "told_other_day",
    "shared",
    "shared_strong",
    "share",
    "no_overlap",
    "is_copy",
    "cosine",
    "share_over_10",
    "share_over_25",
    "far_x_share",
    "age_shared",
    "age_clash",
    "venue_shared",
    "venue_clash",
    "weapon_clash",
    "scene_shared",
    "scene_clash",
    "killed_same",
    "killed_clash",
    "injured_same",
    "injured_clash",
    "publisher_same",
    "publisher_x_within",
    "crowd",
    "crowd_now",
    "town",
    "town_x_same",
    "here_x_same",
    "here_now_x_same",
    "here_x_days",
    "alone_x_days",
    "same_x_fresh",
    "copy_x_same_fresh",
    "after",
    "after_x_days",
    "after_x_same",
    "alerts_x_same_fresh",
    "alerts_x_wider_fresh",
)


class _Tables(msgspec.Struct, frozen=True):
    full: dict[str, float]
    brief: dict[str, float]


class Weights(NamedTuple):
    """The weights of the features in the order of :data:`NAMES`: for articles with a body, and for bare headlines."""

    full: tuple[float, ...]
    brief: tuple[float, ...]

    def of(self, told: Told) -> tuple[float, ...]:
        """The weights that fit a sighting."""
        return self.brief if len(told.weights) < BRIEF else self.full


@functools.cache
def learned() -> Weights:
    """The learned weights."""
    data = resources.files("streams.incidents").joinpath("data", "match.toml").read_bytes()
    tables = msgspec.toml.decode(data, type=_Tables)
    full, brief = (tuple(table.get(name, 0.0) for name in NAMES) for table in (tables.full, tables.brief))
    return Weights(full, brief)


class Crowd(NamedTuple):
    """How many incidents are known about a place: of these two days, of ten days, and as far as memory goes.

    ``here`` and ``here_now`` count those of the very town, as far as memory goes and of these two days.
    """

    now: int
    recent: int
    ever: int
    here: int
    here_now: int


def features(told: Told, known: Known, crowd: Crowd, near_km: float) -> list[float]:
    """The features of a pair, in the order of :data:`NAMES`."""
    incident = known.incident
    place = best_relation(told.sighting.place, incident, near_km)
    days = abs((told.happened - incident.event_at).total_seconds()) / _DAY
    newest = incident.newest_at or incident.last_danger_at
    gap = min(days, abs((told.spoke - newest).total_seconds()) / _DAY)
    same, within, fresh = place == "same", place == "within", gap <= 1.5
    lag = math.log1p(gap)
    town, here = math.log1p(crowd.ever), math.log1p(crowd.here)
    publisher = told.sighting.publisher in incident.publishers
    later = told.later
    alerts = fresh and told.alert and incident.best >= ALERT
    words = _words(told, known, at_home=same or within)
    return [
        1.0,
        same,
        within or place == "unknown",
        place == "near",
        place == "region",
        place == "namesake",
        place == "far",
        lag,
        gap > 3.5,
        gap > 10.5,
        told.dated and days <= 1.1,
        told.dated and days > 2.1,
        *words,
        words[2] if gap > 3.5 else 0.0,
        *_marks(told, known),
        *_tolls(told, known),
        publisher,
        publisher and within,
        math.log1p(crowd.recent),
        math.log1p(crowd.now),
        town,
        town if same else 0.0,
        here if same else 0.0,
        math.log1p(crowd.here_now) if same else 0.0,
        here * lag if same else 0.0,
        lag if same and crowd.here <= 1 else 0.0,
        same and fresh,
        same and fresh and words[4],
        later,
        lag if later else 0.0,
        later and same,
        alerts and same,
        alerts and place in _COMPATIBLE,
    ]


def _words(told: Told, known: Known, *, at_home: bool) -> tuple[float, ...]:
    """How much the words have in common, and whether whole passages are the same.

    The name of the place says nothing ``at_home``, and much where the two were placed apart.
    """
    # Whole numbers: the sum is the same in every process, whatever the order of the set.
    both = known.words.intersection(told.weights)
    if both and at_home:
        both.difference_update(told.place_words)
    common = list(map(told.weights.__getitem__, both))
    shared = sum(common)
    strong = len([weight for weight in common if weight >= _STRONG])
    smaller = min(told.total, known.total)
    share = shared / smaller if smaller > 0 else 0.0
    cosine = shared / math.sqrt(told.total * known.total) if smaller > 0 else 0.0
    strangers = not common and len(told.weights) >= 12 and len(known.words) >= 12
    copied = False
    sketch = told.sighting.sketch
    if sketch and not known.hashes.isdisjoint(sketch):
        copied = any(copy_share(sketch, held.sketch) >= COPY_SHARE for held in known.incident.contributions)
    return (
        min(shared, 600) / 100.0,
        min(strong, 8) / 4.0,
        share,
        strangers,
        copied,
        cosine,
        share > 0.1,
        share > 0.25,
    )


def _marks(told: Told, known: Known) -> tuple[float, ...]:
    """Whether the ages, venues, weapons and scenes that both name agree or clash."""
    ages = not told.ages.isdisjoint(known.ages)
    venues = not told.venues.isdisjoint(known.venues)
    scenes = len(told.scenes & known.scenes)
    return (
        ages,
        not ages and bool(told.ages) and bool(known.ages),
        venues,
        not venues and bool(told.venues) and bool(known.venues),
        bool(told.weapons) and bool(known.weapons) and told.weapons.isdisjoint(known.weapons),
        min(scenes, 2) / 2.0,
        not scenes and bool(told.scenes) and bool(known.scenes),
    )


def _tolls(told: Told, known: Known) -> tuple[float, ...]:
    toll = known.incident.toll
    killed, injured = told.sighting.reading.casualties.killed, told.sighting.reading.casualties.injured
    held_killed, held_injured = toll.killed.latest, toll.injured.latest
    return (
        bool(killed) and killed == held_killed,
        killed is not None and held_killed is not None and killed != held_killed,
        bool(injured) and injured == held_injured,
        injured is not None and held_injured is not None and injured != held_injured,
    )


_ALERTS_SAME: Final = NAMES.index("alerts_x_same_fresh")
_ALERTS_WIDER: Final = NAMES.index("alerts_x_wider_fresh")


_CLASHES: Final = tuple(NAMES.index(name) for name in ("age_clash", "venue_clash", "weapon_clash", "scene_clash"))


def is_alert_pair(values: list[float]) -> bool:
    """True when both sides are alerts about one place at one time."""
    return bool(values[_ALERTS_SAME] or values[_ALERTS_WIDER])


def alert_prior(values: list[float], prior: float, rivals: int) -> float:
    """What being an alert pair adds to the log-odds.

    ``prior``, or one less when the places only hold or touch each other; less the logarithm of how many ``rivals``
    there are, and one for each of age, venue, weapon and scene in which the two contradict each other.
    """
    wider = 0.0 if values[_ALERTS_SAME] else 1.0
    clashes = sum([values[index] for index in _CLASHES])
    return max(0.0, prior - wider - clashes - math.log(rivals))


def score(values: list[float], weights: tuple[float, ...], prior: float = 0.0) -> float:
    """The probability (0 to 1) that the pair is one event: the logistic function of the weighted sum.

    ``prior`` is added to the log-odds.
    """
    total = prior + sum(map(mul, values, weights))
    return 1.0 / (1.0 + math.exp(-total)) if total > -700.0 else 0.0
