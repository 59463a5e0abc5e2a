"""Verbs on this machine: a local broker, and everything in one go."""

from pathlib import Path
from typing import cast

import click

from streams.cli import settings_of
from streams.cli.kafka import kafka_errors
from streams.cli.lines import STDIN, read_lines
from streams.cli.render import alert_line
from streams.local import SAMPLES
from streams.local.broker import Engine, new_broker, serve
from streams.local.errors import LocalError
from streams.local.up import up as run_everything

_FILE = click.Path(path_type=Path)


@click.command(epilog="Example: tocsin broker --engine kafka --nodes 3")
@click.option("--engine", type=click.Choice(["tansu", "kafka"]), default="tansu", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the first node; 0: any free one.")
@click.option("--nodes", type=click.Choice(["1", "3"]), default="1", show_default=True, help="Three only with kafka.")
@click.option("--folder", type=_FILE, help="Where it keeps data and logs; default: a temporary folder.")
@click.pass_context
def broker(ctx: click.Context, *, engine: str, port: int, nodes: str, folder: Path | None) -> None:
    """Run a local broker until Ctrl-C; prints one line `ready HOST:PORT` when it serves.

    `tansu` is embedded and keeps all in memory; `kafka` is Apache Kafka and needs Java and, once, Maven.
    """
    settings = settings_of(ctx)
    try:
        made = new_broker(
            cast("Engine", engine), nodes=int(nodes), folder=folder, port=port, data_dir=settings.data_dir
        )
        serve(made, click.echo)
    except LocalError as error:
        raise click.ClickException(str(error)) from error


@click.command(epilog="Example: tocsin up --samples")
@click.option("--samples", is_flag=True, help="Play the sample articles that come with Tocsin.")
@click.option("--play", type=_FILE, multiple=True, metavar="FILE", help="Play these article lines.")
@click.option("--rate", type=click.FloatRange(min=0.001), metavar="N", help="Articles per second; default: no limit.")
@click.option("--exit-after-play", is_flag=True, help="Stop when all that was played has gone the whole way.")
@click.pass_context
def up(ctx: click.Context, *, samples: bool, play: tuple[Path, ...], rate: float | None, exit_after_play: bool) -> None:
    """Run everything: a broker (unless a bootstrap address is set), topics, workers, metrics; print each alert."""
    if STDIN in play:
        raise click.UsageError("--play reads files: for a pipe, leave `tocsin up` running and use `tocsin produce -`")
    files = (*((SAMPLES,) if samples else ()), *play)
    lines = (line.rstrip(b"\r\n") for line in read_lines(files)) if files else None
    try:
        with kafka_errors():
            run_everything(
                settings_of(ctx), alert_line, play=lines, rate=rate, exit_after_play=exit_after_play and bool(files)
            )
    except LocalError as error:
        raise click.ClickException(str(error)) from error
