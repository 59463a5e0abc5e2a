"""Sequence: records of several partitions brought into the order in which they were published."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from streams.outlets.message import Envelope

Lane = tuple[str, int]
"""Topic and partition: records come in order on each."""

LANE_MOST: Final = 500
"""Records of one lane that are kept waiting for other lanes; a lane that has as many is not read further."""


class Merge:
    """Merges lanes by time of publication, with bounded memory.

    An incident that gains a kind appears on one more topic from then on, so that its later revisions may be read
    before earlier ones on another topic. A record is given out once nothing older can come: when every lane has a
    record to compare with, or was read to its end after that record was seen.
    """

    def __init__(self, lanes: Iterable[Lane]) -> None:
        self._lanes: dict[Lane, deque[Envelope]] = {lane: deque() for lane in lanes}

    def add(self, lane: Lane, envelope: Envelope) -> None:
        """Take in the next record of ``lane``."""
        self._lanes[lane].append(envelope)

    @property
    def waiting(self) -> bool:
        """True when there is a record that was not given out."""
        return any(self._lanes.values())

    @property
    def full(self) -> frozenset[Lane]:
        """Lanes that should not be read further for now."""
        return frozenset(lane for lane, waiting in self._lanes.items() if len(waiting) >= LANE_MOST)

    def emit(self, at_end: Collection[Lane]) -> list[Envelope]:
        """What can be given out now, in order. ``at_end`` are the lanes that were read to their end."""
        given: list[Envelope] = []
        while all(waiting or lane in at_end for lane, waiting in self._lanes.items()):
            oldest = min((waiting for waiting in self._lanes.values() if waiting), key=lambda w: w[0].at, default=None)
            if oldest is None:
                break
            given.append(oldest.popleft())
        return in_order(given)


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
