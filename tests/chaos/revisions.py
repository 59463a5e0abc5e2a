"""Revisions: the alerts and the state that an undisturbed fold makes of the sightings, against what was published."""

from collections import defaultdict
from typing import Final

import msgspec

from streams.incidents import Book, Policy
from streams.model import AlertEvent, Kind, Outcome, Sighting
from streams.settings import Settings
from streams.topics import changelog_name
from streams.workers.desk import POSITION_KEY, Position
from streams.workers.records import ARTICLE_AT, cloud_event_headers, encode, header
from tests.chaos.accounts import Record, digest, where
from tests.chaos.damage import Damage, Harm

_SIGHTING: Final = msgspec.json.Decoder(Sighting)


class _Alert(msgspec.Struct):
    id: str
    incident_id: str


class Revisions:
    """Feed it all sightings first, then the alerts, the incidents and the changelog; then ask for the damage."""

    def __init__(self, settings: Settings, policy: Policy | None = None) -> None:
        self._policy = policy or Policy.load()
        self._topic_of = {kind: getattr(settings, f"topic_{kind}") for kind in Kind}
        self._incidents = settings.topic_incidents
        self._changelog = changelog_name(settings)
        self._books: defaultdict[int, Book] = defaultdict(lambda: Book(self._policy))
        self._position: dict[int, int] = {}
        self._wanted: dict[tuple[str, str], bytes] = {}
        self._newest: dict[bytes, bytes | None] = {}
        self._found: dict[tuple[str, str], set[bytes]] = {}
        self._last: dict[tuple[str, str], int] = {}
        self._shown: dict[bytes, bytes | None] = {}
        self._state: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)
        self._damage = Damage()
        self.sightings = 0
        self.alerts = 0
        self.repeats = 0

    @property
    def incidents(self) -> int:
        """How many incidents the fold knows at the end."""
        return sum(1 for book in self._books.values() for _ in book.incidents())

    def sighting(self, record: Record) -> None:
        """Fold one record of the sightings topic, in the order of its partition."""
        self.sightings += 1
        self._position[record.partition] = record.offset + 1
        book = self._books[record.partition]
        decision = book.decide(_SIGHTING.decode(record.value or b""))
        book.apply(decision)
        for outcome in decision.outcomes:
            if outcome.event is not None:
                self._expect(outcome, outcome.event, header(record.headers, ARTICLE_AT))
        for incident_id in decision.forgotten:
            self._newest[incident_id.encode()] = None

    def alert(self, record: Record) -> None:
        """Take note of one record of an alert topic or of the incidents topic."""
        if record.topic == self._incidents:
            self._shown[record.key or b""] = record.value
        if record.value is None:
            return
        event = msgspec.json.decode(record.value, type=_Alert)
        name = (record.topic, event.id)
        told = digest(record.key, record.value, *_flat(record.headers))
        if name not in self._wanted:
            self._damage.add(Harm.INVENTED, f"{where(record)}: the fold makes no {event.id}")
        elif told != self._wanted[name]:
            self._damage.add(Harm.DIVERGENT, f"{where(record)}: not the {event.id} that the fold makes")
        if name in self._found:
            self.repeats += 1
        else:
            self.alerts += record.topic == self._incidents
            lane, number = (record.topic, event.incident_id), int(event.id.rpartition(":")[2])
            if number <= self._last.get(lane, 0):
                self._damage.add(Harm.DISORDER, f"{where(record)}: {event.id} after revision {self._last[lane]}")
            self._last[lane] = max(number, self._last.get(lane, 0))
        self._found.setdefault(name, set()).add(told)

    def state(self, record: Record) -> None:
        """Take note of one record of the changelog."""
        rows = self._state[record.partition]
        if record.value is None:
            rows.pop(record.key or b"", None)
        else:
            rows[record.key or b""] = record.value

    def damage(self) -> Damage:
        """What is wrong with alerts, incidents and state, now that all is read."""
        for topic, alert_id in self._wanted.keys() - self._found.keys():
            # The incidents topic is compacted: a revision that is no more the newest may be gone.
            if topic != self._incidents or self._is_newest(alert_id):
                self._damage.add(Harm.LOST, f"{alert_id} is not on {topic}")
        self._look_for_gaps()
        for key, value in self._newest.items():
            if self._shown.get(key) != value:
                self._damage.add(Harm.STATE, f"{self._incidents} shows another newest revision of {key.decode()}")
        for partition in sorted(self._books.keys() | self._state.keys()):
            self._compare(partition)
        return self._damage

    def _expect(self, outcome: Outcome, event: AlertEvent, article_at: bytes | None) -> None:
        key, value = event.incident_id.encode(), encode(event)
        headers = cloud_event_headers(event)
        if article_at is not None:
            headers = (*headers, (ARTICLE_AT, article_at))
        made = digest(key, value, *_flat(headers))
        for kind in {*outcome.incident.kinds, *event.kinds}:
            self._wanted[self._topic_of[kind], event.id] = made
        self._wanted[self._incidents, event.id] = made
        self._newest[key] = value

    def _is_newest(self, alert_id: str) -> bool:
        value = self._newest.get(alert_id.rpartition(":")[0].encode())
        return value is not None and msgspec.json.decode(value, type=_Alert).id == alert_id

    def _look_for_gaps(self) -> None:
        revisions: defaultdict[str, set[int]] = defaultdict(set)
        for topic, alert_id in self._found:
            if topic != self._incidents:
                incident, _, number = alert_id.rpartition(":")
                revisions[incident].add(int(number))
        for incident, numbers in revisions.items():
            if numbers != set(range(1, len(numbers) + 1)):
                missing = sorted(set(range(1, max(numbers) + 1)) - numbers)
                self._damage.add(Harm.GAP, f"{incident} has no revision {missing[:5]} of {max(numbers)}")

    def _compare(self, partition: int) -> None:
        wanted = {each.id.encode(): encode(each) for each in self._books[partition].incidents()}
        if partition in self._position:
            wanted[f"{POSITION_KEY}{partition}".encode()] = encode(Position(next_offset=self._position[partition]))
        found = self._state[partition]
        for key in sorted(wanted.keys() | found.keys()):
            if wanted.get(key) != found.get(key):
                how = "missing" if key not in found else "too much" if key not in wanted else "another"
                self._damage.add(Harm.STATE, f"{self._changelog}/{partition}: {key.decode()} is {how}")


def _flat(headers: tuple[tuple[str, bytes], ...]) -> list[bytes]:
    return [part for name, value in headers for part in (name.encode(), value)]
