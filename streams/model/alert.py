"""AlertEvent: one revision of an incident as it is published; and the decision that made it."""

import msgspec

from streams.model.incident import Incident, Sources, Toll
from streams.model.kinds import Certainty, Change, Kind, Phase, Severity, Urgency
from streams.model.place import Place
from streams.model.reading import Advisory, Evidence, ThreatLevel
from streams.model.scalars import Moment, Ordinal, Probability
from streams.model.sighting import ArticleRef


class AlertEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A full snapshot of an incident after one change: the record of the alert topics.

    ``id`` is ``<incident_id>:<revision>``; the same input gives the same id with identical content. ``notify`` is
    True when a person should be told. ``reason`` is the code of the decision that made the revision. ``trigger`` is
    the article that brought it about; its ``article_id`` is empty where time or an operator did. ``redirect`` names
    the incident that goes on for this one after a merge. ``threat_level`` is the one in force where the incident is;
    ``level_incident`` names the incident that tells of it, where that is another one.
    """

    id: str
    incident_id: str
    revision: Ordinal
    change: Change
    notify: bool
    reason: str
    status: Phase
    kinds: tuple[Kind, ...]
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    confidence: Probability
    headline: str
    place: Place | None
    threat_level: ThreatLevel | None
    advisory: Advisory | None
    casualties: Toll
    sources: Sources
    first_seen_at: Moment
    last_seen_at: Moment
    trigger: ArticleRef
    evidence: tuple[Evidence, ...] = ()
    redirect: str | None = None
    level_incident: str | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the fold: the incident after it, and the event to publish (None where nothing changed)."""

    incident: Incident
    event: AlertEvent | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What the incidents room made of one sighting.

    ``incident_id`` is None when the sighting touched no incident; ``decision`` is ``opened``, ``attached``,
    ``late``, ``stale``, ``duplicate`` or ``ignored``; ``reason`` says why in a code. ``outcomes`` are in the order in
    which they must be published: closings by event time first. ``forgotten`` lists incidents whose state may go.
    """

    sighting_id: str
    incident_id: str | None
    decision: str
    reason: str
    outcomes: tuple[Outcome, ...] = ()
    forgotten: tuple[str, ...] = ()
