"""Corroboration: how many independent origins stand behind an incident, and what confidence that gives."""

from collections.abc import Set as AbstractSet
from typing import Final

from streams.incidents.publishers import agency_key
from streams.incidents.sketch import COPY_SHARE, copy_share
from streams.model import Contribution, Sighting

_DOUBT_PER_SOURCE: Final = 0.6
_DOUBT_IF_OFFICIAL: Final = 0.6
_CEILING: Final = 0.999

SAME_TEXT: Final = 0.75
"""Share of a text that was absorbed before from which it is the same text: a copy that tells nothing new."""


def origin_of(
    sighting: Sighting, contributions: tuple[Contribution, ...], hashes: AbstractSet[int]
) -> tuple[str, float]:
    """The origin under which a sighting counts, and what share of its text was absorbed before.

    The origin is the agency that it credits; else, when it is a near copy of an absorbed article, that article's; else
    its publisher, an agency by its own key so that it and its subscribers are one. ``hashes`` are the sketch hashes of
    all contributions, by which most sightings are seen to copy nothing.
    """
    share, origin = 0.0, ""
    if sighting.sketch and not hashes.isdisjoint(sighting.sketch):
        shares = [(copy_share(sighting.sketch, held.sketch), held.origin) for held in contributions if held.sketch]
        share, origin = max(shares, default=(0.0, ""))
    if sighting.wire:
        return sighting.wire, share
    if share >= COPY_SHARE and origin:
        return origin, share
    return own_origin(sighting), share


def own_origin(sighting: Sighting) -> str:
    """The origin of an article by itself: the agency it credits, its publisher, or itself when none is named."""
    if sighting.wire:
        return sighting.wire
    name = sighting.publisher
    if not name:
        return f"?{sighting.id}"[:80]
    return (agency_key(name) or name) if " " in name else name


def confidence_of(best: float, independent: int, *, official: bool) -> float:
    """The confidence (0 to 1) of an incident: that of its best reading, with the doubt shrunk by each further origin.

    Each independent origin beyond the first leaves 0.6 of the doubt, an authority named for the claim likewise: a
    heuristic, monotone in both, and not severity.
    """
    doubt = 1.0 - min(max(best, 0.0), 1.0)
    doubt *= _DOUBT_PER_SOURCE ** max(0, independent - 1)
    if official:
        doubt *= _DOUBT_IF_OFFICIAL
    return round(min(_CEILING, 1.0 - doubt), 4)
