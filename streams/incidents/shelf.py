"""Shelf: the incidents of one country partition, found by place, time, words and copied passages.

Everything here is derived from the snapshots alone, so a shelf can be filled again from a changelog in any order and
answers the same. What it answers never depends on the order in which it was filled.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from streams.incidents.match import Crowd, Look
from streams.incidents.placement import tier
from streams.incidents.tokens import MAX_WEIGHT
from streams.model import Incident, Phase, Place, Sighting

_CELL_DEGREES: Final = 0.5
_RARE: Final = 5.0
_COMMON_POSTINGS: Final = 64
_ENOUGH: Final = 1.6 * MAX_WEIGHT
_RECENT: Final = 64
_QUIET: Final = 12
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_OPEN: Final = frozenset({Phase.ACTIVE, Phase.ALL_CLEAR})

Cell = tuple[int, int]
_Key = TypeVar("_Key")


class Entry:
    """An incident with what matching needs of it, worked out once and kept outside the snapshot."""

    __slots__ = ("cells", "hashes", "incident", "look", "regions")

    def __init__(self, incident: Incident, held: "Entry | None" = None) -> None:
        self.incident: Incident = incident
        self.look: Look
        self.hashes: frozenset[int]
        self.cells: tuple[Cell, ...]
        self.regions: tuple[str, ...]
        before = held.incident if held is not None else None
        self.look = held.look if held and before and before.tokens is incident.tokens else Look(incident.tokens)
        if held and before and before.contributions is incident.contributions:
            self.hashes = held.hashes
        else:
            self.hashes = frozenset(value for one in incident.contributions for value in one.sketch)
        if held and before and before.places is incident.places:
            self.cells, self.regions = held.cells, held.regions
        else:
            self.cells, self.regions = _cells(incident), _regions(incident)


class Shelf:
    """All incidents of one partition."""

    def __init__(self, memory: timedelta, reach: timedelta, coarse_reach: timedelta) -> None:
        self.entries: dict[str, Entry] = {}
        self.absorbed: dict[int, str] = {}
        self.watermark = _NEVER
        self._memory, self._reach, self._coarse_reach = memory, reach, coarse_reach
        self._by_cell: dict[Cell, dict[str, Entry]] = {}
        self._by_region: dict[str, dict[str, Entry]] = {}
        self._by_token: dict[str, set[str]] = {}
        self._by_hash: dict[int, set[str]] = {}
        self._recent: list[tuple[datetime, str]] = []
        self._due: list[tuple[datetime, str]] = []
        self._forgettable: list[tuple[datetime, str]] = []

    def put(self, incident: Incident) -> None:
        """Put an incident on the shelf, in the place of its former snapshot."""
        held = self.entries.get(incident.id)
        entry = Entry(incident, held)
        self._unlink(held, entry)
        self.entries[incident.id] = entry
        self._link(held, entry)
        self.watermark = max(self.watermark, incident.last_seen_at)

    def remove(self, incident_id: str) -> None:
        """Take an incident off the shelf; nothing happens when it is not there."""
        held = self.entries.pop(incident_id, None)
        if held is not None:
            self._unlink(held, None)

    def due(self, now: datetime, limit: int) -> list[Incident]:
        """Open incidents whose expiry ``now`` has passed, in the order of their expiry, at most ``limit``."""
        end = bisect_left(self._due, (now, ""))
        return [self.entries[incident_id].incident for _, incident_id in self._due[: min(end, limit)]]

    def forgettable(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Incidents that nobody will speak of any more, at most ``limit``."""
        end = bisect_left(self._forgettable, (now, ""))
        return tuple(incident_id for _, incident_id in self._forgettable[: min(end, limit)])

    def candidates(self, sighting: Sighting, look: Look, spoke: datetime) -> tuple[dict[str, Entry], Crowd]:
        """The incidents that a sighting may tell of, and how many recent ones are at its own place.

        ``look`` learns on the way which of its words many incidents of the country share.
        """
        found: dict[str, Entry] = {}
        hits: dict[str, float] = {}
        for word in look.weights:
            postings = self._by_token.get(word)
            if postings:
                heft = look.soften(word, len(postings))
                if len(postings) <= _COMMON_POSTINGS:
                    for incident_id in postings:
                        hits[incident_id] = hits.get(incident_id, 0.0) + heft
        crowd = self._nearby(sighting.place, spoke, hits, found)
        for incident_id, heft in hits.items():
            entry = self.entries[incident_id]
            if heft >= _ENOUGH or (heft >= _RARE and _one_region(sighting.place, entry.incident.place)):
                found[incident_id] = entry
        for value in sighting.sketch:
            for incident_id in self._by_hash.get(value, ()):
                found[incident_id] = self.entries[incident_id]
        return found, crowd

    def _nearby(self, place: Place | None, spoke: datetime, hits: Collection[str], found: dict[str, Entry]) -> Crowd:
        """Add the incidents about ``place`` to ``found``, old ones in ``hits`` or where few are known."""
        recent = ever = 0
        if place is not None and tier(place) == 2:
            cells = [self._by_cell.get(cell, _NOTHING) for cell in _around(place)]
            ever = sum([len(cell) for cell in cells])
            for cell in cells:
                for incident_id, entry in cell.items():
                    near = _gap(entry.incident, spoke) <= self._reach
                    recent += near
                    if near or ever <= _QUIET or incident_id in hits:
                        found[incident_id] = entry
        for region in _wider(place):
            wide = self._by_region.get(region, _NOTHING)
            found.update(
                (one, entry) for one, entry in wide.items() if _gap(entry.incident, spoke) <= self._coarse_reach
            )
        if place is None or tier(place) < 2:
            end = bisect_left(self._recent, (spoke + self._coarse_reach, ""))
            for _, incident_id in self._recent[max(0, end - _RECENT) : end]:
                entry = self.entries[incident_id]
                if _gap(entry.incident, spoke) <= self._coarse_reach and _may_hold(place, entry.incident):
                    found[incident_id] = entry
        return Crowd(recent, ever)

    def _link(self, held: Entry | None, entry: Entry) -> None:
        incident = entry.incident
        same_look = held is not None and held.look is entry.look
        if not same_look:
            for word in entry.look.words:
                if entry.look.weights[word] >= _RARE:
                    self._by_token.setdefault(word, set()).add(incident.id)
        if held is None or held.hashes is not entry.hashes:
            for value in entry.hashes:
                self._by_hash.setdefault(value, set()).add(incident.id)
        for cell in entry.cells:
            self._by_cell.setdefault(cell, {})[incident.id] = entry
        for region in entry.regions:
            self._by_region.setdefault(region, {})[incident.id] = entry
        for value in incident.absorbed if held is None else incident.absorbed[-1:]:
            self.absorbed[value] = incident.id
        _relist(self._recent, _recent_key(held.incident) if held else None, _recent_key(incident))
        _relist(self._due, _due_key(held.incident) if held else None, _due_key(incident))
        _relist(
            self._forgettable,
            _forget_key(held.incident, self._memory) if held else None,
            _forget_key(incident, self._memory),
        )

    def _unlink(self, held: Entry | None, entry: Entry | None) -> None:
        if held is None:
            return
        incident_id = held.incident.id
        if entry is None or held.look is not entry.look:
            kept = entry.look.words if entry is not None else frozenset[str]()
            for word in held.look.words - kept:
                _discard(self._by_token, word, incident_id)
        if entry is None or held.hashes is not entry.hashes:
            kept_hashes = entry.hashes if entry is not None else frozenset[int]()
            for value in held.hashes - kept_hashes:
                _discard(self._by_hash, value, incident_id)
        if entry is None or held.cells is not entry.cells:
            for cell in held.cells:
                self._by_cell[cell].pop(incident_id, None)
            for region in held.regions:
                self._by_region[region].pop(incident_id, None)
        before, now = held.incident.absorbed, entry.incident.absorbed if entry is not None else ()
        if entry is None:
            for value in before:
                self.absorbed.pop(value, None)
            _relist(self._recent, _recent_key(held.incident), None)
            _relist(self._due, _due_key(held.incident), None)
            _relist(self._forgettable, _forget_key(held.incident, self._memory), None)
        elif before and now and before[0] != now[0]:
            self.absorbed.pop(before[0], None)

    def incidents(self) -> Iterator[Incident]:
        """The snapshots, by incident id."""
        return (self.entries[incident_id].incident for incident_id in sorted(self.entries))


