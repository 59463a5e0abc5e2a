"""Distance and containment of places: pure arithmetic over :class:`Place` values, without a gazetteer."""

import functools
import math
import unicodedata
from enum import StrEnum
from typing import Final

from streams.model.kinds import Precision
from streams.model.place import Place

EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of the Earth (IUGG), in kilometres."""

SAME_CITY_KM: Final = 12.0
"""Two entries of one name nearer than this are one city: gazetteers differ by about as much on its centre."""

NEAR_KM: Final = 40.0
"""Places nearer than this may belong to one event: a town, its suburbs and the roads between them."""

_FINENESS: Final = {Precision.COUNTRY: 0, Precision.ADMIN1: 1, Precision.CITY: 2, Precision.POINT: 3}


class Relation(StrEnum):
    """How place ``a`` stands to place ``b``."""

    SAME = "same"
    CONTAINS = "contains"
    INSIDE = "inside"
    NEAR = "near"
    APART = "apart"

    @property
    def compatible(self) -> bool:
        """True when one event can be told of with either place."""
        return self is not Relation.APART


def distance_km(a: Place, b: Place) -> float | None:
    """Great-circle distance of two places in kilometres; None where either has no coordinates, or none on Earth."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    # Also False for what is no number.
    if not (abs(a.lat) <= 90 and abs(b.lat) <= 90 and abs(a.lon) <= 180 and abs(b.lon) <= 180):
        return None
    return haversine_km(a.lat, a.lon, b.lat, b.lon)


def haversine_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Great-circle distance of two WGS 84 points in kilometres, by the haversine formula on a sphere."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_chord = (
        math.sin((phi_b - phi_a) / 2) ** 2
        + math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half_chord)))


def relation(a: Place, b: Place, near_km: float = NEAR_KM) -> Relation:
    """How ``a`` stands to ``b``: the same, containing or inside it, near (within ``near_km``), or apart.

    A country contains all that bears its code, and a first-level region all that bears its region code too. A city
    contains the points near its centre. Everything else is decided by distance.
    """
    if a.geoname_id is not None and a.geoname_id == b.geoname_id:
        return _same_entry(a, b)
    if a.precision is Precision.COUNTRY or b.precision is Precision.COUNTRY:
        return _by_country(a, b)
    if a.precision is Precision.ADMIN1 or b.precision is Precision.ADMIN1:
        return _by_region(a, b)
    return _by_distance(a, b, near_km)


def _same_entry(a: Place, b: Place) -> Relation:
    """One gazetteer entry, told to the city by one article and to a venue in it by the other."""
    gap = _FINENESS[a.precision] - _FINENESS[b.precision]
    return Relation.SAME if gap == 0 else Relation.INSIDE if gap > 0 else Relation.CONTAINS


def _by_country(a: Place, b: Place) -> Relation:
    if a.country_code is None or a.country_code != b.country_code:
        return Relation.APART
    return _same_entry(a, b)


def _by_region(a: Place, b: Place) -> Relation:
    if a.country_code is None or a.country_code != b.country_code:
        return Relation.APART
    region_a, region_b = a.admin1_code or _fold(a.admin1), b.admin1_code or _fold(b.admin1)
    if not region_a or region_a != region_b:
        return Relation.APART
    return _same_entry(a, b)


def _by_distance(a: Place, b: Place, near_km: float) -> Relation:
    distance = distance_km(a, b)
    same_name = _fold(a.name) == _fold(b.name)
    if distance is None:
        regions_agree = a.admin1_code is None or b.admin1_code is None or a.admin1_code == b.admin1_code
        agree = same_name and a.country_code == b.country_code and regions_agree
        return Relation.SAME if agree else Relation.APART
    if distance <= SAME_CITY_KM:
        if a.precision is not b.precision:
            return _same_entry(a, b)
        if same_name:
            return Relation.SAME
    return Relation.NEAR if distance <= near_km else Relation.APART


@functools.lru_cache(maxsize=65536)
def _fold(name: str | None) -> str:
    """A name without case, accents and punctuation, to compare spellings."""
    decomposed = unicodedata.normalize("NFKD", name or "")
    return "".join(letter for letter in decomposed.casefold() if letter.isalnum())
