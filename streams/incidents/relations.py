"""Relation of places, as far as matching tells apart."""

import math
from collections.abc import Sequence
from typing import Final

from streams.incidents.spots import Spot, spot_of
from streams.model import Place
from streams.model.geography import Relation, relation

_KM_PER_DEGREE: Final = 111.2
_ORDER: Final = ("same", "near", "within", "namesake", "region", "far", "unknown")
_SAME_KM: Final = 1.0


def best_relation(spot: Spot | None, chosen: Spot | None, given: Sequence[Spot], near_km: float) -> str:
    """The closest relation of a place to an incident's ``chosen`` one and to all that were ``given`` for it.

    ``same``, ``near``, ``within`` (one holds the other), ``namesake`` (one name, far apart: often one of the two was
    mistaken for the other), ``region`` (apart in one region), ``far``, or ``unknown`` where either has no place.
    """
    if spot is None or chosen is None:
        found = "unknown"
    elif spot.exact and chosen.exact and abs(spot.lat - chosen.lat) * _KM_PER_DEGREE > near_km:
        # Most are as far apart as this.
        found = _apart(spot, chosen)
    else:
        found = spot_relation(spot, chosen, near_km)
    if found == "same" or len(given) < 2:
        return found
    # Who said "the country" of an event in a city did not say that it was everywhere.
    finest = chosen.tier if chosen is not None else 0
    best = _ORDER.index(found)
    for held in given:
        if held is not chosen and held.tier >= finest:
            best = min(best, _ORDER.index(spot_relation(spot, held, near_km)))
    return _ORDER[best]


def place_relation(a: Place | None, b: Place | None, near_km: float) -> str:
    """The relation of two places; see :func:`best_relation`."""
    return spot_relation(spot_of(a), spot_of(b), near_km)


def spot_relation(a: Spot | None, b: Spot | None, near_km: float) -> str:
    """The relation of two places by their spots."""
    if a is None or b is None:
        return "unknown"
    if a.place is b.place:
        return "same"
    if a.exact and b.exact:
        return _by_distance(a, b, near_km)
    found = relation(a.place, b.place, near_km)
    if found is Relation.SAME:
        return "same"
    if found is Relation.CONTAINS or found is Relation.INSIDE:
        return "within"
    return "near" if found is Relation.NEAR else _apart(a, b)


def _by_distance(a: Spot, b: Spot, near_km: float) -> str:
    """By the distance on a plane that is true at the latitude of ``a``: good to a per cent within a hundred km."""
    north = abs(a.lat - b.lat)
    if north * _KM_PER_DEGREE > near_km:
        return _apart(a, b)
    east = abs(a.lon - b.lon)
    east = min(east, 360.0 - east) * a.shrink
    far = math.hypot(north, east) * _KM_PER_DEGREE
    if far > near_km:
        return _apart(a, b)
    if far <= _SAME_KM or (a.geoname_id is not None and a.geoname_id == b.geoname_id):
        return "same"
    # A venue is at its city, and the centre of one city differs by some kilometres from gazetteer to gazetteer.
    return "near" if relation(a.place, b.place, near_km) is Relation.NEAR else "same"


def _apart(a: Spot, b: Spot) -> str:
    if a.country is None or a.country != b.country:
        return "far"
    if a.folded == b.folded:
        return "namesake"
    return "region" if a.admin1 and a.admin1 == b.admin1 else "far"
