import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.local.apache import ApacheKafka
from streams.local.errors import LocalError, PortTakenError
from streams.local.probe import serving_nodes

pytestmark = pytest.mark.kafka


async def create(bootstrap: str, topic: str, replicas: int = 1) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=replicas)])
    finally:
        await admin.close()


async def produce(bootstrap: str, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, max_request_size=40_000_000
    )
    await producer.start()
    try:
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def consume(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id="readers", auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        return [(await asyncio.wait_for(consumer.getone(), 30)).value for _ in range(count)]
    finally:
        await consumer.stop()


def test_one_node_serves_large_records_groups_and_idempotent_producers_and_leaves_nothing() -> None:
    large = os.urandom(20 * 1024 * 1024)
    with ApacheKafka() as kafka:
        folder = kafka.log().parent
        asyncio.run(create(kafka.bootstrap, "things"))
        asyncio.run(produce(kafka.bootstrap, "things", large))
        assert asyncio.run(consume(kafka.bootstrap, "things", 1)) == [large]
        host, port = kafka.bootstrap.split(":")
    assert not folder.exists()
    with pytest.raises(OSError):  # noqa: PT011 - the errno differs between systems
        socket.create_connection((host, int(port)), timeout=1)


def test_a_killed_node_comes_back_with_its_records_on_the_same_port(tmp_path: Path) -> None:
    with ApacheKafka(folder=tmp_path) as kafka:
        before = kafka.bootstrap
        asyncio.run(create(before, "things"))
        asyncio.run(produce(before, "things", b"kept"))
        kafka.kill(1)
        assert not serving_nodes_quietly(before)
        kafka.restart(1)
        assert kafka.bootstrap == before
        assert asyncio.run(consume(before, "things", 1)) == [b"kept"]
    with ApacheKafka(folder=tmp_path) as again:
        assert asyncio.run(consume(again.bootstrap, "things", 1)) == [b"kept"]


def serving_nodes_quietly(bootstrap: str) -> bool:
    host, port = bootstrap.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_three_nodes_lose_one_and_go_on() -> None:
    with ApacheKafka(nodes=3) as kafka:
        assert len(kafka.bootstrap.split(",")) == 3
        assert serving_nodes(kafka.bootstrap) == {1, 2, 3}
        asyncio.run(create(kafka.bootstrap, "things", replicas=3))
        asyncio.run(produce(kafka.bootstrap, "things", b"one"))
        kafka.kill(2)
        asyncio.run(produce(kafka.bootstrap, "things", b"two"))
        assert asyncio.run(consume(kafka.bootstrap, "things", 2)) == [b"one", b"two"]
        kafka.restart(2)
        assert 2 in serving_nodes(kafka.bootstrap)


def test_a_paused_node_answers_nothing_until_it_goes_on() -> None:
    with ApacheKafka() as kafka:
        kafka.pause(1)
        assert serving_nodes(kafka.bootstrap) == frozenset()
        kafka.resume(1)
        assert serving_nodes(kafka.bootstrap) == {1}


def test_extra_listeners_can_be_configured() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        extra = probe.getsockname()[1]
    config = {
        "listeners": "PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port},GUARDED://127.0.0.1:"
        f"{extra}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,GUARDED:SASL_PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.name.guarded.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.guarded.plain.sasl.jaas.config": "org.apache.kafka.common.security.plain.PlainLoginModule "
        'required user_reader="secret-{node}";',
    }

    async def topics(password: str) -> list[str]:
        admin = AIOKafkaAdminClient(
            bootstrap_servers=f"127.0.0.1:{extra}",
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="PLAIN",
            sasl_plain_username="reader",
            sasl_plain_password=password,
        )
        await admin.start()
        try:
            return list(await admin.list_topics())
        finally:
            await admin.close()

    with ApacheKafka(config=config) as kafka:
        asyncio.run(create(kafka.bootstrap, "things"))
        assert "things" in asyncio.run(topics("secret-1"))


def test_a_start_that_fails_quotes_the_log_and_leaves_nothing_running(tmp_path: Path) -> None:
    kafka = ApacheKafka(folder=tmp_path, config={"log.segment.bytes": "no number"})
    with pytest.raises(LocalError, match=r"(?s)formatted.*no number"):
        kafka.start()
    with pytest.raises(LocalError, match="no node 1 running"):
        kafka.kill(1)
    broken = ApacheKafka(folder=tmp_path / "other", config={"authorizer.class.name": "no.such.Authorizer"})
    with pytest.raises(LocalError, match=r"(?s)exit code 1.*no\.such\.Authorizer"):
        broken.start()


def test_a_taken_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port} on .* is in use"):
            ApacheKafka(port=port).start()


def test_two_nodes_are_refused() -> None:
    with pytest.raises(LocalError, match="2 nodes: a local Kafka has 1 or 3"):
        ApacheKafka(nodes=2)


PARENT = """
import time
from streams.local.apache import ApacheKafka
kafka = ApacheKafka()
kafka.start()
print(kafka.bootstrap, flush=True)
time.sleep(600)
"""


def test_a_broker_dies_with_its_parent_even_when_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        bootstrap = parent.stdout.readline().strip()
        assert serving_nodes_quietly(bootstrap)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while serving_nodes_quietly(bootstrap) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not serving_nodes_quietly(bootstrap)