_NOTHING: Final[dict[str, Entry]] = {}


def _discard(index: dict[_Key, set[str]], key: _Key, incident_id: str) -> None:
    postings = index.get(key)
    if postings is not None:
        postings.discard(incident_id)
        if not postings:
            del index[key]


def _relist(
    ordered: list[tuple[datetime, str]], old: tuple[datetime, str] | None, new: tuple[datetime, str] | None
) -> None:
    if old == new:
        return
    if old is not None:
        index = bisect_left(ordered, old)
        if index < len(ordered) and ordered[index] == old:
            del ordered[index]
    if new is not None:
        insort(ordered, new)


def _recent_key(incident: Incident) -> tuple[datetime, str]:
    return (incident.newest_at or incident.last_danger_at, incident.id)


def _due_key(incident: Incident) -> tuple[datetime, str] | None:
    return (incident.expires_at, incident.id) if incident.phase in _OPEN else None


def _forget_key(incident: Incident, memory: timedelta) -> tuple[datetime, str] | None:
    if incident.phase in _OPEN:
        return None
    try:
        # Never before its last article is as old, so that the newest incident keeps the watermark of its partition.
        return (max(incident.expires_at, incident.last_seen_at) + memory, incident.id)
    except OverflowError:
        return None


def _gap(incident: Incident, spoke: datetime) -> timedelta:
    """How far an article is in time from the incident: 0 between its start and its last news."""
    newest = incident.newest_at or incident.last_danger_at
    return max(spoke - newest, incident.event_at - spoke, timedelta())


