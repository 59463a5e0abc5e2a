"""Lifecycle: which phase an incident is in after a sighting, what changed by it, and who is told."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from streams.incidents.changes import change_of, rose, rose_to_extreme
from streams.incidents.clock import after, event_at, spoke_at
from streams.incidents.fold import GRACE, REFUTED, is_urgent
from streams.incidents.policy import Policy
from streams.incidents.reasons import Reason
from streams.model import (
    Change,
    Incident,
    Phase,
    Sighting,
    Status,
    Urgency,
)

_LONGEST_LEVEL: Final = timedelta(days=200)
_HARD_CAP: Final = 4
"""No incident tells people more than this many times its budget, whatever happens."""


class Step(NamedTuple):
    """An incident after a sighting; ``change`` is None where nothing is to be published."""

    incident: Incident
    change: Change | None
    notify: bool
    reason: Reason


def settle(
    before: Incident | None, folded: Incident, sighting: Sighting, policy: Policy, *, fresh: bool, copied: bool
) -> Step:
    """Settle phase, expiry and revision of ``folded``, and name the change from ``before`` (None: just opened).

    ``fresh`` is False for late coverage; ``copied`` True for a near copy of what was absorbed, which tells nobody.
    """
    phase = _phase(before, folded, sighting, policy, fresh=fresh, copied=copied)
    incident = msgspec.structs.replace(folded, phase=phase, expires_at=_expiry(folded, phase, policy))
    change: Change | None
    if before is None:
        change, notify, reason = _opening(incident, sighting, policy, fresh=fresh)
    else:
        change, notify, reason = change_of(before, incident, sighting, policy, fresh=fresh, copied=copied)
    if change is None:
        return Step(incident, None, notify=False, reason=reason)
    if before is not None and notify and not _affordable(before, incident, change, policy):
        notify, reason = False, Reason.OVER_BUDGET
    incident = msgspec.structs.replace(
        incident,
        revision=incident.revision + 1,
        notified=incident.notified + notify,
        told=incident.toll if notify else incident.told,
    )
    return Step(incident, change, notify, reason)


def close(incident: Incident) -> Step:
    """The incident closed by event time: the same whenever it is noticed."""
    closed = msgspec.structs.replace(incident, phase=Phase.CLOSED, revision=incident.revision + 1)
    return Step(closed, Change.CLOSED, notify=False, reason=Reason.EXPIRED)


def _phase(
    before: Incident | None, folded: Incident, sighting: Sighting, policy: Policy, *, fresh: bool, copied: bool
) -> Phase:
    held = Phase.ACTIVE if before is None else before.phase
    if not fresh:
        return held
    if _refutes(folded, sighting):
        return Phase.RETRACTED if before is not None else Phase.ALL_CLEAR
    over = folded.cleared_at is not None and folded.last_danger_at <= folded.cleared_at + GRACE
    if held is Phase.ACTIVE:
        return Phase.ALL_CLEAR if over else held
    if _endangers_anew(before, sighting, policy, copied=copied):
        return Phase.ACTIVE
    return held


def _refutes(folded: Incident, sighting: Sighting) -> bool:
    """True when the newest word is that the report was false, of an incident in which nobody is known to be hurt."""
    if sighting.reading.status is not Status.HOAX or folded.toll.killed.latest or folded.toll.injured.latest:
        return False
    return spoke_at(sighting) + GRACE >= folded.last_danger_at


def _endangers_anew(before: Incident | None, sighting: Sighting, policy: Policy, *, copied: bool) -> bool:
    """True for newer evidence of danger than the end: dated, of its own words, and soon enough to be the same event."""
    if before is None or copied or sighting.published_at is None:
        return False
    spoke = spoke_at(sighting)
    if before.phase is Phase.RETRACTED:
        end = before.stamps.get(REFUTED, before.last_danger_at)
    elif before.phase is Phase.CLOSED:
        end = before.expires_at
    else:
        end = before.cleared_at or before.last_danger_at
    if not (is_urgent(sighting.reading) or _strikes_anew(sighting, end)):
        return False
    return spoke > end + GRACE and spoke - end <= timedelta(hours=policy.reopen_hours)


def _strikes_anew(sighting: Sighting, end: datetime) -> bool:
    """True for an attack under way that is said to have begun after ``end``."""
    reading = sighting.reading
    under_way = reading.status is Status.CURRENT and bool(reading.kinds) and reading.urgency is Urgency.IMMEDIATE
    return under_way and reading.event_time is not None and reading.event_time.told and event_at(sighting) > end + GRACE


def _expiry(incident: Incident, phase: Phase, policy: Policy) -> datetime:
    newest = incident.newest_at or incident.last_danger_at
    if phase is Phase.CLOSED:
        return incident.expires_at
    if phase is Phase.RETRACTED:
        return after(newest, timedelta(hours=policy.cleared_hours))
    if phase is Phase.ALL_CLEAR:
        return after(incident.cleared_at or newest, timedelta(hours=policy.cleared_hours))
    level = incident.threat_level
    if incident.level_only and level is not None and level.expires_at is not None:
        return max(newest, min(level.expires_at, after(newest, _LONGEST_LEVEL)))
    return after(newest, policy.expiry(incident.kinds, level_only=incident.level_only))


def _opening(incident: Incident, sighting: Sighting, policy: Policy, *, fresh: bool) -> tuple[Change, bool, Reason]:
    if incident.phase is Phase.ALL_CLEAR:
        return Change.OPENED, False, Reason.NEW_ALL_CLEAR
    stale = sighting.seen_at - spoke_at(sighting) > timedelta(hours=policy.page_within_hours)
    if stale and not fresh:
        return Change.OPENED, False, Reason.NEW_LATE
    return Change.OPENED, True, Reason.NEW_INCIDENT


def _affordable(before: Incident, incident: Incident, change: Change, policy: Policy) -> bool:
    """True while the incident may tell people again: the end, a rise to Extreme and a doubled toll nearly always."""
    if before.notified < policy.notify_budget or rose_to_extreme(before, incident):
        return True
    if before.notified >= policy.notify_budget * _HARD_CAP:
        return False
    ends = change in (Change.ALL_CLEAR, Change.REOPENED, Change.RETRACTED)
    return ends or rose(before.told.killed, incident.toll.killed, 2.0)
