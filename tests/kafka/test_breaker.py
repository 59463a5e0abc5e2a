"""The breaker on real brokers: a flood stays where it is, nothing is lost, and the others go on."""

import asyncio
import json
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from harness import Worker, article, read, send, until

from streams.settings import Settings
from streams.workers.admin import apply_topics
from streams.workers.connection import client_options
from streams.workers.dead_letters import OFFSET, PARTITION
from streams.workers.records import Outgoing, header

RUN = 300
FLOOD = 2000
EXIT_POISON = 65


def poison(settings: Settings, count: int, partition: int) -> list[Outgoing]:
    topic = settings.topic_articles
    return [Outgoing(topic=topic, key=None, value=b"poison %d" % each, partition=partition) for each in range(count)]


def good(settings: Settings, numbers: range, partition: int | None = None) -> list[Outgoing]:
    topic = settings.topic_articles
    return [Outgoing(topic=topic, key=b"%d" % each, value=article(each), partition=partition) for each in numbers]


async def committed(settings: Settings) -> dict[int, int]:
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    try:
        found = await admin.list_consumer_group_offsets(settings.group_triage)
    finally:
        await admin.close()
    return {partition.partition: max(0, entry.offset) for partition, entry in found.items()}


async def letters(settings: Settings) -> set[tuple[bytes | None, bytes | None]]:
    """Partition and offset of the records that became dead letters."""
    return {
        (header(each.headers, PARTITION), header(each.headers, OFFSET))
        for each in await read(settings, settings.topic_dead_letters)
    }


async def until_stopped(worker: Worker) -> None:
    def stopped() -> bool:
        assert worker.process.poll() is None
        return " on http://" in worker.log and "breaker" in worker.get("/readyz")[1]

    await until(lambda: asyncio.to_thread(stopped), 60)


@pytest.mark.kafka
async def test_a_flood_stays_on_the_topic_until_people_let_it_through(kafka_settings: Settings, tmp_path: Path) -> None:
    settings = kafka_settings.model_copy(update={"breaker_run": RUN})
    await apply_topics(settings)
    await send(settings, [*good(settings, range(40)), *(each for p in range(4) for each in poison(settings, FLOOD, p))])
    with Worker("triage", settings, tmp_path) as worker:
        await until_stopped(worker)
        status, body = worker.get("/readyz")
        assert status == 503
        assert f"{RUN} records in a row cannot be read" in json.loads(body)["why"]
        assert worker.get("/healthz")[0] == 200
        assert 'tocsin_breaker_open{worker="triage"} 1.0' in worker.get("/metrics")[1]
        before = await committed(settings)
        held = await letters(settings)
        # What is committed is what was dealt with, to the record.
        suppressed = {each.key for each in await read(settings, settings.topic_suppressed)}
        assert sum(before.values()) == len(held) + len(suppressed)
        assert RUN <= len(held) < RUN + 2000
        await asyncio.sleep(3)
        assert (await committed(settings), await letters(settings)) == (before, held)
        assert worker.stop() == EXIT_POISON
        assert "mend the producer" in worker.log
    through = settings.model_copy(update={"breaker_run": 0, "breaker_share": 1.0})
    with Worker("triage", through, tmp_path) as worker:

        async def drained() -> bool:
            return sum((await committed(settings)).values()) == 40 + 4 * FLOOD

        await until(drained, 60)
        assert worker.stop() == 0
    assert len(await letters(settings)) == 4 * FLOOD
    assert len({each.key for each in await read(settings, settings.topic_suppressed)}) == 40


@pytest.mark.kafka
async def test_the_partitions_of_others_go_on(kafka_settings: Settings, tmp_path: Path) -> None:
    settings = kafka_settings.model_copy(update={"breaker_run": RUN})
    await apply_topics(settings)
    with Worker("triage", settings, tmp_path, "-a") as one, Worker("triage", settings, tmp_path, "-b") as other:
        for worker in (one, other):
            await worker.until_logged("assigned 2 partitions", 60)
        await send(settings, poison(settings, FLOOD, 0))

        def stopped() -> list[Worker]:
            return [each for each in (one, other) if "breaker" in each.get("/readyz")[1]]

        async def one_stopped() -> bool:
            return bool(await asyncio.to_thread(stopped))

        await until(one_stopped, 60)
        await send(settings, [each for p in range(4) for each in good(settings, range(100 * p, 100 * p + 50), p)])

        async def others_done() -> bool:
            return len({each.key for each in await read(settings, settings.topic_suppressed)}) == 100

        await until(others_done, 60)
        assert len(stopped()) == 1
        assert sorted(each.stop() for each in (one, other)) == [0, EXIT_POISON]
    assert len(await letters(settings)) == RUN
