"""Ledger: incidents, alerts and commands followed as one view, outside of any consumer group.

Any number can run: nothing is committed and nobody loses partitions to them. What a follower is told may repeat, after
a lost connection from the beginning on; telling it again must change nothing.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, Protocol

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition, errors

from streams.model import AlertEvent, Suppressed
from streams.model.command import Command
from streams.settings import Settings
from streams.workers.connection import consumer_options, growing_pauses, is_passing
from streams.workers.newest import newest, reached, stop_consumer
from streams.workers.outbox import new_producer
from streams.workers.records import encode, moment
from streams.workers.watch import alert_topics

log = logging.getLogger(__name__)

HISTORY: Final = timedelta(days=7)
"""How far back revisions are read; of older ones only the newest of each incident is known."""
POLL_MS: Final = 1000
MOST_AT_ONCE: Final = 500
"""Records told before the server gets its turn again."""
PULSE_S: Final = 5.0
"""Time between two looks at how the brokers and the articles are doing, in seconds."""
REPLY_S: Final = 10.0
"""Longest wait for the brokers, in seconds, before people are told that they do not answer."""
STUCK_PULSES: Final = 12
"""Looks without progress, while there is something to read, after which the connection is made anew."""
RATE_PULSES: Final = 13
"""Looks that the rate of articles is taken over: a minute."""
TAIL_KEPT_S: Final = 3.0

_ALERT: Final = msgspec.json.Decoder(AlertEvent)
_COMMAND: Final = msgspec.json.Decoder(Command)
_SUPPRESSED: Final = msgspec.json.Decoder(Suppressed)
_TROUBLE: Final = (errors.KafkaError, OSError, TimeoutError)
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

State = Literal["connecting", "loading", "live", "lost"]


class LedgerError(RuntimeError):
    """The brokers cannot do it now; the message is for people."""


class Follower(Protocol):
    """Who is told of all that the ledger reads."""

    def alert(self, event: AlertEvent, at: datetime) -> None:
        """A revision that was published ``at``."""

    def forgotten(self, incident_id: str) -> None:
        """An incident that the pipeline keeps no longer."""

    def command(self, command: Command) -> None:
        """What an operator ordered."""

    def state(self, state: State, note: str = "") -> None:
        """How the ledger is doing; ``note`` is for people."""

    def articles(self, per_minute: float) -> None:
        """How many articles a minute triage is done with."""

    def behind(self, records: int) -> None:
        """How many records of the followed topics are not told yet."""


class Ledger:
    """Follows the topics, publishes commands, and reads the tail of the suppressed articles."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._followed = (settings.topic_incidents, settings.topic_commands, *alert_topics(settings))
        self._consumer: AIOKafkaConsumer | None = None
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._tail: tuple[float, int, list[Suppressed]] | None = None
        self._totals: deque[tuple[float, int]] = deque(maxlen=RATE_PULSES)

    async def run(self, board: Follower) -> None:
        """Tell ``board`` of all that is and comes, until cancelled; brokers that do not answer are waited for.

        Raises:
            ConnectionSettingsError: the settings do not lead to a broker.
            KafkaError: an error that trying again does not mend.
        """
        pauses = growing_pauses()
        try:
            while True:
                try:
                    if await self._follow(board):
                        pauses = growing_pauses()
                        continue
                except _TROUBLE as error:
                    if not is_passing(error):
                        raise
                    log.warning("lost the brokers (%s): connecting anew", type(error).__name__)
                    board.state("lost", "The brokers do not answer: what you see may be old")
                await asyncio.sleep(next(pauses))
        finally:
            if self._producer is not None:
                await self._producer.stop()
                self._producer = None

    async def _started_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = new_producer(self._settings)
            try:
                await producer.start()
            except BaseException:
                await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def send(self, command: Command) -> None:
        """Publish ``command``; returns once all in-sync replicas have it.

        Raises:
            LedgerError: it could not be published.
        """
        try:
            async with self._starting, asyncio.timeout(REPLY_S):
                producer = await self._started_producer()
                await producer.send_and_wait(
                    self._settings.topic_commands, encode(command), key=command.record_key.encode()
                )
        except _TROUBLE as error:
            raise LedgerError(f"the brokers did not take it ({type(error).__name__}): try again") from error

    async def suppressed(self, count: int) -> Sequence[Suppressed]:
        """About the ``count`` newest suppressed articles, the newest first; at most a few seconds old.

        Raises:
            LedgerError: they cannot be read.
        """
        async with self._reading:
            now = asyncio.get_running_loop().time()
            if self._tail is not None and self._tail[1] == count and now - self._tail[0] < TAIL_KEPT_S:
                return self._tail[2]
            try:
                async with asyncio.timeout(REPLY_S):
                    found = await self._read_suppressed(count)
            except _TROUBLE as error:
                raise LedgerError(f"the brokers do not answer ({type(error).__name__}): try again") from error
            self._tail = (now, count, found)
            return found

    async def _read_suppressed(self, count: int) -> list[Suppressed]:
        if self._consumer is None:
            raise LedgerError("not connected to the brokers")
        partitions = await self._partitions(self._consumer, [self._settings.topic_suppressed])
        records = await newest(self._settings, partitions, count)
        return [article for record in records for article in _suppressed(record)]

    async def _follow(self, board: Follower) -> bool:
        """Read until topics or partitions are added, or for a while where there are none; True in the first case."""
        board.state("connecting", "Connecting to the brokers…")
        consumer = AIOKafkaConsumer(**consumer_options(self._settings, None))
        try:
            async with self._starting, asyncio.timeout(2 * REPLY_S):
                await self._started_producer()
                await consumer.start()
                followed = await self._assign(consumer)
            if not followed:
                board.state("lost", "There are no topics yet: run tocsin topics apply")
                return False
            self._consumer = consumer
            self._totals.clear()
            board.state("loading", "Reading the incidents…")
            await self._read(consumer, followed, board)
            return True
        finally:
            self._consumer = None
            await stop_consumer(consumer)

    async def _read(self, consumer: AIOKafkaConsumer, followed: list[TopicPartition], board: Follower) -> None:
        ends = await consumer.end_offsets(followed)
        loop = asyncio.get_running_loop()
        live, due, idle, before = False, loop.time(), 0, -1
        while True:
            polled = await consumer.getmany(timeout_ms=POLL_MS if live else 50, max_records=MOST_AT_ONCE)
            for records in polled.values():
                for record in records:
                    self._tell(record, board)
            if not live and await reached(consumer, ends):
                live = True
                board.state("live")
            if loop.time() < due:
                continue
            due = loop.time() + PULSE_S
            async with asyncio.timeout(REPLY_S):
                ends = await consumer.end_offsets(followed)
                await self._pulse(consumer, board)
                if set(await self._partitions(consumer, self._followed)) != set(followed):
                    return
            at = sum([await consumer.position(each) for each in followed])
            board.behind(max(0, sum(ends.values()) - at))
            idle = idle + 1 if at == before and not await reached(consumer, ends) else 0
            before = at
            if idle > STUCK_PULSES:
                raise TimeoutError("the consumer stands still although there is something to read")

    def _tell(self, record: ConsumerRecord, board: Follower) -> None:
        try:
            if record.topic == self._settings.topic_commands:
                board.command(_COMMAND.decode(record.value or b""))
            elif record.value is not None:
                board.alert(_ALERT.decode(record.value), moment(record.timestamp) or datetime.now(UTC))
            elif record.topic == self._settings.topic_incidents and record.key is not None:
                board.forgotten(record.key.decode())
        except _UNREADABLE:
            # The topics are open to others: what they write must not stop the view.
            log.warning("%s/%d offset %d cannot be read", record.topic, record.partition, record.offset)

    async def _pulse(self, consumer: AIOKafkaConsumer, board: Follower) -> None:
        """Tell how many articles triage is done with: what it put aside or sighted, by the ends of those topics."""
        partitions = await self._partitions(consumer, [self._settings.topic_suppressed, self._settings.topic_sightings])
        total = sum((await consumer.end_offsets(partitions)).values()) if partitions else 0
        self._totals.append((asyncio.get_running_loop().time(), total))
        (first_at, first), (last_at, last) = self._totals[0], self._totals[-1]
        if last_at > first_at:
            board.articles(max(0, last - first) / (last_at - first_at) * 60)

    async def _partitions(self, consumer: AIOKafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
        """The partitions of those ``topics`` that exist: to ask for another by name might create it."""
        known = await consumer.topics()
        producer = await self._started_producer()
        return [
            TopicPartition(topic, number)
            for topic in topics
            if topic in known
            for number in sorted(await producer.partitions_for(topic))
        ]

    async def _assign(self, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
        """Take all partitions: the alerts from some time ago on, everything else from the beginning."""
        partitions = await self._partitions(consumer, self._followed)
        consumer.assign(partitions)
        alerts = [each for each in partitions if each.topic in alert_topics(self._settings)]
        since = int((datetime.now(UTC) - HISTORY).timestamp() * 1000)
        found = await consumer.offsets_for_times(dict.fromkeys(alerts, since)) if alerts else {}
        ends = await consumer.end_offsets(alerts)
        for each in alerts:
            start = found.get(each)
            consumer.seek(each, start.offset if start is not None else ends[each])
        rest = [each for each in partitions if each not in alerts]
        if rest:
            await consumer.seek_to_beginning(*rest)
        return partitions


def _suppressed(record: ConsumerRecord) -> list[Suppressed]:
    """The suppressed article of ``record``; nothing where it is none."""
    try:
        return [_SUPPRESSED.decode(record.value or b"")]
    except _UNREADABLE:
        log.warning("%s/%d offset %d is no suppressed article", record.topic, record.partition, record.offset)
        return []
