"""Bounds: a burst of 50,000 articles at once, and brokers that hold their breath: memory stays, nothing is lost."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from harness import Worker, settings_at, until
from test_triage import accounted_for

from streams.local.apache import ApacheKafka
from streams.settings import Settings
from streams.workers.admin import apply_topics
from streams.workers.connection import client_options
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing
from tests.bench.cluster import committed
from tests.bench.meter import resident_mb
from tests.bench.prose import records

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

WARM = 4000
BURST = 50_000
AT_ONCE = 2000
GROWTH_MB = 120
"""The burst has 180 MB; as Python objects it would take several times that."""
PAUSES_S = (4.0, 8.0)
"""Shorter and longer than a request may take here."""


class Topic:
    """The articles topic: what is on it, and how far triage is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._records = records(WARM + BURST, 5, WARM)
        self.sent = 0

    async def put(self, count: int) -> None:
        producer = new_producer(self._settings)
        await producer.start()
        try:
            outbox = Outbox(producer)
            topic = self._settings.topic_articles
            for start in range(0, count, AT_ONCE):
                batch = [(number, next(self._records)) for number in range(start, min(count, start + AT_ONCE))]
                await outbox.publish([Outgoing(topic=topic, key=None, value=value, spread=n) for n, value in batch])
        finally:
            await producer.stop()
        self.sent += count

    async def until_read(self, within_s: float = 300.0) -> None:
        admin = AIOKafkaAdminClient(**client_options(self._settings))
        await admin.start()

        async def done() -> bool:
            return await committed(admin, self._settings.group_triage, self._settings.topic_articles) >= self.sent

        try:
            await until(done, within_s, every_s=0.5)
        finally:
            await admin.close()


@asynccontextmanager
async def most_memory(*workers: Worker) -> AsyncIterator[Callable[[], list[float]]]:
    """The most memory that each of ``workers`` had in the block, in MB."""
    most = [resident_mb(each.process.pid) for each in workers]

    async def look() -> None:
        while True:
            for number, each in enumerate(workers):
                most[number] = max(most[number], resident_mb(each.process.pid))
            await asyncio.sleep(0.1)

    looking = asyncio.create_task(look())
    try:
        yield lambda: most
    finally:
        looking.cancel()
        await asyncio.wait([looking])


async def test_a_burst_and_slow_brokers_leave_memory_as_it_is(tmp_path: Path) -> None:
    with ApacheKafka() as broker:
        settings = settings_at(broker.bootstrap).model_copy(
            # Long enough that a worker may be stopped while the burst is written.
            update={"kafka_request_timeout_s": 6.0, "kafka_session_timeout_s": 100.0}
        )
        await apply_topics(settings)
        topic = Topic(settings)
        with Worker("triage", settings, tmp_path) as triage, Worker("consolidate", settings, tmp_path) as consolidate:
            for worker in (triage, consolidate):
                await worker.until_ready()
            await topic.put(WARM)
            await topic.until_read()
            before = [resident_mb(each.process.pid) for each in (triage, consolidate)]
            triage.process.send_signal(signal.SIGSTOP)
            await topic.put(BURST)
            async with most_memory(triage, consolidate) as most:
                triage.process.send_signal(signal.SIGCONT)
                for pause_s in PAUSES_S:
                    await asyncio.sleep(3.0)
                    broker.pause(1)
                    await asyncio.sleep(pause_s)
                    broker.resume(1)
                await topic.until_read()
                grown = [round(a - b) for a, b in zip(most(), before, strict=True)]
            print(f"memory before {[round(each) for each in before]} MB, most {[round(each) for each in most()]} MB")
            assert all(each < GROWTH_MB for each in grown), grown

            async def all_accounted_for() -> bool:
                return (await accounted_for(settings)).total() == WARM + BURST

            await until(all_accounted_for, 120, every_s=2)
            found = await accounted_for(settings)
            assert found == Counter(found, dead_letter=0)
            assert [each.stop() for each in (triage, consolidate)] == [0, 0]
