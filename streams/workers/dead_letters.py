"""Dead letter: a record that could not be used, kept as it came, with where it came from and why."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

import msgspec
from aiokafka import ConsumerRecord

from streams.settings import Settings
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Headers, Outgoing, header, moment, number_header
from streams.workers.tail import tail

TOPIC: Final = "tocsin-topic"
PARTITION: Final = "tocsin-partition"
OFFSET: Final = "tocsin-offset"
REASON: Final = "tocsin-reason"
MESSAGE: Final = "tocsin-message"
AT: Final = "tocsin-at"
WORKER: Final = "tocsin-worker"
REPLAYED: Final = "tocsin-replayed"
CUT: Final = "tocsin-cut-from"
"""Only on a letter whose value was too large for the topic: how many bytes it had. The value holds the first ones."""

RECEIVER: Final = "tocsin-receiver"
"""Only on a letter of the notifier's: who had not taken the alert."""

_ORIGIN: Final = (TOPIC, PARTITION, OFFSET, AT)
_OURS: Final = frozenset((*_ORIGIN, REASON, MESSAGE, WORKER, CUT, RECEIVER))

MAX_MESSAGE_CHARACTERS: Final = 500
CUT_BYTES: Final = 64 * 1024
"""What is kept of a value that even the dead-letter topic does not take."""


class DeadLetterError(LookupError):
    """A dead letter that cannot be found or replayed; the message says why and what to do."""


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter as read back. ``id`` is ``<partition>:<offset>`` on the dead-letter topic.

    ``topic``, ``partition``, ``offset`` and ``at`` tell where and when the record was first received; ``replays`` how
    often it was sent back in. ``receiver`` is who had not taken an alert. ``headers`` are the record's own.
    """

    id: str
    topic: str
    partition: int
    offset: int
    at: datetime | None
    reason: str
    message: str
    worker: str
    replays: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    receiver: str = ""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter that was sent back, and the topic it went to."""

    letter: DeadLetter
    topic: str
    mended: bool


def dead_letter(
    record: ConsumerRecord, topic: str, *, worker: str, reason: str, message: str, receiver: str = ""
) -> Outgoing:
    """The dead letter of ``record``: its bytes, key and headers as they are, and why as headers.

    A record that was replayed and failed again keeps its first origin; reason and message are the new ones.
    """
    headers: list[tuple[str, bytes]] = [pair for pair in record.headers or () if pair[0] not in _OURS]
    if header(record.headers, REPLAYED) is not None:
        headers += [(name, value) for name in _ORIGIN if (value := header(record.headers, name)) is not None]
    else:
        headers += [
            (TOPIC, record.topic.encode()),
            (PARTITION, str(record.partition).encode()),
            (OFFSET, str(record.offset).encode()),
            (AT, str(record.timestamp).encode()),
        ]
    headers += [
        (REASON, reason.encode()),
        (MESSAGE, message[:MAX_MESSAGE_CHARACTERS].encode("utf-8", "backslashreplace")),
        (WORKER, worker.encode()),
    ]
    if receiver:
        headers.append((RECEIVER, receiver.encode()))
    return Outgoing(
        topic=topic, key=record.key, value=record.value, headers=tuple(headers), spread=record.partition, origin=record
    )


def cut_short(letter: Outgoing) -> Outgoing:
    """A dead letter that fits, of one that is too large for its topic: the first bytes, and the size it had."""
    value = letter.value or b""
    headers = (*letter.headers, (CUT, str(len(value)).encode()))
    return msgspec.structs.replace(letter, value=value[:CUT_BYTES], headers=headers)


async def list_dead_letters(settings: Settings, reason: str | None = None) -> AsyncIterator[DeadLetter]:
    """Every dead letter there is when called, oldest first in each partition; only those of ``reason`` if given."""
    async for record in tail(settings, [settings.topic_dead_letters], until_end=True):
        letter = _read(record)
        if reason is None or letter.reason == reason:
            yield letter


async def count_dead_letters(settings: Settings) -> Counter[tuple[str, str]]:
    """How many dead letters there are by first topic and reason."""
    return Counter([(letter.topic, letter.reason) async for letter in list_dead_letters(settings)])


