"""Route: which alerts go to which receivers, and why."""

from typing import Final

import msgspec

from streams.model import AlertEvent, Change, Kind, Severity
from streams.model.geography import haversine_km

DEFAULT_CHANGES: Final = frozenset(Change)

OUT_OF_SCOPE: Final = frozenset({"other_kind", "other_severity", "other_sources", "other_place"})
"""Reasons why a route does not lead to its receiver that a later revision of the incident may do away with."""


class Circle(msgspec.Struct, frozen=True, kw_only=True):
    """All that is within ``km`` kilometres of a WGS 84 point."""

    lat: float
    lon: float
    km: float


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts that match every part given go to ``receivers``. An empty part matches everything.

    ``countries`` are ISO 3166-1 alpha-2 codes; ``admin1`` names of first-level regions in any case; the three place
    parts are alternatives to each other. ``sources`` is the least number of independent origins.
    """

    name: str
    receivers: tuple[str, ...]
    kinds: frozenset[Kind] = frozenset()
    min_severity: Severity = Severity.MINOR
    countries: frozenset[str] = frozenset()
    admin1: frozenset[str] = frozenset()
    near: tuple[Circle, ...] = ()
    unplaced: bool = False
    sources: int = 0
    changes: frozenset[Change] = DEFAULT_CHANGES

    def misses(self, event: AlertEvent) -> str | None:
        """The code of the first part that ``event``'s incident does not match; None when it matches all of them.

        ``changes`` is not looked at: it is about the revision, not about the incident.
        """
        if self.kinds and not self.kinds & set(event.kinds):
            return "kind"
        if event.severity.rank < self.min_severity.rank:
            return "severity"
        if event.sources.independent < self.sources:
            return "sources"
        return None if self._is_here(event) else "place"

    def _is_here(self, event: AlertEvent) -> bool:
        if not (self.countries or self.admin1 or self.near):
            return True
        place = event.place
        if place is None:
            return self.unplaced
        if place.country_code in self.countries:
            return True
        if place.admin1 is not None and place.admin1.casefold() in {name.casefold() for name in self.admin1}:
            return True
        lat, lon = place.lat, place.lon
        if lat is None or lon is None:
            return False
        return any(haversine_km(lat, lon, circle.lat, circle.lon) <= circle.km for circle in self.near)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a receiver is to be told of an alert, and the code of the reason."""

    tell: bool
    reason: str


def weigh(routes: tuple[Route, ...], event: AlertEvent) -> Verdict:
    """Whether any of ``routes`` (all of one receiver) leads ``event`` there.

    The reason is ``route:<name>``, or of the route that came nearest, what ``event`` missed of it.
    """
    reason = "no_route"
    for route in routes:
        missed = route.misses(event)
        if missed is None and event.change in route.changes:
            return Verdict(tell=True, reason=f"route:{route.name}")
        if reason == "no_route":
            reason = f"other_{missed}" if missed else "other_change"
    return Verdict(tell=False, reason=reason)


def reaches(routes: tuple[Route, ...], event: AlertEvent) -> Verdict:
    """Whether ``event`` brings an incident that was out of the scope of ``routes`` into it.

    For the receiver that is an opening, whatever the change is called: a route for incidents with two sources must
    hear of the second one, which is mere corroboration to everybody else.
    """
    for route in routes:
        if route.misses(event) is None and (Change.OPENED in route.changes or event.change in route.changes):
            return Verdict(tell=True, reason=f"reached:{route.name}")
    return Verdict(tell=False, reason="no_route")
