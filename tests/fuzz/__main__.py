"""The command: fuzzes the analysis and prints counts and worst times."""

import gc
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Final

import click
import msgspec

from streams.analysis import Analyst
from streams.local import SAMPLES
from streams.model import Article
from tests.fuzz.run import GIANT_MS, GIANT_SIZES, LIMIT_MS, fuzz, grow
from tests.fuzz.texts import articles, giants

EXIT_FAILED: Final = 1
_SHOWN: Final = 5


def samples(path: Path = SAMPLES) -> list[Article]:
    """The sample articles that the texts are made of."""
    return [msgspec.json.decode(line, type=Article) for line in path.read_bytes().splitlines() if line.strip()]


@click.command(epilog="Example: python -m tests.fuzz --count 100000 --seed 7")
@click.option("--count", default=10_000, show_default=True, type=click.IntRange(min=1), help="Texts to read.")
@click.option("--seed", default=7, show_default=True, help="Decides about every text.")
def main(*, count: int, seed: int) -> None:
    """Read COUNT broken texts and some giants; exit 1 where one raises, is slow, or grows faster than its length."""
    started = time.monotonic()
    analyst, base = Analyst(), samples()
    # As the triage worker does: a collection that goes through the gazetteer would be counted against some text.
    gc.collect()
    gc.freeze()
    report = fuzz(analyst, islice(articles(base, seed), count))
    click.echo(f"texts {report.texts}, seed {seed}, of them alerts {report.alerts}")
    click.echo(f"raised {len(report.raised)}")
    for text in report.raised[:_SHOWN]:
        click.echo(text)
    click.echo(
        f"ms each: mean {report.mean_ms:.2f}, worst {report.worst_ms:.1f}; over {LIMIT_MS:g}: {len(report.slow)}"
    )
    for article in report.slow[:_SHOWN]:
        click.echo(repr(article)[:2000])
    click.echo("ms by characters".ljust(24) + "".join(f"{size:>10,}" for size in GIANT_SIZES))
    heavy = False
    for giant in grow(analyst, giants(base)):
        click.echo(giant.name.ljust(24) + "".join(f"{spent:>10.1f}" for spent in giant.times_ms))
        heavy |= giant.times_ms[-1] > GIANT_MS
    click.echo(f"seconds {time.monotonic() - started:.0f}")
    if report.raised or report.slow or heavy:
        sys.exit(EXIT_FAILED)


if __name__ == "__main__":
    main()
