"""Match: how probable it is that a sighting tells of a known incident: a logistic score over features of the pair."""

import math
from typing import Final

from streams.incidents.look import ALERT, Known, Told
from streams.incidents.relations import best_relation
from streams.incidents.scale import NAMES, Scale, Weights
from streams.incidents.sketch import COPY_SHARE, copy_share

_DAY: Final = 86400.0
_SECOND: Final = 1_000_000
_STRONG: Final = 50
_COMPATIBLE: Final = frozenset({"within", "near", "namesake"})
_WITHIN: Final = frozenset({"within", "unknown"})
_AT_HOME: Final = frozenset({"same", "within"})
BRIEF: Final = 14
"""A sighting with fewer words than this is a headline, and is weighed as one."""


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


class Pair:
    """A sighting beside an incident that it may tell of: how their places and times stand to each other.

    ``place`` is a word of :func:`streams.incidents.relations.best_relation`; ``days`` the time between the events and
    ``gap`` the lesser of that and the time between the articles, in days. ``alerts`` is 2 where both are alerts of
    one place and time, 1 where the places only hold or touch each other, else 0.
    """

    __slots__ = ("alerts", "days", "gap", "known", "place", "told")

    def __init__(self, told: Told, known: Known, near_km: float) -> None:
        self.told, self.known = told, known
        self.place = best_relation(told.spot, known.spot, known.spots, near_km)
        self.days = abs(told.happened_us - known.event_us) / _SECOND / _DAY
        self.gap = min(self.days, abs(told.spoke_us - known.newest_us) / _SECOND / _DAY)
        self.alerts = 0
        if told.alert and self.gap <= 1.5 and known.incident.best >= ALERT:
            if self.place == "same":
                self.alerts = 2
            elif self.place in _COMPATIBLE:
                self.alerts = 1


def scale_for(told: Told, weights: Weights) -> Scale:
    """The weights that fit a sighting."""
    return weights.brief if len(told.weights) < BRIEF else weights.full


def weigh(pair: Pair, crowd: Crowd, scale: Scale) -> float:
    """The log-odds that a pair is one event: the weighted sum of its features, in the order of their names."""
    told, known, same = pair.told, pair.known, pair.place == "same"
    lag = math.log1p(pair.gap)
    total = scale.bias + _of_place(pair.place, scale)
    total = _weigh_times(total + lag * scale.days, pair, scale)
    total, copied = _weigh_words(total, pair, scale)
    total = _weigh_marks(total, told, known, scale)
    total = _weigh_tolls(total, told, known, scale)
    if told.sighting.publisher in known.incident.publishers:
        total += scale.publisher_same
        if pair.place == "within":
            total += scale.publisher_x_within
    total += crowd.recent * scale.crowd
    total += crowd.now * scale.crowd_now
    total += crowd.town * scale.town
    if same:
        total = _weigh_town(total, pair, crowd, scale, lag, copied=copied)
    if told.later:
        total += scale.after
        total += lag * scale.after_x_days
        if same:
            total += scale.after_x_same
    if pair.alerts == 2:
        total += scale.alerts_x_same_fresh
    elif pair.alerts == 1:
        total += scale.alerts_x_wider_fresh
    return total


def ceiling(told: Told, crowd: Crowd, scale: Scale) -> float:
    """The most that a pair of two places can weigh besides its places, its rare words and the days between."""
    total = scale.bias + crowd.recent * scale.crowd + crowd.now * scale.crowd_now + crowd.town * scale.town
    total += max(0.0, scale.days_over_3) + max(0.0, scale.days_over_10)
    total += min(told.total, 600) / 100.0 * max(0.0, scale.shared)
    for weight in (scale.share, scale.no_overlap, scale.is_copy, scale.cosine, scale.share_over_10):
        total += max(0.0, weight)
    total += max(0.0, scale.share_over_25) + max(0.0, scale.far_x_share)
    if told.dated:
        total += max(0.0, scale.told_same_day, scale.told_other_day)
    if told.ages:
        total += max(0.0, scale.age_clash, scale.age_shared)
    if told.venues:
        total += max(0.0, scale.venue_clash, scale.venue_shared)
    if told.weapons:
        total += max(0.0, scale.weapon_clash)
    if told.scenes:
        total += max(0.0, scale.scene_clash, scale.scene_shared)
    if told.killed is not None:
        total += max(0.0, scale.killed_same, scale.killed_clash)
    if told.injured is not None:
        total += max(0.0, scale.injured_same, scale.injured_clash)
    total += max(0.0, scale.publisher_same) + max(0.0, scale.publisher_x_within)
    return total + (scale.after if told.later else 0.0)


