"""Match: how probable it is that a sighting tells of a known incident: a logistic score over features of the pair."""

import math
from typing import Final

from streams.incidents.look import COURT, Known, Told
from streams.incidents.pair import Crowd, Pair
from streams.incidents.scale import Scale, Weights
from streams.incidents.stance import Stance
from streams.incidents.wording import wording

_WITHIN: Final = frozenset({"within", "unknown"})
BRIEF: Final = 14
"""A sighting with fewer words than this is a headline, and is weighed as one."""


def scale_for(told: Told, weights: Weights) -> Scale:
    """The weights that fit a sighting."""
    return weights.brief if len(told.weights) < BRIEF else weights.full


def weigh(pair: Pair, crowd: Crowd, scale: Scale) -> float:
    """The log-odds that a pair is one event: the weighted sum of its features."""
    stance = Stance(pair.told, crowd, scale)
    return beside_words(pair, stance) + wording(pair, stance)


def beside_words(pair: Pair, stance: Stance) -> float:
    """The part of :func:`weigh` that takes no look at the words."""
    told, known, scale = pair.told, pair.known, stance.scale
    total = stance.base + pair.lag * stance.slope
    if pair.gap > 3.5:
        total += scale.days_over_3
        if pair.gap > 10.5:
            total += scale.days_over_10
    if told.dated:
        if pair.days <= 1.1:
            total += scale.told_same_day
        elif pair.days > 2.1:
            total += scale.told_other_day
    total = _weigh_marks(total, told, known, scale)
    total = _weigh_tolls(total, told, known, scale)
    if told.publisher in known.incident.publishers:
        total = _weigh_publisher(total + scale.publisher_same, pair, scale)
    if COURT in known.stages:
        total += scale.known_court
        if not told.stages:
            total += scale.known_court_x_plain
    if pair.place == "same":
        return _weigh_here(total, pair, stance)
    total = _weigh_elsewhere(total + _of_place(pair.place, scale), pair, scale)
    return total + scale.alerts_x_wider_fresh if pair.alerts else total


def _of_place(place: str, scale: Scale) -> float:
    """What the relation of two places weighs that are not the same."""
    if place == "far":
        return scale.place_apart
    if place in _WITHIN:
        return scale.place_within
    if place == "near":
        return scale.place_near
    return scale.place_region if place == "region" else scale.place_namesake


def _weigh_here(total: float, pair: Pair, stance: Stance) -> float:
    """``total`` with how crowded the very town is that both were placed in."""
    scale = stance.scale
    total += stance.base_here + pair.lag * stance.slope_here
    total += pair.newer * scale.newer_x_same
    if pair.told.named and pair.known.named:
        total += scale.same_x_named
    if pair.gap <= 1.5:
        total += scale.same_x_fresh
    return total + scale.alerts_x_same_fresh if pair.alerts else total


def _weigh_publisher(total: float, pair: Pair, scale: Scale) -> float:
    """``total`` with what it says that the publisher has told of the incident before."""
    place = pair.place
    if place == "same":
        total += scale.publisher_x_same
    elif place == "near":
        total += scale.publisher_x_near
    elif place == "within":
        total += scale.publisher_x_within
    total += pair.lag * scale.publisher_x_days
    return total + scale.publisher_x_fresh if pair.gap <= 1.5 else total


def _weigh_elsewhere(total: float, pair: Pair, scale: Scale) -> float:
    """``total`` with whether one of two towns was only inferred, or is named by what is told of the other."""
    told, known, place = pair.told, pair.known, pair.place
    if not told.named:
        if place == "near":
            total += scale.near_x_unnamed
        elif place == "region":
            total += scale.region_x_unnamed
        elif place == "far":
            total += scale.apart_x_unnamed
    if place == "near" and not known.named:
        total += scale.near_x_known_unnamed
    if not (known.town.isdisjoint(told.weights) and told.town.isdisjoint(known.words)):
        total += scale.elsewhere_named
    return total


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
