"""The one broker of a run, and what every measurement needs of it: topics, records on them, and how far a group is."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient

from streams.local.process import Child, Keeper
from streams.local.workforce import environment_of
from streams.settings import Settings, load_settings
from streams.topics import topics
from streams.workers.admin import apply_topics
from streams.workers.connection import client_options, is_passing
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing

PARTITIONS: Final = 6
STOP_GRACE_S: Final = 15.0

_SENT_AT_ONCE: Final = 3000


class BenchError(RuntimeError):
    """A measurement could not be made; the message says why, with the end of a worker's log where one ended."""


def settings_for(bootstrap: str, name: str, **changes: object) -> Settings:
    """Settings whose groups and output topics begin with ``name``; all measurements read the same articles topic."""
    outputs = [field for field in Settings.model_fields if field.startswith("topic_") and field != "topic_articles"]
    values: dict[str, Any] = {
        "kafka_bootstrap_servers": bootstrap,
        "partitions": PARTITIONS,
        "group_triage": f"{name}.triage",
        "group_consolidate": f"{name}.consolidate",
        "topic_articles": "bench.articles",
        "log_level": "WARNING",
        **{field: f"{name}.{field.removeprefix('topic_')}" for field in outputs},
    }
    return load_settings({}, **(values | changes))


class Cluster:
    """A broker at ``bootstrap``; ``folder`` takes the logs of what runs against it."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap = bootstrap
        self._folder = folder
        self._keeper = Keeper()

    @contextmanager
    def running(self, name: str, module: list[str], settings: Settings) -> Iterator[Child]:
        """A child process ``python -m MODULE…`` for the length of a ``with`` block, ended whatever happens."""
        child = Child(
            name,
            [sys.executable, "-m", *module],
            self._folder / f"{name}.log",
            self._keeper,
            environment_of(settings),
        )
        child.start()
        try:
            yield child
        finally:
            child.stop(STOP_GRACE_S)

    async def prepare(self, settings: Settings) -> None:
        """Make all topics of ``settings`` that are missing."""
        await apply_topics(settings)

    async def fill(self, settings: Settings, records: Iterable[Outgoing]) -> int:
        """Publish ``records`` and wait for their acknowledgement; returns how many there were."""
        producer = new_producer(settings)
        await producer.start()
        outbox = Outbox(producer)
        count = 0
        try:
            batch: list[Outgoing] = []
            for record in records:
                batch.append(record)
                if len(batch) == _SENT_AT_ONCE:
                    await outbox.publish(batch)
                    count += len(batch)
                    batch = []
            await outbox.publish(batch)
            return count + len(batch)
        finally:
            await producer.stop()

    async def forget(self, settings: Settings) -> None:
        """Delete the output topics of ``settings``, so that a long run does not fill the disk."""
        async with self.admin(settings) as admin:
            await admin.delete_topics([each.name for each in topics(settings) if each.name != settings.topic_articles])

    @asynccontextmanager
    async def admin(self, settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
        """An admin client for the length of a ``with`` block."""
        admin = AIOKafkaAdminClient(**client_options(settings))
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()


async def committed(admin: AIOKafkaAdminClient, group: str, topic: str) -> int:
    """How many records of ``topic`` ``group`` has committed; 0 while the broker makes ready for its first group."""
    try:
        offsets: Mapping[Any, Any] = await admin.list_consumer_group_offsets(group)
    except errors.KafkaError as error:
        if is_passing(error):
            return 0
        raise
    return sum(max(0, entry.offset) for partition, entry in offsets.items() if partition.topic == topic)


async def until_committed(
    admin: AIOKafkaAdminClient, group: str, topic: str, count: int, *, child: Child, within_s: float
) -> None:
    """Wait until ``group`` has committed ``count`` records of ``topic``.

    Raises:
        BenchError: ``child`` ended, or it took longer than ``within_s``.
    """
    try:
        async with asyncio.timeout(within_s):
            while await committed(admin, group, topic) < count:
                check(child)
                await asyncio.sleep(0.05)
    except TimeoutError:
        done = await committed(admin, group, topic)
        raise BenchError(f"{child.name}: {done} of {count} records in {within_s:.0f} s:\n{child.tail()}") from None


def check(child: Child) -> None:
    """Raise BenchError, with the end of its log, when ``child`` has ended."""
    if not child.alive:
        raise BenchError(f"{child.name} ended with exit code {child.exit_code}. Its log ends with:\n{child.tail()}")
