"""The command: runs the workers at a share of their capacity, and says whether they stayed as they were."""

import asyncio
import contextlib
import logging
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import click
import msgspec
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Table

from streams.local.apache import ApacheKafka
from streams.local.errors import LocalError
from streams.local.jars import java, kafka_jars
from tests.bench.cluster import BenchError, Cluster
from tests.soak.picture import draw
from tests.soak.run import BROKER, Plan, Soak, soak
from tests.soak.verdict import Finding, findings

EXIT_FAILED: Final = 1
EXIT_INTERRUPTED: Final = 130
_WIDTH: Final = 120


@click.command(epilog="Example: python -m tests.soak --minutes 60")
@click.option("--minutes", default=60.0, show_default=True, type=click.FloatRange(min=0.5), help="Length of the run.")
@click.option("--every", "every_s", default=10.0, show_default=True, type=float, help="Seconds between two looks.")
@click.option("--share", default=0.5, show_default=True, type=click.FloatRange(0.01, 1.0), help="Of the capacity.")
@click.option("--rate", type=click.FloatRange(min=1.0), help="Articles a second; the capacity is not measured then.")
@click.option("--capacity-for", "capacity_s", default=30.0, show_default=True, help="Seconds to measure it.")
@click.option("--growth", default=0.05, show_default=True, help="Share by which memory may grow after the warm-up.")
@click.option("--seed", default=17, show_default=True, help="Decides about every article.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/soak"),
    show_default=True,
    help="Folder for results.json, results.png and the workers' logs.",
)
def main(
    *,
    minutes: float,
    every_s: float,
    share: float,
    rate: float | None,
    capacity_s: float,
    growth: float,
    seed: int,
    out: Path,
) -> None:
    """Run the workers at a steady rate on one Apache Kafka; exit 1 where memory, descriptors or lag grew."""
    screen = Console()
    if not screen.is_terminal:
        screen = Console(width=_WIDTH)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A new topic has no leader for a moment, which the client logs again and again while it tries again.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    plan = Plan(minutes=minutes, every_s=every_s, capacity_s=capacity_s, share=share, rate=rate, seed=seed)
    out.mkdir(parents=True, exist_ok=True)
    try:
        found = _run(plan, out, screen)
        (out / "results.json").write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
        judged = findings(found.samples, plan.warm_up_s, growth=growth, rate=found.rate)
        draw(found.samples, plan.warm_up_s, _title(found), out / "results.png")
    except KeyboardInterrupt:
        screen.print("stopped: everything that was started has been ended", style="yellow")
        sys.exit(EXIT_INTERRUPTED)
    except (LocalError, BenchError, KafkaError, OSError, TimeoutError, ValueError) as error:
        screen.print(f"the soak failed: {error}", style="bold red", markup=False)
        sys.exit(EXIT_FAILED)
    screen.print(_table(judged, _title(found)))
    faults = _faults(found)
    for fault in faults:
        screen.print(fault, style="bold red")
    good = not faults and all(each.flat for each in judged)
    screen.print("verdict: flat" if good else "verdict: NOT flat", style="bold")
    screen.print(f"written: {out / 'results.json'}, {out / 'results.png'}")
    sys.exit(0 if good else EXIT_FAILED)


def _run(plan: Plan, out: Path, screen: Console) -> Soak:
    java(), kafka_jars()  # What is missing is said before anything is measured.
    started = time.monotonic()

    def say(what: str) -> None:
        screen.print(f"{time.monotonic() - started:5.0f} s  {what}", style="dim", highlight=False)

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-soak-")))
        say("starting Apache Kafka")
        broker = stack.enter_context(ApacheKafka(folder=folder, config=BROKER))
        return asyncio.run(soak(Cluster(broker.bootstrap, out), plan, say))


def _title(found: Soak) -> str:
    capacity = "" if found.capacity is None else f" of {found.capacity:,.0f}"
    return (
        f"{found.rate:,.0f}{capacity} articles/s for {found.plan.minutes:g} min, {found.sent:,} articles, "
        f"{found.event_days / 365.25:.1f} years of event time, commit {found.machine.commit}"
    )


def _table(judged: list[Finding], title: str) -> Table:
    table = Table(title=title, title_justify="left", caption="medians of the first and last fifth after the warm-up")
    for name in ("worker", "what", "first", "last", "change", "most", "limit", ""):
        table.add_column(name, justify="left" if name in ("worker", "what", "") else "right")
    for each in judged:
        change = f"{each.last / each.first - 1:+.1%}" if each.first else "-"
        row = (f"{each.first:,.0f}", f"{each.last:,.0f}", change, f"{each.most:,.0f}", f"{each.limit:,.0f}")
        table.add_row(each.worker, each.what, *row, "flat" if each.flat else "GREW")
    return table


def _faults(found: Soak) -> list[str]:
    """What is wrong besides growth: records that are left, articles not accounted for, workers that ended badly."""
    faults = []
    if found.left:
        faults.append(f"{found.left} records were not dealt with in the end")
    if sum(found.outcomes.values()) != found.sent:
        faults.append(f"{found.sent} articles were sent, but triage counted {found.outcomes}")
    if found.outcomes.get("dead_letter"):
        faults.append(f"{found.outcomes['dead_letter']} dead letters of articles that are all well made")
    faults += [f"{name} ended with exit code {code}" for name, code in found.exit_codes.items() if code != 0]
    held_s = found.samples[-1].held_s
    if held_s:
        faults.append(f"the producer held back for {held_s:.0f} s, because triage did not keep up")
    return faults


if __name__ == "__main__":
    main()
