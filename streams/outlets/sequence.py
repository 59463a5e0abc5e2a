"""Sequence: records of several topics brought into the order in which they were published."""

from collections import defaultdict
from collections.abc import Sequence

from streams.outlets.message import Envelope


def in_order(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """``envelopes`` by the time of publication, and those of one incident by revision whatever their times say.

    The clocks of two consolidators may differ; the revision of an incident does not lie. Each incident keeps the
    places in the sequence that its records have by time.
    """
    by_time = sorted(envelopes, key=lambda envelope: envelope.at)
    by_incident: dict[str, list[Envelope]] = defaultdict(list)
    for envelope in by_time:
        by_incident[envelope.event.incident_id].append(envelope)
    told = {
        name: iter(sorted(group, key=lambda envelope: envelope.event.revision)) for name, group in by_incident.items()
    }
    return [next(told[envelope.event.incident_id]) for envelope in by_time]
