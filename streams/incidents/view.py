"""View: what an incident's snapshot looks like as an alert event."""

from typing import Final

import msgspec

from streams.model import (
    Advisory,
    AlertEvent,
    ArticleRef,
    Change,
    Evidence,
    Incident,
    Phase,
    Severity,
    Urgency,
)

_OVER: Final = frozenset({Phase.ALL_CLEAR, Phase.RETRACTED})


def is_over(incident: Incident) -> bool:
    """True when the danger was said to be over, or never to have been."""
    return incident.phase in _OVER or (incident.phase is Phase.CLOSED and incident.cleared_at is not None)


def shown_severity(incident: Incident) -> Severity:
    """The severity as of now: that of the danger, or Minor once it is over."""
    return Severity.MINOR if is_over(incident) else incident.severity


def shown_advisory(incident: Incident) -> Advisory | None:
    """What people are told to do as of now: nothing said before the all-clear is in force after it."""
    advisory = incident.advisory
    if advisory is not None and advisory.in_force and incident.phase is not Phase.ACTIVE:
        return msgspec.structs.replace(advisory, in_force=False)
    return advisory


def event_of(
    incident: Incident,
    change: Change,
    reason: str,
    trigger: ArticleRef,
    evidence: tuple[Evidence, ...],
    *,
    notify: bool,
) -> AlertEvent:
    """The alert event that the incident's newest revision is published as."""
    return AlertEvent(
        id=f"{incident.id}:{incident.revision}",
        incident_id=incident.id,
        revision=incident.revision,
        change=change,
        notify=notify,
        reason=reason,
        status=incident.phase,
        kinds=incident.kinds,
        severity=shown_severity(incident),
        urgency=incident.urgency if incident.phase is Phase.ACTIVE else Urgency.PAST,
        certainty=incident.certainty,
        confidence=incident.confidence,
        headline=incident.headline,
        place=incident.place,
        threat_level=incident.threat_level,
        advisory=shown_advisory(incident),
        casualties=incident.toll,
        sources=incident.sources,
        first_seen_at=incident.first_seen_at,
        last_seen_at=incident.last_seen_at,
        trigger=trigger,
        evidence=evidence,
        redirect=incident.merged_into,
    )
