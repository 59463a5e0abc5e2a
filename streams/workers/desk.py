"""Desk: where sightings are folded into incidents, one book for each partition of the sightings topic.

It knows records but no broker and no clock, so all of it can be tested without either. What it knows after the record
at one offset is a function of the records before, whoever reads them: that makes a redelivered sighting give the same
alerts to the byte, or nothing. An operator's merge, split or undo is a record among the sightings, and is answered by
a record of the command topic.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import msgspec
from aiokafka import ConsumerRecord

from streams.incidents import Book, Policy
from streams.incidents.fold import short_hash
from streams.incidents.orders import refused
from streams.incidents.reasons import Reason
from streams.model import AlertEvent, Decision, Incident, Kind, Phase, Sighting
from streams.model.command import Command
from streams.model.kinds import CommandAction
from streams.settings import Settings
from streams.topics import changelog_name
from streams.workers.dead_letters import dead_letter
from streams.workers.records import ARTICLE_AT, Headers, Outgoing, cloud_event_headers, encode, header, moment

log = logging.getLogger(__name__)

T = TypeVar("T")

WORKER: Final = "consolidate"
POSITION_KEY: Final = "@position/"
"""Key of the state record that says up to where a partition's sightings are folded in."""

RECORD: Final = "tocsin-record"
"""Header that says what a record of the sightings topic holds where it is no sighting."""
ORDER: Final = b"order"
BAD_ORDER: Final = "bad_order"
ANSWERER: Final = "tocsin"
"""Who answers orders, as the answers' ``by``."""
ORDERS_KEPT: Final = 64
"""Orders of a partition that are known again when the relay brings them twice."""

STATE_VERSION: Final = 1
"""Newest ``Incident.state_version`` that is read; it rises with what older releases must not go on from."""

_SIGHTING: Final = msgspec.json.Decoder(Sighting)
_COMMAND: Final = msgspec.json.Decoder(Command)
_INCIDENT: Final = msgspec.json.Decoder(Incident)