async def show_dead_letter(settings: Settings, letter_id: str) -> DeadLetter:
    """The dead letter ``letter_id`` (``<partition>:<offset>``).

    Raises:
        DeadLetterError: there is none.
    """
    partition, _, offset = letter_id.partition(":")
    if not (partition.isdigit() and offset.isdigit()):
        raise DeadLetterError(f"{letter_id!r} is no dead letter: give PARTITION:OFFSET as `dead-letters list` shows it")
    position = {(settings.topic_dead_letters, int(partition)): int(offset)}
    async for record in tail(settings, [settings.topic_dead_letters], until_end=True, positions=position):
        if record.offset == int(offset):
            return _read(record)
        break
    # The embedded broker does not go to the last records of a partition by their offsets (see `tail`).
    async for letter in list_dead_letters(settings):
        if letter.id == f"{int(partition)}:{int(offset)}":
            return letter
    raise DeadLetterError(f"there is no dead letter {letter_id}: `tocsin dead-letters list` shows them all")


async def replay_dead_letters(
    settings: Settings, *, reason: str | None = None, letter_id: str | None = None, value: bytes | None = None
) -> AsyncIterator[Replay]:
    """Send dead letters back to the topic they came from: one, those of one reason, or all.

    ``value`` replaces the bytes of the one letter ``letter_id``. Each is yielded once the brokers have acknowledged it.

    Raises:
        DeadLetterError: the letter is not there, was cut short, or came from a topic that is none of ours.
        ValueError: ``value`` without ``letter_id``.
    """
    if value is not None and letter_id is None:
        raise ValueError("a mended value belongs to one dead letter: name it")
    if letter_id is not None:
        letters = [await show_dead_letter(settings, letter_id)]
    else:
        letters = [letter async for letter in list_dead_letters(settings, reason)]
    producer = new_producer(settings)
    await producer.start()
    try:
        outbox = Outbox(producer)
        for letter in letters:
            await outbox.publish([_back(settings, letter, value)])
            yield Replay(letter=letter, topic=letter.topic, mended=value is not None)
    finally:
        await producer.stop()


def _back(settings: Settings, letter: DeadLetter, value: bytes | None) -> Outgoing:
    if letter.topic not in (settings.topic_articles, settings.topic_sightings, settings.topic_commands):
        if letter.receiver:
            raise DeadLetterError(
                f"dead letter {letter.id} is an alert that {letter.receiver!r} did not take: name the notifier's file "
                "with --notify, to tell that receiver alone"
            )
        raise DeadLetterError(f"dead letter {letter.id} came from {letter.topic!r}, which no worker reads")
    if value is None and header(letter.headers, CUT) is not None:
        raise DeadLetterError(f"dead letter {letter.id} was cut short: give the whole value to replay it with")
    headers = [pair for pair in letter.headers if pair[0] not in (REPLAYED, CUT)]
    headers += [
        (TOPIC, letter.topic.encode()),
        (PARTITION, str(letter.partition).encode()),
        (OFFSET, str(letter.offset).encode()),
        (REPLAYED, str(letter.replays + 1).encode()),
    ]
    if letter.at is not None:
        headers.append((AT, str(int(letter.at.timestamp() * 1000)).encode()))
    mended = letter.value if value is None else value
    return Outgoing(topic=letter.topic, key=letter.key, value=mended, headers=tuple(headers), spread=letter.partition)


def _read(record: ConsumerRecord) -> DeadLetter:
    def text(name: str) -> str:
        return (header(record.headers, name) or b"").decode("utf-8", "replace")

    return DeadLetter(
        id=f"{record.partition}:{record.offset}",
        topic=text(TOPIC),
        partition=number_header(record.headers, PARTITION) or 0,
        offset=number_header(record.headers, OFFSET) or 0,
        at=moment(number_header(record.headers, AT)),
        reason=text(REASON),
        message=text(MESSAGE),
        worker=text(WORKER),
        replays=number_header(record.headers, REPLAYED) or 0,
        key=record.key,
        value=record.value,
        headers=_own(record.headers),
        receiver=text(RECEIVER),
    )


def _own(headers: Any) -> Headers:
    """The headers that the record came with, and the mark of one that was cut short."""
    return tuple((name, value) for name, value in headers or () if name not in _OURS - {CUT} and name != REPLAYED)
