"""Shelf: the incidents of one country partition, found by place, time, words and copied passages.

Everything here is derived from the snapshots alone, so a shelf can be filled again from a changelog in any order and
answers the same. What it answers never depends on the order in which it was filled.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from streams.incidents.agenda import Agenda
from streams.incidents.keys import (
    OPEN,
    Cell,
    cells_around,
    cells_of,
    day_of,
    forget_at,
    gap_to,
    in_one_region,
    may_hold,
    names_around,
    namesake_of,
    newest_of,
    regions_of,
    same_places,
)
from streams.incidents.look import Known, Told
from streams.incidents.match import Crowd
from streams.incidents.placement import tier
from streams.incidents.tokens import MAX_WEIGHT, weight
from streams.model import Incident, Place

_RARE: Final = 50
_NOW: Final = timedelta(days=2)
_COMMON_POSTINGS: Final = 64
_ENOUGH: Final = round(1.6 * MAX_WEIGHT)
_RECENT: Final = 64
_QUIET: Final = 12
_MOST_BY_WORDS: Final = 24
_NOBODY: Final[tuple[str, ...]] = ()
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)

_Key = TypeVar("_Key")


class Shelf:
    """All incidents of one partition."""

    def __init__(self, memory: timedelta, reach: timedelta, coarse_reach: timedelta) -> None:
        self.entries: dict[str, Known] = {}
        self.absorbed: dict[int, str] = {}
        self.watermark = _NEVER
        self._memory, self._reach, self._coarse_reach = memory, reach, coarse_reach
        self._by_cell: dict[Cell, dict[str, Known]] = {}
        self._by_region: dict[str, dict[str, Known]] = {}
        self._by_token: dict[str, set[str]] = {}
        self._by_hash: dict[int, tuple[str, ...]] = {}
        self._by_day: dict[int, set[str]] = {}
        self.levels: dict[str, Incident] = {}
        """The incidents that tell of a threat level."""
        self._due = Agenda()
        self._forgettable = Agenda()

    def put(self, incident: Incident) -> None:
        """Put an incident on the shelf, in the place of its former snapshot."""
        known = self.entries.get(incident.id)
        if known is None:
            known = self.entries[incident.id] = Known(incident)
            self._index_words(incident.id, known.words)
            self._index_hashes(incident.id, known.hashes)
            self._index_places(known)
            self._by_day.setdefault(day_of(incident), set()).add(incident.id)
            for value in incident.absorbed:
                self.absorbed[value] = incident.id
        else:
            self._replace(known, incident)
        if incident.threat_level is not None:
            self.levels[incident.id] = incident
        else:
            self.levels.pop(incident.id, None)
        self._due.set(incident.id, incident.expires_at if incident.phase in OPEN else None)
        self._forgettable.set(incident.id, forget_at(incident, self._memory))
        self.watermark = max(self.watermark, incident.last_seen_at)

    def _replace(self, known: Known, incident: Incident) -> None:
        before = known.incident
        words, added, gone = known.replace(incident)
        self._index_words(incident.id, words)
        self._index_hashes(incident.id, added)
        self._drop_hashes(incident.id, gone)
        if not same_places(before, incident):
            self._drop_places(before)
            self._index_places(known)
        if day_of(before) != day_of(incident):
            _discard(self._by_day, day_of(before), incident.id)
            self._by_day.setdefault(day_of(incident), set()).add(incident.id)
        if before.absorbed is not incident.absorbed:
            self._release(before.absorbed, incident.absorbed)
            for value in reversed(incident.absorbed):
                if self.absorbed.get(value) == incident.id:
                    break
                self.absorbed[value] = incident.id

    def _release(self, before: tuple[int, ...], now: tuple[int, ...]) -> None:
        """Forget the oldest absorbed sightings, which the next snapshot has no more."""
        if before[:1] == now[:1]:
            return
        kept = set(now)
        for value in before:
            if value in kept:
                break
            self.absorbed.pop(value, None)

    def remove(self, incident_id: str) -> None:
        """Take an incident off the shelf; nothing happens when it is not there."""
        known = self.entries.pop(incident_id, None)
        if known is None:
            return
        for word in known.words:
            _discard(self._by_token, word, incident_id)
        self._drop_hashes(incident_id, known.hashes)
        self._drop_places(known.incident)
        _discard(self._by_day, day_of(known.incident), incident_id)
        for value in known.incident.absorbed:
            self.absorbed.pop(value, None)
        self.levels.pop(incident_id, None)
        self._due.set(incident_id, None)
        self._forgettable.set(incident_id, None)

    def due(self, now: datetime, limit: int) -> list[Incident]:
        """Open incidents whose expiry ``now`` has passed, in the order of their expiry, at most ``limit``."""
        return [self.entries[incident_id].incident for incident_id in self._due.before(now, limit)]

    def forgettable(self, now: datetime, limit: int) -> list[str]:
        """Incidents that nobody will speak of any more, at most ``limit``."""
        return self._forgettable.before(now, limit)

    def candidates(self, told: Told) -> tuple[list[Known], Crowd]:
        """The incidents that a sighting may tell of, and how crowded its place is.

        ``told`` learns on the way which of its words many incidents of the country share.
        """
        found: dict[str, Known] = {}
        hits = self._hits(told)
        crowd = self._nearby(told, hits, found)
        place = told.sighting.place
        by_words = 0
        for incident_id, heft in sorted(hits.items(), key=_heaviest):
            if heft < _RARE or by_words >= _MOST_BY_WORDS:
                break
            known = self.entries[incident_id]
            if incident_id not in found and (heft >= _ENOUGH or in_one_region(place, known.incident.place)):
                found[incident_id] = known
                by_words += 1
        for value in told.sighting.sketch:
            for incident_id in self._by_hash.get(value, _NOBODY):
                found[incident_id] = self.entries[incident_id]
        return list(found.values()), crowd

    def _hits(self, told: Told) -> dict[str, int]:
        """By incident, the weight of the rare words that it shares."""
        hits: dict[str, int] = {}
        by_token = self._by_token
        # No word is new or gone when one is softened, so the words may be walked meanwhile.
        for word, heft in told.weights.items():
            if heft < _RARE or (postings := by_token.get(word)) is None:
                continue
            lighter = told.soften(word, len(postings)) if len(postings) > 1 else heft
            if len(postings) <= _COMMON_POSTINGS:
                for incident_id in postings:
                    hits[incident_id] = hits.get(incident_id, 0) + lighter
        return hits

    def _nearby(self, told: Told, hits: dict[str, int], found: dict[str, Known]) -> Crowd:
        """Add the incidents about the sighting's place to ``found``, old ones in ``hits`` or where few are known."""
        now = recent = ever = here = here_now = 0
        place, spoke = told.sighting.place, told.spoke
        if place is not None and tier(place) == 2:
            cells = [cell for cell in map(self._by_cell.get, cells_around(place)) if cell]
            ever = sum([len(cell) for cell in cells])
            for cell in cells:
                for incident_id, known in cell.items():
                    gap = gap_to(known.incident, spoke)
                    near = gap <= self._reach
                    recent += near
                    now += gap <= _NOW
                    if near or ever <= _QUIET or incident_id in hits:
                        found[incident_id] = known
            gaps = self._gaps_in_town(place, spoke)
            here, here_now = len(gaps), sum([gap <= _NOW for gap in gaps])
        for region in names_around(place):
            wide = self._by_region.get(region)
            if wide:
                reach = self._coarse_reach
                found.update((one, known) for one, known in wide.items() if gap_to(known.incident, spoke) <= reach)
        if place is None or tier(place) < 2:
            self._recent(place, spoke, found)
        return Crowd(now, recent, ever, here, here_now)

    def _gaps_in_town(self, place: Place, spoke: datetime) -> list[timedelta]:
        """How far in time the incidents of the very town are."""
        namesakes = self._by_region.get(namesake_of(place))
        if not namesakes:
            return []
        return [
            gap_to(known.incident, spoke)
            for known in namesakes.values()
            if known.incident.place is not None and known.incident.place.admin1 == place.admin1
        ]

    def _recent(self, place: Place | None, spoke: datetime, found: dict[str, Known]) -> None:
        """Add the newest incidents that a region or country may hold."""
        today, reach = spoke.toordinal(), self._coarse_reach.days + 1
        held = []
        for day in range(today - reach, today + reach + 1):
            for incident_id in self._by_day.get(day, ()):
                incident = self.entries[incident_id].incident
                if gap_to(incident, spoke) <= self._coarse_reach and may_hold(place, incident):
                    held.append((newest_of(incident), incident_id))
        for _, incident_id in sorted(held)[-_RECENT:]:
            found[incident_id] = self.entries[incident_id]

    def _index_words(self, incident_id: str, words: set[str] | list[str]) -> None:
        for word in words:
            if weight(word) >= _RARE:
                self._by_token.setdefault(word, set()).add(incident_id)

    def _index_hashes(self, incident_id: str, hashes: set[int]) -> None:
        # Nearly every hash has one holder, and there are many: a tuple of ids costs a quarter of a set.
        own = (incident_id,)
        by_hash = self._by_hash
        for value in hashes:
            held = by_hash.setdefault(value, own)
            if held is not own and incident_id not in held:
                by_hash[value] = (*held, incident_id)

    def _drop_hashes(self, incident_id: str, hashes: set[int]) -> None:
        for value in hashes:
            left = tuple(one for one in self._by_hash.get(value, _NOBODY) if one != incident_id)
            if left:
                self._by_hash[value] = left
            else:
                self._by_hash.pop(value, None)

    def _index_places(self, known: Known) -> None:
        for cell in cells_of(known.incident):
            self._by_cell.setdefault(cell, {})[known.incident.id] = known
        for region in regions_of(known.incident):
            self._by_region.setdefault(region, {})[known.incident.id] = known

    def _drop_places(self, incident: Incident) -> None:
        for cell in cells_of(incident):
            self._by_cell[cell].pop(incident.id, None)
        for region in regions_of(incident):
            self._by_region[region].pop(incident.id, None)

    def incidents(self) -> Iterator[Incident]:
        """The snapshots, by incident id."""
        return (self.entries[incident_id].incident for incident_id in sorted(self.entries))


def _heaviest(hit: tuple[str, int]) -> tuple[int, str]:
    return (-hit[1], hit[0])


def _discard(index: dict[_Key, set[str]], key: _Key, incident_id: str) -> None:
    postings = index.get(key)
    if postings is not None:
        postings.discard(incident_id)
        if not postings:
            del index[key]
