"""CAP: one alert as a Common Alerting Protocol 1.2 message (OASIS, July 2010).

The message is our own: its sender is this installation, its scope Restricted, and it says in several places that it is
a summary of press reports. It must never be taken for an authority's warning.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from xml.etree import ElementTree as ET

import msgspec
import xxhash

from streams.model import Action, AlertEvent, Change, Kind, Phase, Place, Precision
from streams.outlets.inert import link
from streams.outlets.words import NOTICE, body, kinds_words, place_words, title, toll_words
from streams.terminal import plain

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER_NAME: Final = "Tocsin, automatic press monitoring (not an authority)"
HEADLINE_MOST: Final = 160
"""Characters that the standard advises for ``headline``."""

_RADIUS_KM: Final = {Precision.POINT: 1.0, Precision.CITY: 15.0}
_SAFE: Final = re.compile(r"[^A-Za-z0-9._-]")


class Reference(msgspec.Struct, frozen=True):
    """An earlier message on the same incident. ``key`` tells which alert or reminder it was made of."""

    key: str
    identifier: str
    sent: datetime


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends, for whom, and how long a message holds."""

    sender: str
    restriction: str
    contact: str | None
    expires_after: timedelta


def file_name(text: str) -> str:
    """``text`` as a name for files and CAP identifiers: letters, digits, ``.``, ``_`` and ``-`` only, still unique."""
    safe = _SAFE.sub("-", text)[:150].lstrip(".")
    return safe if safe == text else f"{safe}-{xxhash.xxh3_64_hexdigest(text.encode())}"


def message_type(event: AlertEvent, references: tuple[Reference, ...]) -> str | None:
    """``Alert``, ``Update`` or ``Cancel``; None for an end of what this sender never told of."""
    if event.change in (Change.RETRACTED, Change.CLOSED) or event.status in (Phase.RETRACTED, Phase.CLOSED):
        return "Cancel" if references else None
    return "Update" if references else "Alert"


def document(
    event: AlertEvent, sender: Sender, *, identifier: str, sent: datetime, references: tuple[Reference, ...] = ()
) -> bytes:
    """The CAP message of ``event`` in UTF-8. ``references`` are the earlier messages, oldest first.

    Raises:
        ValueError: there is nothing to tell: see :func:`message_type`.
    """
    kind = message_type(event, references)
    if kind is None:
        raise ValueError("an end of what was never told")
    alert = ET.Element("alert", {"xmlns": NAMESPACE})
    _add(alert, "identifier", identifier)
    _add(alert, "sender", sender.sender)
    _add(alert, "sent", cap_time(sent))
    _add(alert, "status", "Actual")
    _add(alert, "msgType", kind)
    _add(alert, "source", SENDER_NAME)
    _add(alert, "scope", "Restricted")
    _add(alert, "restriction", plain(sender.restriction))
    _add(alert, "note", f"{NOTICE} Revision {event.revision}: {event.change}.")
    if references:
        told = " ".join(f"{sender.sender},{each.identifier},{cap_time(each.sent)}" for each in references)
        _add(alert, "references", told)
    _add(alert, "incidents", file_name(event.incident_id))
    _add_info(alert, event, sender, sent)
    ET.indent(alert)
    written: bytes = ET.tostring(alert, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def cap_time(moment: datetime) -> str:
    """``moment`` as the standard wants it: whole seconds, and UTC written ``-00:00`` (section 3.3.2)."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _add_info(alert: ET.Element, event: AlertEvent, sender: Sender, sent: datetime) -> None:
    info = ET.SubElement(alert, "info")
    _add(info, "language", "en")
    _add(info, "category", "Safety" if event.kinds == (Kind.LOCKDOWN_ADVISORY,) else "Security")
    _add(info, "event", f"Press reports: {kinds_words(event)}")
    for response in _responses(event):
        _add(info, "responseType", response)
    _add(info, "urgency", event.urgency)
    _add(info, "severity", event.severity)
    _add(info, "certainty", event.certainty)
    for kind in event.kinds:
        _add_pair(info, "eventCode", "urn:tocsin:kind", kind)
    _add(info, "effective", cap_time(sent))
    _add(info, "onset", cap_time(event.first_seen_at))
    _add(info, "expires", cap_time(sent + sender.expires_after))
    _add(info, "senderName", SENDER_NAME)
    _add(info, "headline", f"[Press reports] {title(event)}"[:HEADLINE_MOST])
    _add(info, "description", f"{body(event)}\n{NOTICE}")
    _add(info, "instruction", "Follow the instructions of the authorities on the spot.")
    if address := link(event.trigger.url):
        _add(info, "web", address)
    if sender.contact:
        _add(info, "contact", plain(sender.contact))
    parameters = {
        "change": event.change,
        "revision": str(event.revision),
        "confidence": f"{event.confidence:.2f}",
        "independent-sources": str(event.sources.independent),
        "toll": toll_words(event),
        "threat-level": plain(event.threat_level.level or "highest", 50) if event.threat_level else "",
        "goes-on-as": plain(event.redirect or "", 100),
    }
    for name, value in parameters.items():
        if value:
            _add_pair(info, "parameter", f"urn:tocsin:{name}", value)
    _add_area(info, event.place)


def _responses(event: AlertEvent) -> list[str]:
    if event.status is not Phase.ACTIVE:
        return ["AllClear"]
    if event.advisory is not None and event.advisory.in_force:
        return [{Action.SHELTER: "Shelter", Action.EVACUATE: "Evacuate", Action.AVOID: "Avoid"}[event.advisory.action]]
    return ["Monitor"]


def _add_area(info: ET.Element, place: Place | None) -> None:
    area = ET.SubElement(info, "area")
    _add(area, "areaDesc", place_words(place))
    if place is None:
        return
    radius = _RADIUS_KM.get(place.precision)
    if radius is not None and place.lat is not None and place.lon is not None:
        _add(area, "circle", f"{place.lat:.4f},{place.lon:.4f} {radius}")
    if place.country_code is not None:
        _add_pair(area, "geocode", "ISO3166-1", place.country_code)
    if place.geoname_id is not None:
        _add_pair(area, "geocode", "GeoNames", str(place.geoname_id))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = str(text)


def _add_pair(parent: ET.Element, name: str, key: str, value: str) -> None:
    pair = ET.SubElement(parent, name)
    _add(pair, "valueName", key)
    _add(pair, "value", value)
