"""Relation of places, as far as matching tells apart."""

import functools
import math
from typing import Final

from streams.incidents.placement import tier
from streams.incidents.publishers import fold_name
from streams.model import Incident, Place, Precision
from streams.model.geography import Relation, relation

_FINE: Final = frozenset({Precision.CITY, Precision.POINT})
_KM_PER_DEGREE: Final = 111.2
_ORDER: Final = ("same", "near", "within", "namesake", "region", "far", "unknown")
_SAME_KM: Final = 1.0

_folded = functools.lru_cache(maxsize=65536)(fold_name)


def best_relation(place: Place | None, incident: Incident, near_km: float) -> str:
    """The closest relation of a place to any that was given for the incident.

    ``same``, ``near``, ``within`` (one holds the other), ``namesake`` (one name, far apart: often one of the two was
    mistaken for the other), ``region`` (apart in one region), ``far``, or ``unknown`` where either has no place.
    """
    found = place_relation(place, incident.place, near_km)
    if found == "same" or len(incident.places) < 2:
        return found
    # Who said "the country" of an event in a city did not say that it was everywhere.
    finest = tier(incident.place) if incident.place is not None else 0
    others = (place_relation(place, held.place, near_km) for held in incident.places if tier(held.place) >= finest)
    return min((found, *others), key=_ORDER.index)


def place_relation(a: Place | None, b: Place | None, near_km: float) -> str:
    """The relation of two places; see :func:`best_relation`."""
    if a is None or b is None:
        return "unknown"
    if a is b:
        return "same"
    if a.precision in _FINE and b.precision in _FINE:
        far = _roughly_km(a, b)
        if far is not None:
            return _by_distance(a, b, far, near_km)
    found = relation(a, b, near_km)
    if found is Relation.SAME:
        return "same"
    if found in (Relation.CONTAINS, Relation.INSIDE):
        return "within"
    return "near" if found is Relation.NEAR else _apart(a, b)


def _by_distance(a: Place, b: Place, far: float, near_km: float) -> str:
    if far > near_km:
        return _apart(a, b)
    if far <= _SAME_KM or (a.geoname_id is not None and a.geoname_id == b.geoname_id):
        return "same"
    # A venue is at its city, and the centre of one city differs by some kilometres from gazetteer to gazetteer.
    return "near" if relation(a, b, near_km) is Relation.NEAR else "same"


def _apart(a: Place, b: Place) -> str:
    if a.country_code is None or a.country_code != b.country_code:
        return "far"
    if _folded(a.name) == _folded(b.name):
        return "namesake"
    return "region" if a.admin1 and a.admin1 == b.admin1 else "far"


def _roughly_km(a: Place, b: Place) -> float | None:
    """Distance on a plane that is true at the latitude of ``a``: good to a per cent within a hundred kilometres."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    east = abs(a.lon - b.lon)
    east = min(east, 360.0 - east) * math.cos(math.radians(a.lat))
    return math.hypot(a.lat - b.lat, east) * _KM_PER_DEGREE
