"""The command: one chaos run, its tables, and an exit code that says whether all was kept."""

import asyncio
import logging
import signal
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.console import Console

from streams.local.errors import LocalError
from tests.chaos.report import report
from tests.chaos.run import Plan, run
from tests.chaos.schedule import Fault

EXIT_FAILED: Final = 1
EXIT_INTERRUPTED: Final = 130
_WIDTH: Final = 120


@click.command(epilog="Example: python -m tests.chaos --seed 7 --worker-kills 50 --broker-kills 10 --minutes 25")
@click.option("--seed", type=int, default=1, show_default=True, help="Draws the articles and the schedule.")
@click.option("--rate", type=float, default=2000.0, show_default=True, help="Articles a second.")
@click.option("--minutes", type=float, default=4.0, show_default=True, help="How long faults strike.")
@click.option("--worker-kills", type=int, default=6, show_default=True, help="SIGKILL a worker.")
@click.option("--worker-stops", type=int, default=2, show_default=True, help="SIGTERM a worker.")
@click.option("--worker-freezes", type=int, default=2, show_default=True, help="SIGSTOP beyond the session timeout.")
@click.option("--worker-changes", type=int, default=1, show_default=True, help="Add a worker, and remove it later.")
@click.option("--broker-kills", type=int, default=2, show_default=True, help="SIGKILL a broker.")
@click.option("--broker-rolls", type=int, default=1, show_default=True, help="Restart one broker after the other.")
@click.option("--broker-cuts", type=int, default=1, show_default=True, help="Cut a broker off the network.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder that keeps logs, the brokers' data and result.json; without it they are thrown away.",
)
def main(
    *,
    seed: int,
    rate: float,
    minutes: float,
    worker_kills: int,
    worker_stops: int,
    worker_freezes: int,
    worker_changes: int,
    broker_kills: int,
    broker_rolls: int,
    broker_cuts: int,
    out: Path | None,
) -> None:
    """Let machines die under a steady load on three Apache Kafka nodes, then judge what the topics hold."""
    counts = {
        Fault.WORKER_KILL: worker_kills,
        Fault.WORKER_STOP: worker_stops,
        Fault.WORKER_FREEZE: worker_freezes,
        Fault.WORKER_ADD: worker_changes,
        Fault.WORKER_REMOVE: worker_changes,
        Fault.BROKER_KILL: broker_kills,
        Fault.BROKER_ROLL: broker_rolls,
        Fault.BROKER_CUT: broker_cuts,
    }
    screen = Console()
    if not screen.is_terminal:
        screen = Console(width=_WIDTH)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    began = time.monotonic()

    def say(text: str) -> None:
        screen.print(f"{time.monotonic() - began:7.1f} s  {text}", markup=False, highlight=False)

    plan = Plan(seed=seed, rate=rate, length_s=60 * minutes, counts=counts)
    try:
        with nullcontext(str(out)) if out else tempfile.TemporaryDirectory(prefix="tocsin-chaos-") as name:
            folder = Path(name)
            folder.mkdir(parents=True, exist_ok=True)
            result = asyncio.run(run(plan, folder, say))
            if out is not None:
                (out / "result.json").write_bytes(msgspec.json.format(msgspec.json.encode(result)) + b"\n")
    except KeyboardInterrupt:
        say("stopped: everything that was started has been ended")
        sys.exit(EXIT_INTERRUPTED)
    except (LocalError, TimeoutError) as error:
        say(f"the run could not be made: {error!r}")
        sys.exit(EXIT_FAILED)
    screen.print(report(result))
    sys.exit(0 if result.passed else EXIT_FAILED)


if __name__ == "__main__":
    main()
