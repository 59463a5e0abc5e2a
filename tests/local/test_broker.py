import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from streams.local.broker import new_broker, serve
from streams.local.embedded import EmbeddedBroker
from streams.local.errors import LocalError

SERVE = """
import sys
from streams.local.broker import new_broker, serve
serve(new_broker(sys.argv[1], nodes=int(sys.argv[2])), lambda line: print(line, flush=True))
"""


@contextmanager
def served(engine: str, nodes: int = 1) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SERVE, engine, str(nodes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def is_open(address: str) -> bool:
    host, port = address.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


@pytest.mark.parametrize(
    ("engine", "nodes", "number"),
    [
        pytest.param("tansu", 1, signal.SIGTERM, marks=pytest.mark.tansu),
        pytest.param("tansu", 1, signal.SIGINT, marks=pytest.mark.tansu),
        pytest.param("kafka", 1, signal.SIGTERM, marks=pytest.mark.kafka),
        pytest.param("kafka", 3, signal.SIGINT, marks=pytest.mark.kafka),
    ],
)
def test_serve_says_ready_once_and_stops_cleanly(engine: str, nodes: int, number: signal.Signals) -> None:
    with served(engine, nodes) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        addresses = line.removeprefix("ready ").strip().split(",")
        assert len(addresses) == nodes
        assert all(re.fullmatch(r"127\.0\.0\.1:\d+", address) for address in addresses)
        assert all(map(is_open, addresses))
        process.send_signal(number)
        rest, errors = process.communicate(timeout=30)
        assert (process.returncode, rest, errors) == (0, "", "")
        assert not any(map(is_open, addresses))


@pytest.mark.kafka
def test_serve_can_be_stopped_while_it_starts() -> None:
    with served("kafka") as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=30)
        assert (process.returncode, output, errors) == (0, "", "")


@pytest.mark.tansu
def test_serve_fails_when_the_broker_ends_by_itself() -> None:
    broker = EmbeddedBroker()
    with pytest.raises(LocalError, match=r"the embedded broker ended with exit code -9. Its log ends with:"):
        serve(broker, lambda _: broker.kill())


@pytest.mark.tansu
def test_serve_leaves_the_signal_handlers_as_they_were() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    serve(EmbeddedBroker(), lambda _: os.kill(os.getpid(), signal.SIGTERM))
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_the_embedded_broker_has_one_node() -> None:
    with pytest.raises(LocalError, match="3 nodes: the embedded broker has one"):
        new_broker("tansu", nodes=3)