def place_weight(pair: Pair, scale: Scale, heft: int) -> float:
    """The most that the places, the days between and rare words weighing ``heft`` can add to :func:`ceiling`."""
    total = _of_place(pair.place, scale)
    by_day = scale.days + (scale.after_x_days if pair.told.later else 0.0)
    if by_day > 0.0:
        total += math.log1p(pair.gap) * by_day
    total += min(heft // _STRONG, 8) / 4.0 * max(0.0, scale.shared_strong)
    return total + (scale.alerts_x_wider_fresh if pair.alerts else 0.0)


def _of_place(place: str, scale: Scale) -> float:
    if place == "same":
        return scale.place_same
    if place == "far":
        return scale.place_apart
    if place in _WITHIN:
        return scale.place_within
    if place == "near":
        return scale.place_near
    return scale.place_region if place == "region" else scale.place_namesake


def _weigh_times(total: float, pair: Pair, scale: Scale) -> float:
    if pair.gap > 3.5:
        total += scale.days_over_3
    if pair.gap > 10.5:
        total += scale.days_over_10
    if pair.told.dated:
        if pair.days <= 1.1:
            total += scale.told_same_day
        elif pair.days > 2.1:
            total += scale.told_other_day
    return total


def _weigh_town(total: float, pair: Pair, crowd: Crowd, scale: Scale, lag: float, *, copied: bool) -> float:
    """``total`` with how crowded the very town is that both were placed in."""
    total += crowd.town * scale.town_x_same
    total += crowd.here * scale.here_x_same
    total += crowd.here_now * scale.here_now_x_same
    total += crowd.here * lag * scale.here_x_days
    if crowd.alone:
        total += lag * scale.alone_x_days
    if pair.gap <= 1.5:
        total += scale.same_x_fresh
        if copied:
            total += scale.copy_x_same_fresh
    return total


def _weigh_words(total: float, pair: Pair, scale: Scale) -> tuple[float, bool]:
    """``total`` with what the words have in common, and whether whole passages are the same.

    The name of the place says nothing at home, and much where the two were placed apart.
    """
    told, known = pair.told, pair.known
    # Whole numbers: the sum is the same in every process, whatever the order of the set.
    both = known.words.intersection(told.weights)
    if both and pair.place in _AT_HOME:
        both.difference_update(told.place_words)
    shared = strong = 0
    weights = told.weights
    for word in both:
        weight = weights[word]
        shared += weight
        if weight >= _STRONG:
            strong += 1
    smaller = min(told.total, known.total)
    share = shared / smaller if smaller > 0 else 0.0
    if shared:
        total += min(shared, 600) / 100.0 * scale.shared
        total += min(strong, 8) / 4.0 * scale.shared_strong
        total += share * scale.share
    if not both and len(weights) >= 12 and len(known.words) >= 12:
        total += scale.no_overlap
    copied = False
    sketch = told.sighting.sketch
    if sketch and not known.hashes.isdisjoint(sketch):
        copied = _is_copy(told, known)
        if copied:
            total += scale.is_copy
    if shared and smaller > 0:
        total += shared / math.sqrt(told.total * known.total) * scale.cosine
        if share > 0.1:
            total += scale.share_over_10
        if share > 0.25:
            total += scale.share_over_25
        if pair.gap > 3.5:
            total += share * scale.far_x_share
    return total, copied


def _is_copy(told: Told, known: Known) -> bool:
    sketch = told.sighting.sketch
    return any(copy_share(sketch, held.sketch) >= COPY_SHARE for held in known.incident.contributions)


def _weigh_marks(total: float, told: Told, known: Known, scale: Scale) -> float:
    """``total`` with whether the ages, venues, weapons and scenes that both name agree or clash."""
    if told.ages and known.ages:
        total += scale.age_clash if told.ages.isdisjoint(known.ages) else scale.age_shared
    if told.venues and known.venues:
        total += scale.venue_clash if told.venues.isdisjoint(known.venues) else scale.venue_shared
    if told.weapons and known.weapons and told.weapons.isdisjoint(known.weapons):
        total += scale.weapon_clash
    if told.scenes and known.scenes:
        scenes = len(told.scenes & known.scenes)
        total += min(scenes, 2) / 2.0 * scale.scene_shared if scenes else scale.scene_clash
    return total


def _weigh_tolls(total: float, told: Told, known: Known, scale: Scale) -> float:
    killed, injured = told.killed, told.injured
    if killed is not None:
        if killed == known.killed:
            total += scale.killed_same if killed else 0.0
        elif known.killed is not None:
            total += scale.killed_clash
    if injured is not None:
        if injured == known.injured:
            total += scale.injured_same if injured else 0.0
        elif known.injured is not None:
            total += scale.injured_clash
    return total


def features(pair: Pair, crowd: Crowd) -> list[float]:
    """The features of a pair, in the order of :data:`NAMES`: what it weighs where one feature alone has weight."""
    return [weigh(pair, crowd, scale) for scale in _UNITS]


_UNITS: Final = tuple(Scale(**{name: 1.0}) for name in NAMES)


def alert_prior(pair: Pair, prior: float, rivals: int) -> float:
    """What being an alert pair adds to the log-odds.

    ``prior``, or one less when the places only hold or touch each other; less the logarithm of how many ``rivals``
    there are, and one for each of age, venue, weapon and scene in which the two contradict each other.
    """
    told, known = pair.told, pair.known
    clashes = 0
    for ours, theirs in (
        (told.ages, known.ages),
        (told.venues, known.venues),
        (told.weapons, known.weapons),
        (told.scenes, known.scenes),
    ):
        clashes += bool(ours) and bool(theirs) and ours.isdisjoint(theirs)
    wider = 0.0 if pair.alerts == 2 else 1.0
    return max(0.0, prior - wider - clashes - math.log(rivals))


def chance(log_odds: float) -> float:
    """The probability (0 to 1) of log-odds: the logistic function."""
    return 1.0 / (1.0 + math.exp(-log_odds)) if log_odds > -700.0 else 0.0
