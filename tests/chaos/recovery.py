"""The command: how long a consolidator takes from its start until it is ready, with many open incidents to restore.

A consolidator keeps nothing on disk, so every start is one whose local state was thrown away.
"""

import asyncio
import logging
import random
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import click
from rich.console import Console

from streams.local.apache import ApacheKafka
from streams.local.ports import free_ports
from streams.local.process import Child, Keeper
from streams.local.workforce import environment_of
from streams.settings import Settings, load_settings
from streams.topics import changelog_name
from streams.workers.admin import apply_topics
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing, encode, partition_of
from tests.bench.meter import cpu_seconds, resident_mb
from tests.chaos.crowd import crowd

WITHIN_S: Final = 20.0
"""What issue and operations promise for 50,000 incidents."""
_GIVE_UP_S: Final = 120.0
_LOOK_S: Final = 0.05
_AT_ONCE: Final = 2000


@click.command(epilog="Example: python -m tests.chaos.recovery --incidents 50000 --stale 1")
@click.option("--incidents", type=int, default=50_000, show_default=True, help="Open incidents.")
@click.option("--stale", type=float, default=0.5, show_default=True, help="Older rows not yet compacted, per incident.")
@click.option("--starts", type=int, default=2, show_default=True, help="How often to start the consolidator.")
def main(*, incidents: int, stale: float, starts: int) -> None:
    """Fill the changelog of one Apache Kafka node, then time start to /readyz; exit code 1 when that is too long."""
    screen = Console(width=120)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="tocsin-recovery-") as name, ApacheKafka() as broker:
        settings = load_settings(
            {},
            kafka_bootstrap_servers=broker.bootstrap,
            instance_id="recovery",
            metrics_port=free_ports(1)[0],
        )
        rows, size = asyncio.run(_fill(settings, incidents, stale))
        screen.print(f"{incidents:,} open incidents, {rows:,} rows, {size / 1e6:,.0f} MB of changelog")
        longest = 0.0
        for number in range(starts):
            start = _time_start(settings, Path(name))
            longest = max(longest, start.seconds)
            screen.print(
                f"start {number + 1}: ready after {start.seconds:.1f} s, {start.cpu_s:.1f} s of the processor; "
                f"{start.resident_mb:,.0f} MB; {start.said}",
                markup=False,
                highlight=False,
            )
    sys.exit(0 if longest < WITHIN_S else 1)


async def _fill(settings: Settings, incidents: int, stale: float) -> tuple[int, int]:
    await apply_topics(settings)
    producer = new_producer(settings)
    await producer.start()
    outbox = Outbox(producer)
    rows = size = 0
    try:
        batch: list[Outgoing] = []
        for row in _rows(settings, incidents, stale):
            batch.append(row)
            rows, size = rows + 1, size + len(row.value or b"")
            if len(batch) == _AT_ONCE:
                await outbox.publish(batch)
                batch = []
        await outbox.publish(batch)
    finally:
        await producer.stop()
    return rows, size


def _rows(settings: Settings, incidents: int, stale: float) -> Iterator[Outgoing]:
    chance = random.Random(1)  # noqa: S311 - a seed is the point
    for incident in crowd(incidents, 1):
        partition = partition_of(incident.partition_key.encode(), settings.partitions)
        row = Outgoing(
            topic=changelog_name(settings), key=incident.id.encode(), value=encode(incident), partition=partition
        )
        for _ in range(int(stale) + (chance.random() < stale % 1)):
            yield row
        yield row


class Start(NamedTuple):
    """Seconds until ready, those of the processor among them, memory then, and what the worker said."""

    seconds: float
    cpu_s: float
    resident_mb: float
    said: str


def _time_start(settings: Settings, folder: Path) -> Start:
    """Start a consolidator and wait until it is ready. It is killed afterwards, as by a machine that dies."""
    command = [sys.executable, "-m", "streams", "worker", "consolidate"]
    log = folder / f"{time.monotonic_ns()}.log"
    child = Child("consolidate", command, log, Keeper(), environment_of(settings))
    began = time.monotonic()
    child.start()
    try:
        while time.monotonic() - began < _GIVE_UP_S and child.alive:
            if _ready(settings.metrics_port):
                said = [line for line in log.read_text().splitlines() if "restored in" in line]
                seconds = time.monotonic() - began
                pid = child.pid or 0
                return Start(seconds, cpu_seconds(pid), resident_mb(pid), "".join(said[-1:]).rpartition("; ")[2])
            time.sleep(_LOOK_S)
        return Start(_GIVE_UP_S, 0.0, 0.0, child.tail())
    finally:
        child.kill()


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


if __name__ == "__main__":
    main()
