"""Summary: what the list and the map show of one incident."""

from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from streams.console.history import FieldChange, differences
from streams.console.projection import project
from streams.console.words import advisory_words, count_words, level_words, place_words, reason_words, shown, span_words
from streams.model import AlertEvent, Kind, Sources
from streams.model.command import Command
from streams.model.desk import Desk
from streams.model.kinds import Certainty, Change, Phase, Severity, Urgency
from streams.model.scalars import Moment, Ordinal, Probability, Whole


class Heard(msgspec.Struct, frozen=True):
    """A revision and when it was published (the time of its Kafka record)."""

    event: AlertEvent
    at: Moment


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """An acknowledgement or a silence, as a row shows it."""

    id: str
    by: str
    at: Moment
    reason: str
    revision: Ordinal | None = None
    until: Moment | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One incident on the board.

    ``changed_at`` is when its newest revision was published, ``paged_at`` and ``paged_revision`` tell of the newest
    one that told people. A disputed figure is one that a source contradicts. ``level_incident`` tells of the threat
    level where another incident does, and ``redirect`` is the one that goes on for this one. ``x`` and ``y`` are map
    units; ``toll`` weighs the pin. ``needs`` is True while nobody has acknowledged the newest page of an incident
    under way, silenced or not.
    """

    id: str
    revision: Ordinal
    change: Change
    notify: bool
    why: str
    status: Phase
    kinds: tuple[Kind, ...]
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    confidence: Probability
    headline: str
    place: str
    country: str
    country_code: str
    x: float | None
    y: float | None
    precision: str
    killed: str
    killed_span: str
    killed_disputed: bool
    injured: str
    injured_span: str
    injured_disputed: bool
    toll: Whole
    threat: str
    level_incident: str | None
    redirect: str | None
    advisory: str
    advised: bool
    sources: Sources
    source: str
    url: str
    first_seen_at: Moment
    last_seen_at: Moment
    changed_at: Moment
    paged_at: Moment | None
    paged_revision: Ordinal | None
    delta: tuple[FieldChange, ...]
    acknowledged: Mark | None
    silenced: Mark | None
    needs: bool


def summarize(heard: Heard, before: Heard | None, paged: Heard | None, desk: Desk, now: datetime) -> Summary:
    """The summary of the newest revision ``heard``; ``before`` is the one before it, ``paged`` the newest page."""
    event = heard.event
    acknowledged = desk.acknowledgement(event.incident_id)
    silence = desk.silence_of(event, now)
    place = event.place
    spot = project(place.lat, place.lon) if place and place.lat is not None and place.lon is not None else None
    killed, injured = event.casualties.killed, event.casualties.injured
    seen = acknowledged is not None and paged is not None and (acknowledged.revision or 0) >= paged.event.revision
    return Summary(
        id=event.incident_id,
        revision=event.revision,
        change=event.change,
        notify=event.notify,
        why=reason_words(event.reason),
        status=event.status,
        kinds=event.kinds,
        severity=event.severity,
        urgency=event.urgency,
        certainty=event.certainty,
        confidence=event.confidence,
        headline=shown(event.headline),
        place=place_words(place),
        country=shown((place and place.country) or "", 80),
        country_code=(place and place.country_code) or "",
        x=round(spot[0], 1) if spot else None,
        y=round(spot[1], 1) if spot else None,
        precision=place.precision if place else "",
        killed=count_words(killed),
        killed_span=span_words(killed),
        killed_disputed=killed.conflict,
        injured=count_words(injured),
        injured_span=span_words(injured),
        injured_disputed=injured.conflict,
        toll=3 * (killed.latest or 0) + (injured.latest or 0),
        threat=level_words(event.threat_level),
        level_incident=event.level_incident,
        redirect=event.redirect,
        advisory=advisory_words(event.advisory),
        advised=event.advisory is not None and event.advisory.in_force,
        sources=event.sources,
        source=shown(event.trigger.source, 80),
        url=safe_url(event.trigger.url),
        first_seen_at=event.first_seen_at,
        last_seen_at=event.last_seen_at,
        changed_at=heard.at,
        paged_at=paged.at if paged else None,
        paged_revision=paged.event.revision if paged else None,
        delta=differences(before.event, event) if before else (),
        acknowledged=mark(acknowledged) if acknowledged else None,
        silenced=mark(silence) if silence else None,
        needs=event.status is Phase.ACTIVE and paged is not None and not seen,
    )


def mark(command: Command) -> Mark:
    """What a row shows of ``command``."""
    return Mark(
        id=command.id,
        by=shown(command.by, 80),
        at=command.at,
        reason=shown(command.reason, 300),
        revision=command.revision,
        until=command.until,
    )


def safe_url(url: str) -> str:
    """``url`` where it leads to a web page; empty where it would do anything else, or cannot be read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    printable = url.isprintable() and len(url) <= 2000
    return url if printable and parts.scheme in ("http", "https") and parts.hostname else ""
