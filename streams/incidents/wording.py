"""Wording: what the words of a sighting and of an incident have in common, and what that weighs."""

import math
from typing import Final

from streams.incidents.look import Known, Told
from streams.incidents.pair import Pair
from streams.incidents.scale import Scale
from streams.incidents.sketch import COPY_SHARE, copy_share
from streams.incidents.stance import Stance

STRONG: Final = 50
"""Words of this weight or more count as strong."""

_AT_HOME: Final = frozenset({"same", "within"})
_MOST_SHARED: Final = 600
_MOST_STRONG: Final = 8


def wording(pair: Pair, stance: Stance) -> float:
    """What the words in common add to the log-odds that a pair is one event.

    The name of the place says nothing at home, and much where the two were placed apart.
    """
    told, known, scale = pair.told, pair.known, stance.scale
    total = 0.0
    # Whole numbers: the sum is the same in every process, whatever the order of the set.
    both = known.words.intersection(told.weights)
    if both and pair.place in _AT_HOME:
        both.difference_update(told.place_words)
    shared = strong = 0
    weights = told.weights
    for word in both:
        weight = weights[word]
        shared += weight
        if weight >= STRONG:
            strong += 1
    smaller = min(told.total, known.total)
    if shared and smaller > 0:
        share = shared / smaller
        total += min(shared, _MOST_SHARED) / 100.0 * scale.shared
        total += min(strong, _MOST_STRONG) / 4.0 * scale.shared_strong
        total += share * _by_share(pair, scale)
        total += shared / math.sqrt(told.total * known.total) * _by_cosine(pair, stance)
        if share > 0.1:
            total += scale.share_over_10
        if share > 0.25:
            total += scale.share_over_25
    if not both and len(weights) >= 12 and len(known.words) >= 12:
        total += scale.no_overlap
    sketch = told.sighting.sketch
    if sketch and not known.hashes.isdisjoint(sketch) and _is_copy(told, known):
        total += scale.is_copy
        if pair.place == "same" and pair.gap <= 1.5:
            total += scale.copy_x_same_fresh
    return total


class Most:
    """The most that :func:`wording` can be beside any incident, by the weight of the words in common."""

    __slots__ = ("_copied", "_over_10", "_over_25", "_shared", "_stance", "_strong")

    def __init__(self, stance: Stance) -> None:
        scale, self._stance = stance.scale, stance
        self._copied = max(0.0, scale.no_overlap) + max(0.0, scale.is_copy, scale.is_copy + scale.copy_x_same_fresh)
        self._shared, self._strong = max(0.0, scale.shared) / 100.0, max(0.0, scale.shared_strong) / 4.0
        self._over_10, self._over_25 = max(0.0, scale.share_over_10), max(0.0, scale.share_over_25)

    def beside(self, pair: Pair, heft: int) -> float:
        """The most that it can be beside one incident, where the words in common weigh no more than ``heft``."""
        ours, theirs = pair.told.total, pair.known.total
        smaller = min(ours, theirs)
        shared = min(heft, smaller)
        if shared <= 0:
            return self._copied
        share, stance = shared / smaller, self._stance
        total = self._copied + min(shared, _MOST_SHARED) * self._shared
        total += min(shared // STRONG, _MOST_STRONG) * self._strong
        by_share, by_cosine = _by_share(pair, stance.scale), _by_cosine(pair, stance)
        if by_share > 0.0:
            total += share * by_share
        if by_cosine > 0.0:
            total += shared / math.sqrt(ours * theirs) * by_cosine
        if share > 0.1:
            total += self._over_10
            if share > 0.25:
                total += self._over_25
        return total


def _by_share(pair: Pair, scale: Scale) -> float:
    return scale.share + scale.far_x_share if pair.gap > 3.5 else scale.share


def _by_cosine(pair: Pair, stance: Stance) -> float:
    total = stance.by_cosine + pair.lag * stance.scale.cosine_x_days
    return total + stance.scale.cosine_x_same if pair.place == "same" else total


def _is_copy(told: Told, known: Known) -> bool:
    sketch = told.sighting.sketch
    return any(copy_share(sketch, held.sketch) >= COPY_SHARE for held in known.incident.contributions)