def _cells(incident: Incident) -> tuple[Cell, ...]:
    found = {_cell(held.place) for held in incident.places if tier(held.place) == 2}
    return tuple(sorted(cell for cell in found if cell is not None))


def _cell(place: Place) -> Cell | None:
    if place.lat is None or place.lon is None or not (math.isfinite(place.lat) and math.isfinite(place.lon)):
        return None
    return (math.floor(place.lat / _CELL_DEGREES), math.floor(place.lon / _CELL_DEGREES))


def _around(place: Place) -> tuple[Cell, ...]:
    cell = _cell(place)
    if cell is None:
        return ()
    row, column = cell
    return tuple((row + north, column + east) for north in (-1, 0, 1) for east in (-1, 0, 1))


def _regions(incident: Incident) -> tuple[str, ...]:
    """The keys under which an incident is found that is not placed to the city: its region, or "" for the country."""
    if not incident.places:
        return ("",)
    found = set()
    for held in incident.places:
        place = held.place
        if tier(place) == 1 or (tier(place) == 2 and place.lat is None):
            found.add(place.admin1 or place.name)
        elif tier(place) == 0:
            found.add("")
    return tuple(sorted(found))


def _wider(place: Place | None) -> tuple[str, ...]:
    """Where to look for incidents told of with a wider place than ``place``."""
    if place is None or not place.admin1:
        return ("",)
    return ("", place.admin1)


def _one_region(place: Place | None, other: Place | None) -> bool:
    """True when two places bear the same region's name."""
    return place is not None and other is not None and place.admin1 is not None and place.admin1 == other.admin1


def _may_hold(place: Place | None, incident: Incident) -> bool:
    """True when an incident may lie in ``place``, a region or country."""
    if place is None or tier(place) == 0 or incident.place is None:
        return True
    return tier(incident.place) == 0 or incident.place.admin1 in (place.admin1, place.name)
