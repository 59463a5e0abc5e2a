"""Shelf: the incidents of one country partition, found by place, time, words and copied passages.

Everything here is derived from the snapshots alone, so a shelf can be filled again from a changelog in any order and
answers the same. What it answers never depends on the order in which it was filled.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from streams.incidents.agenda import Agenda
from streams.incidents.clock import microseconds
from streams.incidents.keys import (
    OPEN,
    Cell,
    cells_around,
    cells_of,
    day_of,
    forget_at,
    in_one_region,
    may_hold,
    names_around,
    namesake_of,
    regions_of,
    same_places,
)
from streams.incidents.levels import Standing
from streams.incidents.look import Known, Told
from streams.incidents.pair import Crowd, Found
from streams.incidents.placement import tier
from streams.incidents.tokens import MAX_WEIGHT, weight
from streams.model import Incident, Place

_RARE: Final = 50
_NOW_US: Final = 2 * 86_400_000_000
_COMMON_POSTINGS: Final = 64
_ENOUGH: Final = round(1.6 * MAX_WEIGHT)
_RECENT: Final = 64
_QUIET: Final = 12
_MOST_BY_WORDS: Final = 24
_NOBODY: Final[tuple[str, ...]] = ()
_NOTHING: Final[dict[str, Known]] = {}
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)

_Key = TypeVar("_Key")


class Shelf:
    """All incidents of one partition."""

    def __init__(self, memory: timedelta, reach: timedelta, coarse_reach: timedelta) -> None:
        self.entries: dict[str, Known] = {}
        self.absorbed: dict[int, str] = {}
        self.watermark = _NEVER
        self._memory, self._coarse_days = memory, coarse_reach.days + 1
        self._reach_us, self._coarse_us = microseconds(reach), microseconds(coarse_reach)
        self._by_cell: dict[Cell, dict[str, Known]] = {}
        self._by_region: dict[str, dict[str, Known]] = {}
        self._by_token: dict[str, set[str]] = {}
        self._by_hash: dict[int, tuple[str, ...]] = {}
        self._by_day: dict[int, set[str]] = {}
        self.levels: dict[str, Standing] = {}
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
            self.levels[incident.id] = Standing(incident, incident.threat_level)
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

    def candidates(self, told: Told) -> Found:
        """The incidents that a sighting may tell of.

        ``told`` learns on the way which of its words many incidents of the country share.
        """
        found: dict[str, Known] = {}
        hits, looked_up = self._hits(told)
        crowd = self._nearby(told, hits, found)
        place = told.sighting.place
        entries = self.entries
        heavy: list[tuple[int, str]] = []
        for incident_id, heft in hits.items():
            if heft < _RARE or incident_id in found:
                continue
            if heft >= _ENOUGH or in_one_region(place, entries[incident_id].incident.place):
                heavy.append((-heft, incident_id))
        if len(heavy) > _MOST_BY_WORDS:
            heavy = sorted(heavy)[:_MOST_BY_WORDS]
        for _, incident_id in heavy:
            found[incident_id] = entries[incident_id]
        by_hash = self._by_hash
        once: set[str] = set()
        for value in told.sighting.sketch:
            holders = by_hash.get(value)
            if holders is not None:
                for incident_id in holders:
                    # One shingle in common happens by chance, or in what a desk writes under every story.
                    if incident_id in once:
                        found[incident_id] = entries[incident_id]
                once.update(holders)
        return Found(list(found.values()), crowd, hits, told.total - looked_up)

    def _hits(self, told: Told) -> tuple[dict[str, int], int]:
        """By incident, the weight of the rare words that it shares, and the weight of all words so looked up."""
        hits: dict[str, int] = {}
        looked_up = 0
        by_token = self._by_token
        # No word is new or gone when one is softened, so the words may be walked meanwhile.
        for word, heft in told.weights.items():
            if heft < _RARE:
                continue
            postings = by_token.get(word)
            if postings is None:
                looked_up += heft
                continue
            lighter = told.soften(word, len(postings)) if len(postings) > 1 else heft
            if len(postings) <= _COMMON_POSTINGS:
                looked_up += lighter
                for incident_id in postings:
                    hits[incident_id] = hits.get(incident_id, 0) + lighter
        return hits, looked_up

    def _nearby(self, told: Told, hits: dict[str, int], found: dict[str, Known]) -> Crowd:
        """Add the incidents about the sighting's place to ``found``, old ones in ``hits`` or where few are known."""
        now = recent = ever = here = here_now = 0
        place, spoke = told.sighting.place, told.spoke_us
        if place is not None and tier(place) == 2:
            by_cell = self._by_cell
            cells = []
            for key in cells_around(place):
                cell = by_cell.get(key)
                if cell:
                    cells.append(cell)
                    ever += len(cell)
            for cell in cells:
                for incident_id, known in cell.items():
                    gap = _gap(known, spoke)
                    near = gap <= self._reach_us
                    recent += near
                    now += gap <= _NOW_US
                    if near or ever <= _QUIET or incident_id in hits:
                        found[incident_id] = known
            here, here_now = self._in_town(place, spoke)
        for region in names_around(place):
            wide = self._by_region.get(region, _NOTHING)
            found.update([(one, known) for one, known in wide.items() if _gap(known, spoke) <= self._coarse_us])
        if place is None or tier(place) < 2:
            self._recent(told, found)
        return Crowd(now, recent, ever, here, here_now)

    def _in_town(self, place: Place, spoke: int) -> tuple[int, int]:
        """How many incidents are known of the very town, and how many of them of these two days."""
        here = now = 0
        for known in self._by_region.get(namesake_of(place), _NOTHING).values():
            held = known.incident.place
            if held is not None and held.admin1 == place.admin1:
                here += 1
                now += _gap(known, spoke) <= _NOW_US
        return here, now

    def _recent(self, told: Told, found: dict[str, Known]) -> None:
        """Add the newest incidents that a region or country may hold."""
        place, today, reach = told.sighting.place, told.spoke.toordinal(), self._coarse_days
        held = []
        for day in range(today - reach, today + reach + 1):
            for incident_id in self._by_day.get(day, ()):
                known = self.entries[incident_id]
                if _gap(known, told.spoke_us) <= self._coarse_us and may_hold(place, known.incident):
                    held.append((known.newest_us, incident_id))
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


def _gap(known: Known, spoke: int) -> int:
    """How far an article is in time from an incident: 0 or less between its start and its last news."""
    return max(spoke - known.newest_us, known.event_us - spoke)


def _discard(index: dict[_Key, set[str]], key: _Key, incident_id: str) -> None:
    postings = index.get(key)
    if postings is not None:
        postings.discard(incident_id)
        if not postings:
            del index[key]