class Position(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The offset of the next sighting of a partition: everything before it is in the state, and published.

    ``orders`` are short hashes of the ids of the newest orders that were carried out or refused, the newest last.
    """

    next_offset: int
    orders: tuple[int, ...] = ()


_POSITION: Final = msgspec.json.Decoder(Position)


class _Stamp(msgspec.Struct):
    state_version: int = 1


_STAMP: Final = msgspec.json.Decoder(_Stamp)


class StateError(RuntimeError):
    """State that cannot be restored or folded into: going on would publish what is not so."""


class Folded(msgspec.Struct, kw_only=True):
    """What one or more sightings of one partition led to.

    ``alerts`` are published first, in their order; then ``state``, by key, the newest only: a value to keep or None
    to forget. The sighting of an event is None where an order made it.
    """

    alerts: list[Outgoing] = []
    state: dict[bytes, bytes | None] = {}
    events: list[tuple[AlertEvent, Sighting | None, int | None]] = []
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
        self._orders: dict[int, tuple[int, ...]] = {}
        self._commands = settings.topic_commands

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
        position = Position(next_offset=0)
        count = 0
        for key, value in rows:
            try:
                if key.startswith(POSITION_KEY.encode()):
                    position = _POSITION.decode(value)
                else:
                    book.restore(_restored(value))
                    count += 1
            except (msgspec.DecodeError, UnicodeDecodeError, StateError) as error:
                raise StateError(f"state record {key!r} of partition {partition}: {error}") from error
        self._books[partition] = book
        self._next[partition] = position.next_offset
        self._orders[partition] = position.orders
        return count

    def hand_over(self, partitions: Iterable[int]) -> None:
        """Forget ``partitions``: another worker has them."""
        for partition in partitions:
            self._books.pop(partition, None)
            self._next.pop(partition, None)
            self._orders.pop(partition, None)

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
        if header(record.headers, RECORD) == ORDER:
            self._carry_out(record, into)
        else:
            self._decide(record, into)
        self._next[partition] = record.offset + 1
        position = encode(Position(next_offset=record.offset + 1, orders=self._orders[partition]))
        # Last in the dictionary, so that it is last on the wire: no state record is missing once it is there.
        into.state.pop(_position_key(partition), None)
        into.state[_position_key(partition)] = position

    def _decide(self, record: ConsumerRecord, into: Folded) -> None:
        book = self._books[record.partition]
        try:
            sighting = decoded(record.value, _SIGHTING)
            decision = book.decide(sighting)
        except msgspec.DecodeError as error:
            self._refuse(record, into, "bad_sighting", str(error))
        except Exception as error:
            # One sighting that the incidents room trips over must not stop a country: its letter can be replayed.
            log.exception("the decision about %s/%d offset %d failed", record.topic, record.partition, record.offset)
            self._refuse(record, into, "decision_failed", f"{type(error).__name__}: {error}")
        else:
            self._take(book, record, sighting, decision, into)

    def _carry_out(self, record: ConsumerRecord, into: Folded) -> None:
        """Do what an operator ordered, or refuse it with a reason; an order that was answered is passed over."""
        book, partition = self._books[record.partition], record.partition
        try:
            order = decoded(record.value, _COMMAND)
        except msgspec.DecodeError as error:
            self._refuse(record, into, BAD_ORDER, str(error))
            return
        mark = short_hash(order.id)
        if mark in self._orders[partition]:
            into.decisions["repeated", Reason.REDELIVERED.value] += 1
            return
        try:
            decision = book.command(order)
        except Exception as error:
            log.exception("the order at %s/%d offset %d failed", record.topic, record.partition, record.offset)
            self._refuse(record, into, "decision_failed", f"{type(error).__name__}: {error}")
            decision = refused(order, Reason.ORDER_FAILED)
        self._take(book, record, None, decision, into)
        if decision.reason != Reason.REDELIVERED.value:
            into.alerts.append(self._answer(order, decision))
        self._orders[partition] = (*self._orders[partition][1 - ORDERS_KEPT :], mark)

    def _answer(self, order: Command, decision: Decision) -> Outgoing:
        """The record that tells everyone what became of ``order``, without a clock: as of when it was given."""
        done = decision.incident_id is not None
        answer = Command(
            id=f"{order.id}:answer",
            action=CommandAction.HONOUR if done else CommandAction.REFUSE,
            by=ANSWERER,
            at=order.at,
            reason=decision.reason,
            incident_id=decision.incident_id or order.incident_id,
            target=order.id,
            made=next((each.incident.id for each in decision.outcomes[1:] if each.incident.merged_into is None), None),
        )
        return Outgoing(topic=self._commands, key=answer.record_key.encode("utf-8", "replace"), value=encode(answer))

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

    def _take(
        self, book: Book, record: ConsumerRecord, sighting: Sighting | None, decision: Decision, into: Folded
    ) -> None:
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
            raise StateError(f"the decision about {decision.sighting_id!r} could not be applied: {error!r}") from error

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


def decoded(value: bytes | None, decoder: msgspec.json.Decoder[T]) -> T:
    """Read a value of the model. Raises ``msgspec.DecodeError`` for whatever is wrong with the bytes."""
    if value is None:
        raise msgspec.DecodeError("the record has no value")
    try:
        return decoder.decode(value)
    except (UnicodeDecodeError, RecursionError, TypeError) as error:
        raise msgspec.DecodeError(str(error)) from error


def _restored(value: bytes) -> Incident:
    """Read a state record. Fields that are not known are left out; a newer major version is refused.

    Raises:
        StateError: a newer release wrote it.
        msgspec.DecodeError: it is no state.
    """
    try:
        incident = _INCIDENT.decode(value)
    except msgspec.DecodeError:
        _check_version(_STAMP.decode(value).state_version)
        raise
    _check_version(incident.state_version)
    return incident


def _check_version(version: int) -> None:
    if version > STATE_VERSION:
        raise StateError(
            f"a newer release wrote it (state version {version}; this one reads up to {STATE_VERSION}): run that one"
        )


def _position_key(partition: int) -> bytes:
    return f"{POSITION_KEY}{partition}".encode()


def _milliseconds(article_at: bytes | None) -> int | None:
    try:
        milliseconds = int(article_at) if article_at is not None else None
    except ValueError:
        return None
    return milliseconds if moment(milliseconds) is not None else None
