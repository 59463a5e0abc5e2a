"""Change: what one sighting changed of an incident, by its weightiest difference, and whether people are told."""

from typing import Final

from streams.incidents.placement import tier
from streams.incidents.policy import Policy
from streams.incidents.reasons import Reason
from streams.incidents.view import shown_advisory
from streams.model import Change, Count, Direction, Incident, Phase, Severity, Sighting, Status

INJURED_STEP: Final = 1.5
"""More injured are told from this factor on: such counts creep."""

Found = tuple[Change, bool, Reason]
"""A change, whether it is material, and the reason."""

_PHASES: Final[dict[Phase, Found]] = {
    Phase.RETRACTED: (Change.RETRACTED, True, Reason.FOUND_FALSE),
    Phase.ALL_CLEAR: (Change.ALL_CLEAR, True, Reason.DANGER_OVER),
    Phase.ACTIVE: (Change.REOPENED, True, Reason.DANGER_AGAIN),
    Phase.CLOSED: (Change.CLOSED, False, Reason.EXPIRED),
}


def change_of(
    before: Incident, incident: Incident, sighting: Sighting, policy: Policy, *, fresh: bool, copied: bool
) -> tuple[Change | None, bool, Reason]:
    """What changed from ``before`` to ``incident``; None where there is nothing to publish.

    Late news changes nothing but the sources, and a near copy (``copied``) tells nobody unless it raises the severity
    to Extreme.
    """
    if before.phase is not incident.phase:
        return _PHASES[incident.phase]
    if not fresh:
        return _corroboration(before, incident, _late(incident))
    open_still = incident.phase in (Phase.ACTIVE, Phase.ALL_CLEAR)
    found = _found(before, incident, sighting, policy)
    if found is None:
        return _corroboration(before, incident, Reason.NEAR_COPY if copied else Reason.SAME_STORY)
    change, material, reason = found
    tells = (open_still and not copied) or rose_to_extreme(before, incident)
    return change, material and tells, reason


def rose_to_extreme(before: Incident, incident: Incident) -> bool:
    """True when the severity has just become the highest: that never waits."""
    return incident.severity is Severity.EXTREME and before.severity is not Severity.EXTREME


def rose(told: Count, now: Count, step: float) -> bool:
    """True when a count is at least ``step`` times the one told, or told of first."""
    old, new = _latest(told), _latest(now)
    return new > old and (old == 0 or new >= old * step)


def _late(incident: Incident) -> Reason:
    return Reason.LATE_COVERAGE if incident.phase is Phase.ACTIVE else Reason.STALE_COPY


def _found(before: Incident, incident: Incident, sighting: Sighting, policy: Policy) -> Found | None:
    found = _toll(before, incident, policy, corrects=sighting.corrects)
    if incident.phase is Phase.ACTIVE:
        found = (
            _worse(before, incident)
            or found
            or _level(before, incident)
            or _advisory(before, incident)
            or _partial(sighting)
            or _place(before, incident)
        )
    return found or _detail(before, incident)


def _worse(before: Incident, incident: Incident) -> Found | None:
    if incident.severity.rank > before.severity.rank:
        return Change.ESCALATED, True, Reason.SEVERITY_ROSE
    if len(incident.kinds) > len(before.kinds):
        return Change.ESCALATED, True, Reason.KIND_ADDED
    old, new = before.threat_level, incident.threat_level
    raised = new is not None and new.direction is Direction.RAISED and new.level is not None
    if raised and new is not None and (old is None or old.level != new.level):
        return Change.ESCALATED, True, Reason.LEVEL_CHANGED
    return None


def _toll(before: Incident, incident: Incident, policy: Policy, *, corrects: bool) -> Found | None:
    if before.toll == incident.toll:
        return None
    killed, injured = incident.toll.killed, incident.toll.injured
    pairs = ((before.toll.killed, killed), (before.toll.injured, injured))
    if any(_latest(new) < _latest(old) for old, new in pairs):
        # Counts of the injured go up and down as hospitals report: only a declared correction of them is told.
        material = corrects or _latest(killed) < _latest(before.toll.killed)
        return Change.CORRECTED, material, Reason.TOLL_CORRECTED
    if any(_latest(new) > _latest(old) for old, new in pairs):
        told = before.told
        material = rose(told.killed, killed, policy.toll_step) or rose(told.injured, injured, INJURED_STEP)
        return Change.UPDATED, material, Reason.TOLL_ROSE
    return None


def _latest(count: Count) -> int:
    return count.latest or 0


def _level(before: Incident, incident: Incident) -> Found | None:
    old, new = before.threat_level, incident.threat_level
    if old is not None and new is not None and new.level is not None and new.level != old.level:
        return Change.UPDATED, True, Reason.LEVEL_CHANGED
    return None


def _advisory(before: Incident, incident: Incident) -> Found | None:
    was, now = shown_advisory(before), shown_advisory(incident)
    was_on, now_on = was is not None and was.in_force, now is not None and now.in_force
    if now_on and not was_on:
        return Change.UPDATED, True, Reason.ADVISORY_ISSUED
    if was_on and not now_on:
        return Change.UPDATED, True, Reason.ADVISORY_LIFTED
    return None


def _partial(sighting: Sighting) -> Found | None:
    if sighting.reading.partial and sighting.reading.status is Status.ALL_CLEAR:
        return Change.UPDATED, True, Reason.PARTIAL_ALL_CLEAR
    return None


def _place(before: Incident, incident: Incident) -> Found | None:
    old, new = before.place, incident.place
    if new is None or new == old:
        return None
    if old is None or tier(new) > tier(old):
        return Change.UPDATED, True, Reason.PLACE_REFINED
    if new.name != old.name:
        return Change.CORRECTED, True, Reason.PLACE_CORRECTED
    return None


def _detail(before: Incident, incident: Incident) -> Found | None:
    if (
        before.threat_level != incident.threat_level
        or before.suspects != incident.suspects
        or before.place != incident.place
        or before.toll != incident.toll
    ):
        return Change.UPDATED, False, Reason.DETAIL_CHANGED
    return None


def _corroboration(before: Incident, incident: Incident, otherwise: Reason) -> tuple[Change | None, bool, Reason]:
    if incident.sources.independent > before.sources.independent:
        late = otherwise in (Reason.LATE_COVERAGE, Reason.STALE_COPY)
        return Change.CORROBORATED, False, otherwise if late else Reason.NEW_SOURCE
    return None, False, otherwise
