"""Wording: what the words of a sighting and of an incident have in common, and what that weighs."""

import math
from typing import Final

from streams.incidents.look import Known, Told
from streams.incidents.pair import Crowd, Pair
from streams.incidents.scale import Scale
from streams.incidents.sketch import COPY_SHARE, copy_share

STRONG: Final = 50
"""Words of this weight or more count as strong."""

_AT_HOME: Final = frozenset({"same", "within"})
_MOST_SHARED: Final = 600
_MOST_STRONG: Final = 8


def wording(pair: Pair, crowd: Crowd, scale: Scale) -> float:
    """What the words in common add to the log-odds that a pair is one event.

    The name of the place says nothing at home, and much where the two were placed apart.
    """
    told, known = pair.told, pair.known
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
        total += shared / math.sqrt(told.total * known.total) * _by_cosine(pair, crowd, scale)
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


def most(pair: Pair, crowd: Crowd, scale: Scale, heft: int) -> float:
    """The most that :func:`wording` can be where the words in common weigh no more than ``heft``."""
    told, known = pair.told, pair.known
    total = max(0.0, scale.no_overlap) + max(0.0, scale.is_copy, scale.is_copy + scale.copy_x_same_fresh)
    smaller = min(told.total, known.total)
    shared = min(heft, smaller)
    if shared > 0:
        share = shared / smaller
        total += min(shared, _MOST_SHARED) / 100.0 * max(0.0, scale.shared)
        total += min(shared // STRONG, _MOST_STRONG) / 4.0 * max(0.0, scale.shared_strong)
        total += share * max(0.0, _by_share(pair, scale))
        total += shared / math.sqrt(told.total * known.total) * max(0.0, _by_cosine(pair, crowd, scale))
        if share > 0.1:
            total += max(0.0, scale.share_over_10)
        if share > 0.25:
            total += max(0.0, scale.share_over_25)
    return total


def _by_share(pair: Pair, scale: Scale) -> float:
    return scale.share + scale.far_x_share if pair.gap > 3.5 else scale.share


def _by_cosine(pair: Pair, crowd: Crowd, scale: Scale) -> float:
    total = scale.cosine + pair.lag * scale.cosine_x_days + crowd.here * scale.cosine_x_here
    return total + scale.cosine_x_same if pair.place == "same" else total


def _is_copy(told: Told, known: Known) -> bool:
    sketch = told.sighting.sketch
    return any(copy_share(sketch, held.sketch) >= COPY_SHARE for held in known.incident.contributions)
