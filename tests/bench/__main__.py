"""The command: chooses what to measure, runs it on one broker, shows tables, and writes results and a picture."""

import asyncio
import contextlib
import logging
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import msgspec
from aiokafka.errors import KafkaError
from rich.console import Console

from streams.local.apache import ApacheKafka
from streams.local.errors import LocalError
from streams.local.jars import java, kafka_jars
from streams.local.process import Child, Keeper
from streams.workers.records import Outgoing
from tests.bench.cluster import BenchError, Cluster, settings_for
from tests.bench.consolidation import consolidation
from tests.bench.footprint import Footprint
from tests.bench.latency import latency
from tests.bench.machine import this_machine
from tests.bench.plan import FULL, QUICK, Plan
from tests.bench.plot import draw
from tests.bench.prose import records
from tests.bench.race import race
from tests.bench.report import report
from tests.bench.results import Results
from tests.bench.rooms import Rooms

PARTS: Final = ("footprint", "rooms", "race", "consolidation", "latency")
ON_KAFKA: Final = frozenset({"race", "consolidation", "latency"})
EXIT_FAILED: Final = 1
EXIT_INTERRUPTED: Final = 130

_WIDTH: Final = 120
"""Columns where nobody says how many there are, as in a log."""
_ROOMS_S: Final = 1800.0

T = TypeVar("T")


@click.command(epilog="Example: python -m tests.bench --quick --only race --only latency")
@click.option("--quick", is_flag=True, help="A short run: good to see that all works, too short for figures to quote.")
@click.option("--only", "parts", multiple=True, type=click.Choice(PARTS), help="Measure this part; may be repeated.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/bench"),
    show_default=True,
    help="Folder for results.json and results.png.",
)
def main(*, quick: bool, parts: tuple[str, ...], out: Path) -> None:
    """Measure speed side by side, in one run, on one Apache Kafka. Ratios are comparable; figures are the machine's."""
    screen = Console()
    if not screen.is_terminal:
        screen = Console(width=_WIDTH)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A new topic has no leader for a moment, which the client logs again and again while it tries again.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        results = _measure(QUICK if quick else FULL, frozenset(parts or PARTS), screen)
        out.mkdir(parents=True, exist_ok=True)
        (out / "results.json").write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")
        draw(results, out / "results.png")
    except KeyboardInterrupt:
        screen.print("stopped: everything that was started has been ended", style="yellow")
        sys.exit(EXIT_INTERRUPTED)
    except (LocalError, BenchError, KafkaError, OSError) as error:
        screen.print(f"the bench failed: {error}", style="bold red", markup=False)
        sys.exit(EXIT_FAILED)
    screen.print(report(results))
    screen.print(f"written: {out / 'results.json'}, {out / 'results.png'}")


def _measure(plan: Plan, parts: frozenset[str], screen: Console) -> Results:
    if parts & ON_KAFKA:
        java(), kafka_jars()  # What is missing is said before anything is measured.
    machine = this_machine()
    started = time.monotonic()
    found: dict[str, Any] = {}

    def say(what: str) -> None:
        screen.print(f"{time.monotonic() - started:5.0f} s  {what}", style="dim", highlight=False)

    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        if "footprint" in parts:
            say("footprint")
            found["footprint"] = [_apart("footprint", [], Footprint, Path(folder)) for _ in range(plan.rounds)]
        if "rooms" in parts:
            say("rooms")
            found["rooms"] = _apart("rooms", [msgspec.json.encode(plan).decode()], Rooms, Path(folder))
        if parts & ON_KAFKA:
            say("starting Apache Kafka")
            with ApacheKafka() as broker:
                cluster = Cluster(broker.bootstrap, Path(folder))
                found |= asyncio.run(_on_kafka(cluster, plan, parts, say))
    return Results(machine=machine, plan=plan, seconds=time.monotonic() - started, **found)


async def _on_kafka(cluster: Cluster, plan: Plan, parts: frozenset[str], say: Callable[[str], None]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "race" in parts:
        say(f"writing {plan.topic_records} articles onto the topic")
        settings = settings_for(cluster.bootstrap, "race")
        await cluster.prepare(settings)
        await cluster.fill(settings, _outgoing(settings.topic_articles, plan))
        found["race"] = await race(cluster, plan, say)
    if "consolidation" in parts:
        found["consolidation"] = await consolidation(cluster, plan, say)
    if "latency" in parts:
        found["latency"] = await latency(cluster, plan, say)
    return found


def _outgoing(topic: str, plan: Plan) -> Iterator[Outgoing]:
    for number, record in enumerate(records(plan.topic_records, plan.seed, plan.distinct)):
        yield Outgoing(topic=topic, key=None, value=record, spread=number)


def _apart(module: str, arguments: list[str], kind: type[T], folder: Path) -> T:
    """What a module of the bench finds out in a process of its own."""
    log = folder / f"{module}.json"
    log.unlink(missing_ok=True)
    child = Child(module, [sys.executable, "-m", f"tests.bench.{module}", *arguments], log, Keeper())
    child.start()
    with contextlib.ExitStack() as stack:
        stack.callback(child.kill)
        if child.wait(_ROOMS_S) != 0:
            raise BenchError(f"{module} ended with exit code {child.exit_code}. Its log ends with:\n{child.tail()}")
    return msgspec.json.decode(log.read_bytes(), type=kind)


if __name__ == "__main__":
    main()
