"""Alertmanager: incidents as alerts of its API v2 (``POST /api/v2/alerts``, a list of ``postableAlert``).

An alert of Alertmanager is its labels. The severity must be one, for routing, and may change; so every post fires the
alert of the present severity and ends those of the other severities. No memory is needed for that, and to end what
never fired does nothing. All that may change otherwise is in annotations.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from streams.model import AlertEvent, Severity
from streams.outlets.inert import link
from streams.outlets.message import Envelope, Message, is_ending
from streams.outlets.words import NOTICE, body, kinds_words, place_words, title

NAME: Final = "TocsinIncident"


def alerts(message: Message, now: datetime, labels: Mapping[str, str], keep_for: timedelta) -> list[dict[str, Any]]:
    """What to post for ``message``: only the newest alert of each incident in it, for older ones are outdated.

    An incident that goes on fires until ``now + keep_for``, unless it is renewed by then (an update, a reminder).
    """
    newest = {envelope.event.incident_id: envelope for envelope in message.envelopes}
    return [each for envelope in newest.values() for each in _of_incident(envelope, now, labels, keep_for)]


def _of_incident(
    envelope: Envelope, now: datetime, labels: Mapping[str, str], keep_for: timedelta
) -> list[dict[str, Any]]:
    event = envelope.event
    starts = min(event.first_seen_at, envelope.at)
    # Alertmanager ignores what ended before it began, and an end in the future is no end.
    ended = max(starts, min(envelope.at, now))
    over = is_ending(event)
    past = [severity for severity in Severity if over or severity is not event.severity]
    if not over and event.revision == 1:
        past = []
    found = [_alert(event, severity, labels, starts, ended) for severity in past]
    if not over:
        found.insert(0, _alert(event, event.severity, labels, starts, now + keep_for))
    return found


def _alert(
    event: AlertEvent, severity: Severity, labels: Mapping[str, str], starts: datetime, ends: datetime
) -> dict[str, Any]:
    own = {"alertname": NAME, "incident_id": event.incident_id, "severity": severity.lower()}
    alert: dict[str, Any] = {
        "labels": {**labels, **own},
        "annotations": {
            "summary": title(event),
            "description": f"{body(event)}\n{NOTICE}",
            "kinds": kinds_words(event),
            "place": place_words(event.place),
            "country": (event.place and event.place.country_code) or "",
            "status": event.status,
            "change": event.change,
            "urgency": event.urgency,
            "certainty": event.certainty,
            "alert_id": event.id,
        },
        "startsAt": _time(starts),
        "endsAt": _time(ends),
    }
    if address := link(event.trigger.url):
        alert["generatorURL"] = address
    return alert


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
