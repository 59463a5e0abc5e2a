"""Levels: which threat level is in force where an incident is. A level told of is a state of its own, with an end."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

from streams.incidents.clock import after
from streams.incidents.placement import tier
from streams.incidents.policy import Policy
from streams.incidents.publishers import fold_name
from streams.incidents.registers import LEVEL_STAMP
from streams.incidents.relations import place_relation
from streams.model import Incident, Outcome, Phase, Place, ThreatLevel

_WITHIN: Final = frozenset({"same", "near", "within"})
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


class InForce(NamedTuple):
    """A threat level that holds, and the incident that tells of it."""

    level: ThreatLevel
    incident_id: str


class Standing:
    """An incident that tells of a threat level: which it is, as of when, and until when it holds."""

    __slots__ = ("_until", "incident", "level", "since")

    def __init__(self, incident: Incident, level: ThreatLevel) -> None:
        self.incident, self.level = incident, level
        self.since = incident.stamps.get(LEVEL_STAMP, _NEVER)
        self._until: datetime | None = None

    def until(self, policy: Policy) -> datetime:
        """When the level ends; long ago for one that never held. Worked out once, so always by one policy."""
        if self._until is None:
            self._until = self._end(policy)
        return self._until

    def _end(self, policy: Policy) -> datetime:
        incident, since = self.incident, self.since
        if since is _NEVER or incident.phase is Phase.RETRACTED or incident.merged_into is not None:
            return _NEVER
        if incident.level_only and incident.cleared_at is not None and incident.cleared_at >= since:
            return _NEVER
        return self.level.expires_at or after(since, policy.expiry(incident.kinds, level_only=True))


def with_levels(
    outcomes: Iterable[Outcome], told: Mapping[str, Standing], at: datetime, policy: Policy
) -> tuple[Outcome, ...]:
    """The outcomes whose events carry the threat level in force at ``at``, by the incidents ``told`` of one country.

    A level that is an incident of its own carries what was told of itself.
    """
    made = tuple(outcomes)
    news = {
        each.incident.id: Standing(each.incident, each.incident.threat_level)
        for each in made
        if each.incident.threat_level is not None
    }
    known = {**told, **news}.values() if news else told.values()
    return tuple(_with_level(each, known, at, policy) for each in made) if known else made


def _with_level(outcome: Outcome, told: Collection[Standing], at: datetime, policy: Policy) -> Outcome:
    event, incident = outcome.event, outcome.incident
    if event is None or incident.level_only:
        return outcome
    found = level_in_force(incident.place, told, at, policy)
    if found is None or found.incident_id == incident.id:
        return outcome
    return Outcome(
        incident=incident,
        event=msgspec.structs.replace(event, threat_level=found.level, level_incident=found.incident_id),
    )


def apart(told: ThreatLevel | None, held: ThreatLevel | None) -> bool:
    """True for two levels of areas with two names: as many states, unless one followed on the other.

    Of one word they may be one: who reports a country's level names its capital.
    """
    if told is None or held is None or told.level is None or held.level is None or told.previous == held.level:
        return False
    return told.level != held.level and fold_name(told.area or "") != fold_name(held.area or "")


def level_in_force(place: Place | None, told: Iterable[Standing], at: datetime, policy: Policy) -> InForce | None:
    """The threat level that holds at ``place`` and ``at`` by what was ``told``; None where none is known to.

    The level of an area goes before that of its country, and what was told last before what was told earlier, be it
    higher or lower. A level ends when it said that it would, else as the policy lets one expire; it ends with its
    all-clear where it was told by itself, and never held where that was taken back.
    """
    if place is None:
        return None
    holding = []
    for one in told:
        if at < one.until(policy):
            reach = _reach(one.level, one.incident, place, policy)
            if reach is not None:
                holding.append((reach, one.since, one.incident.id, one.level))
    if not holding:
        return None
    _, _, incident_id, level = max(holding, key=lambda one: one[:3])
    return InForce(level, incident_id)


def _reach(level: ThreatLevel, incident: Incident, place: Place, policy: Policy) -> int | None:
    """How fine the level is that reaches ``place``: 0 for its whole country; None where it does not reach it."""
    home = incident.place
    country = level.country_code or (home.country_code if home is not None else None)
    if country is None or country != place.country_code:
        return None
    if level.area is not None:
        names = {fold_name(name) for name in (place.name, place.admin1, place.detail) if name}
        area = fold_name(level.area)
        if area in names:
            return 1
        if place.country is not None and area == fold_name(place.country):
            return 0
        # The area may be named in other words than the gazetteer's; where the notice was placed then says where.
    elif not incident.level_only or home is None or tier(home) == 0:
        return 0
    finer = home is not None and tier(home) > 0 and incident.level_only
    return tier(home) if finer and home and place_relation(place, home, policy.near_km) in _WITHIN else None
