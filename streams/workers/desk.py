"""Desk: where sightings are folded into incidents, one book for each partition of the sightings topic.

It knows records but no broker and no clock, so all of it can be tested without either. What it knows after the record
at one offset is a function of the records before, whoever reads them: that makes a redelivered sighting give the same
alerts to the byte, or nothing.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from aiokafka import ConsumerRecord

from streams.incidents import Book, Policy
from streams.model import AlertEvent, Decision, Incident, Kind, Phase, Sighting
from streams.settings import Settings
from streams.topics import changelog_name
from streams.workers.dead_letters import dead_letter
from streams.workers.records import ARTICLE_AT, Headers, Outgoing, cloud_event_headers, encode, header, moment

log = logging.getLogger(__name__)

WORKER: Final = "consolidate"
POSITION_KEY: Final = "@position/"
"""Key of the state record that says up to where a partition's sightings are folded in."""

_SIGHTING: Final = msgspec.json.Decoder(Sighting)
_INCIDENT: Final = msgspec.json.Decoder(Incident)


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """The offset of the next sighting of a partition: everything before it is in the state, and published."""

    next_offset: int


_POSITION: Final = msgspec.json.Decoder(Position)


class StateError(RuntimeError):
    """State that cannot be restored or folded into: going on would publish what is not so."""


class Folded(msgspec.Struct, kw_only=True):
    """What one or more sightings of one partition led to.

    ``alerts`` are published first, in their order; then ``state``, by key, the newest only: a value to keep or None
    to forget.
    """

    alerts: list[Outgoing] = []
    state: dict[bytes, bytes | None] = {}
    events: list[tuple[AlertEvent, Sighting, int | None]] = []
    decisions: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    refused: Counter[str] = msgspec.field(default_factory=Counter)


class Desk:
    """The books of the partitions that this worker has."""

    def __init__(self, settings: Settings, policy: Policy | None = None) -> None:
        self._policy = policy if policy is not None else Policy.load()
        self._topic_of = {kind: getattr(settings, f"topic_{kind}") for kind in Kind}
        self._incidents = settings.topic_incidents
        self._dead_letters = settings.topic_dead_letters
        self._changelog = changelog_name(settings)
        self._books: dict[int, Book] = {}
        self._next: dict[int, int] = {}

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions at hand."""
        return frozenset(self._books)

    def take_over(self, partition: int, rows: Iterable[tuple[bytes, bytes]]) -> int:
        """Begin with ``partition`` from its state records; returns the number of incidents.

        Raises:
            StateError: a record cannot be read.
        """
        book = Book(self._policy)
        next_offset = count = 0
        for key, value in rows:
            try:
                if key.startswith(POSITION_KEY.encode()):
                    next_offset = _POSITION.decode(value).next_offset
                else:
                    book.restore(_INCIDENT.decode(value))
                    count += 1
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise StateError(f"state record {key!r} of partition {partition}: {error}") from error
        self._books[partition] = book
        self._next[partition] = next_offset
        return count

    def hand_over(self, partitions: Iterable[int]) -> None:
        """Forget ``partitions``: another worker has them."""
        for partition in partitions:
            self._books.pop(partition, None)
            self._next.pop(partition, None)

    def fold(self, record: ConsumerRecord, into: Folded) -> None:
        """Fold one record of the sightings topic in and add to ``into`` what it leads to.

        Whatever cannot be read or decided about becomes a dead letter.

        Raises:
            StateError: the partition is not at hand, or the state could not take the decision.
        """
        partition = record.partition
        if partition not in self._books:
            raise StateError(f"partition {partition} is not at hand")
        if record.offset < self._next[partition]:
            into.decisions["repeated", "already_folded"] += 1
            return
        book = self._books[partition]
        try:
            sighting = _decoded(record.value)
            decision = book.decide(sighting)
        except msgspec.DecodeError as error:
            self._refuse(record, into, "bad_sighting", str(error))
        except Exception as error:
            # One sighting that the incidents room trips over must not stop a country: its letter can be replayed.
            log.exception("the decision about %s/%d offset %d failed", record.topic, record.partition, record.offset)
            self._refuse(record, into, "decision_failed", f"{type(error).__name__}: {error}")
        else:
            self._take(book, record, sighting, decision, into)
        self._next[partition] = record.offset + 1
        position = encode(Position(next_offset=record.offset + 1))
        # Last in the dictionary, so that it is last on the wire: no state record is missing once it is there.
        into.state.pop(_position_key(partition), None)
        into.state[_position_key(partition)] = position

    def state_records(self, folded: Folded, partition: int) -> Iterator[Outgoing]:
        """The records for the changelog, in the order in which they must be written."""
        for key, value in folded.state.items():
            yield Outgoing(topic=self._changelog, key=key, value=value, partition=partition)

    def open_incidents(self) -> Iterator[Incident]:
        """The incidents that are not closed."""
        for book in self._books.values():
            for incident in book.incidents():
                if incident.phase in (Phase.ACTIVE, Phase.ALL_CLEAR):
                    yield incident

    def _take(self, book: Book, record: ConsumerRecord, sighting: Sighting, decision: Decision, into: Folded) -> None:
        article_at = header(record.headers, ARTICLE_AT)
        for outcome in decision.outcomes:
            into.state[outcome.incident.id.encode()] = encode(outcome.incident)
            if outcome.event is not None:
                into.alerts += self._alerts(outcome.event, outcome.incident, article_at)
                into.events.append((outcome.event, sighting, _milliseconds(article_at)))
        for incident_id in decision.forgotten:
            key = incident_id.encode()
            into.state[key] = None
            into.alerts.append(Outgoing(topic=self._incidents, key=key, value=None))
        into.decisions[decision.decision, decision.reason] += 1
        try:
            book.apply(decision)
        except Exception as error:
            raise StateError(f"the decision about {sighting.id!r} could not be applied: {error!r}") from error

    def _alerts(self, event: AlertEvent, incident: Incident, article_at: bytes | None) -> Iterator[Outgoing]:
        key, value = event.incident_id.encode(), encode(event)
        headers: Headers = cloud_event_headers(event)
        if article_at is not None:
            headers = (*headers, (ARTICLE_AT, article_at))
        for kind in Kind:
            if kind in incident.kinds or kind in event.kinds:
                yield Outgoing(topic=self._topic_of[kind], key=key, value=value, headers=headers)
        yield Outgoing(topic=self._incidents, key=key, value=value, headers=headers)

    def _refuse(self, record: ConsumerRecord, into: Folded, reason: str, message: str) -> None:
        into.alerts.append(dead_letter(record, self._dead_letters, worker=WORKER, reason=reason, message=message))
        into.refused[reason] += 1


def _decoded(value: bytes | None) -> Sighting:
    """Read a sighting. Raises ``msgspec.DecodeError`` for whatever is wrong with the bytes."""
    if value is None:
        raise msgspec.DecodeError("the record has no value")
    try:
        return _SIGHTING.decode(value)
    except (UnicodeDecodeError, RecursionError, TypeError) as error:
        raise msgspec.DecodeError(str(error)) from error


def _position_key(partition: int) -> bytes:
    return f"{POSITION_KEY}{partition}".encode()


def _milliseconds(article_at: bytes | None) -> int | None:
    try:
        milliseconds = int(article_at) if article_at is not None else None
    except ValueError:
        return None
    return milliseconds if moment(milliseconds) is not None else None
