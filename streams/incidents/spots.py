"""Spot: a place with all at hand that its relation to many others asks for."""

import functools
import math
from typing import Final

from streams.incidents.placement import tier
from streams.incidents.publishers import fold_name
from streams.model import Place, Precision

_FINE: Final = frozenset({Precision.CITY, Precision.POINT})
_folded = functools.lru_cache(maxsize=65536)(fold_name)


class Spot:
    """A place, its fineness, its folded name, and where it lies; ``exact`` for a city or point with coordinates.

    ``lat`` and ``lon`` are degrees, and ``shrink`` is by how much a degree of longitude is shorter there.
    """

    __slots__ = ("admin1", "country", "exact", "folded", "geoname_id", "lat", "lon", "place", "shrink", "tier")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.tier = tier(place)
        self.folded = _folded(place.name)
        self.admin1, self.country, self.geoname_id = place.admin1, place.country_code, place.geoname_id
        lat, lon = place.lat, place.lon
        self.lat = 0.0 if lat is None else float(lat)
        self.lon = 0.0 if lon is None else float(lon)
        # Also False for what is no number.
        on_earth = lat is not None and lon is not None and abs(self.lat) <= 90.0 and abs(self.lon) <= 180.0
        self.exact = on_earth and place.precision in _FINE
        self.shrink = math.cos(math.radians(self.lat)) if self.exact else 1.0


def spot_of(place: Place | None) -> Spot | None:
    """The spot of a place; None for none."""
    return None if place is None else Spot(place)
