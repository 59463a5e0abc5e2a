"""Registers: the fields of an incident that follow the newest article which tells them."""

from datetime import datetime
from typing import Final

from streams.model import Incident, Sighting, Suspects, ThreatLevel

LEVEL_STAMP: Final = "level"
"""The stamp that says as of when an incident's threat level stands."""


def registers_of(incident: Incident, sighting: Sighting, spoke: datetime) -> dict[str, object]:
    """The fields that follow the newest article which tells them."""
    reading = sighting.reading
    stamps = incident.stamps
    fields: dict[str, object] = {}
    moved: dict[str, datetime] = {}
    if incident.newest_at is None or spoke >= incident.newest_at:
        fields |= {
            "newest_at": spoke,
            "latest": sighting.article,
            "headline": sighting.article.title or incident.headline,
        }
    if reading.advisory is not None and _newer(stamps, "advisory", spoke):
        fields["advisory"] = reading.advisory
        moved["advisory"] = spoke
    told = reading.threat_level
    if told is not None and _newer(stamps, LEVEL_STAMP, spoke) and not _vaguer(told, incident.threat_level):
        fields["threat_level"] = told
        moved[LEVEL_STAMP] = spoke
    if reading.suspects != Suspects() and _newer(stamps, "suspects", spoke):
        fields["suspects"] = _suspects(incident.suspects, reading.suspects)
        moved["suspects"] = spoke
    if moved:
        fields["stamps"] = {**stamps, **moved}
    return fields


def _newer(stamps: dict[str, datetime], field: str, spoke: datetime) -> bool:
    stamp = stamps.get(field)
    return stamp is None or spoke >= stamp


def _vaguer(told: ThreatLevel, held: ThreatLevel | None) -> bool:
    """True for a level that is told less exactly than the one held."""
    return held is not None and told.level is None and held.level is not None and told.direction is held.direction


def _suspects(held: Suspects, told: Suspects) -> Suspects:
    return Suspects(
        at_large=held.at_large if told.at_large is None else told.at_large,
        detained=held.detained if told.detained is None else told.detained,
        dead=held.dead if told.dead is None else told.dead,
    )
