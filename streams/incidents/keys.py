"""Keys: under which cells, names and days an incident is found, and which of them a sighting looks under."""

import functools
import math
from datetime import datetime, timedelta
from typing import Final

from streams.incidents.clock import newest_of
from streams.incidents.placement import tier
from streams.incidents.publishers import fold_name
from streams.model import Incident, Phase, Place

_CELL_DEGREES: Final = 0.5
OPEN: Final = frozenset({Phase.ACTIVE, Phase.ALL_CLEAR})
"""The phases that end by themselves."""

_ROW: Final = 2048
"""More cells than lie around the globe, and those next to them."""

Cell = int
_folded = functools.lru_cache(maxsize=16384)(fold_name)


def same_places(before: Incident, incident: Incident) -> bool:
    """True when both have the same places, whatever their votes."""
    held, now = before.places, incident.places
    if held is now:
        return True
    return [id(one.place) for one in held] == [id(one.place) for one in now]


def day_of(incident: Incident) -> int:
    """The day of an incident's newest article, as a number."""
    return newest_of(incident).toordinal()


def forget_at(incident: Incident, memory: timedelta) -> datetime | None:
    """When an incident may be forgotten; None while it is open."""
    if incident.phase in OPEN:
        return None
    try:
        # Never before its last article is as old, so that the newest incident keeps the watermark of its partition.
        return max(incident.expires_at, incident.last_seen_at) + memory
    except OverflowError:
        return None


def cells_of(incident: Incident) -> set[Cell]:
    """The cells of half a degree that an incident's cities lie in."""
    found = {_cell(held.place) for held in incident.places if tier(held.place) == 2}
    return {cell for cell in found if cell is not None}


def _cell(place: Place) -> Cell | None:
    # Also False for what is no number.
    if place.lat is None or place.lon is None or not (abs(place.lat) <= 90 and abs(place.lon) <= 180):
        return None
    return math.floor(place.lat / _CELL_DEGREES) * _ROW + math.floor(place.lon / _CELL_DEGREES)


def cells_around(place: Place) -> tuple[Cell, ...]:
    """The cell of a city and the eight around it."""
    cell = _cell(place)
    if cell is None:
        return ()
    south, north = cell - _ROW, cell + _ROW
    return (south - 1, south, south + 1, cell - 1, cell, cell + 1, north - 1, north, north + 1)


def regions_of(incident: Incident) -> set[str]:
    """Names under which an incident is found: of its cities, and where it is placed no finer, its region or ""."""
    if not incident.places:
        return {""}
    found = set()
    for held in incident.places:
        place = held.place
        if tier(place) == 2:
            found.add(namesake_of(place))
        if tier(place) == 1 or (tier(place) == 2 and place.lat is None):
            found.add(place.admin1 or place.name)
        elif tier(place) == 0:
            found.add("")
    return found


def names_around(place: Place | None) -> tuple[str, ...]:
    """The names under which to look for incidents told of with a wider place, or with another of the same name."""
    if place is None:
        return ("",)
    named = namesake_of(place)
    return ("", place.admin1, named) if place.admin1 else ("", named)


def namesake_of(place: Place) -> str:
    """The key of all cities of one name; no region's name has its mark."""
    return "=" + _folded(place.name)


def in_one_region(place: Place | None, other: Place | None) -> bool:
    """True when two places bear the same region's name."""
    return place is not None and other is not None and place.admin1 is not None and place.admin1 == other.admin1


def may_hold(place: Place | None, incident: Incident) -> bool:
    """True when an incident may lie in ``place``, a region or country."""
    if place is None or tier(place) == 0 or incident.place is None:
        return True
    return tier(incident.place) == 0 or incident.place.admin1 in (place.admin1, place.name)
