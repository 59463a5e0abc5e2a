"""PagerDuty: incidents as events of its Events API v2. The incident id is the ``dedup_key``."""

from datetime import UTC
from typing import Any, Final

from streams.model import Severity
from streams.outlets.inert import link
from streams.outlets.message import Form, Message, is_ending
from streams.outlets.words import NOTICE, body, kinds_words, place_words, title, toll_words

SUMMARY_MOST: Final = 1024
"""Characters of ``payload.summary`` that the API takes."""

SEVERITIES: Final = {
    Severity.EXTREME: "critical",
    Severity.SEVERE: "error",
    Severity.MODERATE: "warning",
    Severity.MINOR: "info",
}


def event(message: Message, routing_key: str) -> dict[str, Any]:
    """The event to enqueue for ``message``, which holds one alert: a trigger, or a resolve when the incident is over.

    A further trigger with the same key updates the alert there, and is kept in its log.
    """
    (told,) = message.events
    head = {"routing_key": routing_key, "dedup_key": told.incident_id, "client": "Tocsin"}
    if is_ending(told):
        return head | {"event_action": "resolve"}
    prefix = "Still active: " if message.form is Form.REMINDER else ""
    details = {
        "alert_id": message.id,
        "change": told.change,
        "toll": toll_words(told) or "not known",
        "independent_sources": told.sources.independent,
        "certainty": told.certainty,
        "urgency": told.urgency,
        "summary": body(told),
        "notice": NOTICE,
    }
    payload = {
        "summary": f"{prefix}{title(told)}"[:SUMMARY_MOST],
        "source": place_words(told.place),
        "severity": SEVERITIES[told.severity],
        "timestamp": told.last_seen_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "group": (told.place and told.place.country_code) or "ZZ",
        "class": kinds_words(told),
        "custom_details": details,
    }
    address = link(told.trigger.url)
    links = [{"href": address, "text": "The report that made this alert"}] if address else []
    return head | {"event_action": "trigger", "payload": payload, "links": links}
