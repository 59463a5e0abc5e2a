"""Ranking: the incidents that a sighting may tell of, and which of them it most probably does."""

import bisect
import math
from datetime import timedelta
from typing import Final

from streams.incidents.clock import microseconds
from streams.incidents.levels import apart
from streams.incidents.look import Known, Told
from streams.incidents.match import alert_prior, beside_words, chance, scale_for
from streams.incidents.pair import Crowd, Found, Pair
from streams.incidents.policy import Policy
from streams.incidents.scale import Weights
from streams.incidents.shelf import Shelf
from streams.incidents.stance import Stance
from streams.incidents.wording import Most, wording
from streams.model import Phase

_DAY_US: Final = 86_400_000_000
_LEVEL_PRIOR: Final = 6.0
_ROUNDING: Final = 1e-6
"""More than sums of floats in another order can differ by."""


class Ranking:
    """What a policy and the learned weights say of sightings beside incidents."""

    def __init__(self, policy: Policy, weights: Weights) -> None:
        self._weights = weights
        self._near_km, self._prior, self._threshold = policy.near_km, policy.alert_prior, policy.match_threshold
        self._followup_us = microseconds(timedelta(hours=policy.followup_hours))
        self._coarse_us = microseconds(timedelta(hours=policy.coarse_hours))

    def best(self, shelf: Shelf, told: Told) -> Known | None:
        """The incident that a sighting most probably tells of, or None when none is probable enough.

        Of equals the one with the newer news, and then the greater id.
        """
        found = shelf.candidates(told)
        pairs = self._paired(told, found)
        stance = Stance(told, found.crowd, scale_for(told, self._weights))
        ceiling, hits, light = Most(stance), found.hits, found.light
        rivals = sum([pair.alerts > 0 for pair in pairs])
        best: Known | None = None
        highest = self._threshold
        # Those of the very place first: next to a good one most others need no look at their words.
        pairs.sort(key=_elsewhere)
        for pair in pairs:
            known = pair.known
            total = alert_prior(pair, self._prior, rivals) if pair.alerts else 0.0
            if told.level_news and pair.place == "same" and _one_level(pair):
                total = _LEVEL_PRIOR
            total += beside_words(pair, stance)
            heft = hits.get(known.incident.id, 0) + light
            if chance(total + ceiling.beside(pair, heft) + _ROUNDING) < highest:
                continue
            likely = chance(total + wording(pair, stance))
            if likely > highest or (likely == highest and (best is None or _goes_before(known, best))):
                best, highest = known, likely
        return best

    def pairs(self, shelf: Shelf, told: Told) -> tuple[list[Pair], Crowd]:
        """The sighting beside every candidate that its kind does not rule out, and how crowded its place is."""
        found = shelf.candidates(told)
        return self._paired(told, found), found.crowd

    def _paired(self, told: Told, found: Found) -> list[Pair]:
        pairs = []
        for known in found.known:
            if known.incident.merged_into is None:
                pair = Pair(told, known, self._near_km)
                if self._possible(pair):
                    pairs.append(pair)
        _count_newer(pairs)
        return pairs

    def _possible(self, pair: Pair) -> bool:
        """False where the kind of news rules the pair out, whatever its words."""
        told, known = pair.told, pair.known
        if not told.sighting.opens:
            # The event that it follows up happened when it says, or of late; a wide place holds too many others.
            wider = pair.place == "within" and _wider(pair)
            recent = (
                told.spoke_us - known.event_us <= self._followup_us
                and known.event_us - told.happened_us <= self._followup_us
            )
            return recent and (pair.place == "same" or wider)
        level_only, level_news = known.incident.level_only, told.level_news
        if level_only is level_news:
            levels_differ = level_news and apart(told.sighting.reading.threat_level, known.incident.threat_level)
            return not levels_differ or pair.place == "same"
        if level_only:
            # An attack is no part of a level that a whole country lives under; it may explain a city's level of today.
            return pair.place == "same" and abs(told.happened_us - known.event_us) <= _DAY_US
        return told.spoke_us - known.newest_us <= self._coarse_us


def _count_newer(pairs: list[Pair]) -> None:
    """Note beside each incident of the very place how many of them have newer news."""
    same = [pair for pair in pairs if pair.place == "same"]
    if len(same) > 1:
        moments = sorted([-pair.known.newest_us for pair in same])
        for pair in same:
            pair.newer = math.log1p(bisect.bisect_left(moments, -pair.known.newest_us))


def _elsewhere(pair: Pair) -> bool:
    return pair.place != "same"


def _goes_before(known: Known, other: Known) -> bool:
    ours, theirs = known.newest_us, other.newest_us
    return ours > theirs or (ours == theirs and known.incident.id > other.incident.id)


def _one_level(pair: Pair) -> bool:
    """True for an open threat level of the very area: what is said of it later is about it, in whatever words."""
    incident, ours, theirs = pair.known.incident, pair.told.spot, pair.known.spot
    if (
        not pair.told.level_news
        or not incident.level_only
        or incident.phase is not Phase.ACTIVE
        or ours is None
        or theirs is None
    ):
        return False
    return ours.tier == theirs.tier and pair.place == "same"


def _wider(pair: Pair) -> bool:
    """True when the sighting's place is a wider one than the incident's."""
    ours, theirs = pair.told.spot, pair.known.spot
    return ours is not None and theirs is not None and ours.tier < theirs.tier
