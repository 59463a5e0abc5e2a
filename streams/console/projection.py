"""Projection: where a place stands on the console's map."""

import math
from typing import Final

WIDTH: Final = 1000
"""Units of the map from 180° west to 180° east."""
NORTH: Final = 83.7
SOUTH: Final = -57.0
"""The map ends at these latitudes, in degrees: with the north of Greenland and the Cape Horn, without Antarctica."""


def _compact_miller(phi: float) -> float:
    """Height above the equator at latitude ``phi`` (radians), in radii of the globe.

    Compact Miller: B. Jenny, B. Šavrič, T. Patterson, "A compromise aspect-adaptive cylindrical projection for world
    maps", International Journal of Geographical Information Science 29 (2015). It keeps Europe large enough to read.
    """
    return phi * (0.9902 + phi**2 * (0.1604 - 0.03054 * phi**2))


_SCALE: Final = WIDTH / (2 * math.pi)
_TOP: Final = _compact_miller(math.radians(NORTH))
HEIGHT: Final = round((_TOP - _compact_miller(math.radians(SOUTH))) * _SCALE)
"""Units of the map from its northern to its southern end."""


def project(lat: float, lon: float) -> tuple[float, float]:
    """The map units of a WGS 84 point, x from the left and y from the top; beyond the ends it is drawn at them."""
    y = (_TOP - _compact_miller(math.radians(lat))) * _SCALE
    return (lon + 180) / 360 * WIDTH, min(max(y, 0.0), float(HEIGHT))
