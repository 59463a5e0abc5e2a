"""Verbs that speak to Kafka: topics, worker and produce."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import click
from aiokafka.errors import KafkaError

from streams.cli import EXIT_FAILED, settings_of
from streams.cli.lines import STDIN, progress, read_lines
from streams.settings import Settings
from streams.workers import consolidate as consolidation
from streams.workers import triage as triaging
from streams.workers.admin import AdminError, apply_topics, plan_topics
from streams.workers.connection import ConnectionSettingsError, await_brokers
from streams.workers.process import configure_logging
from streams.workers.produce import produce as send

T = TypeVar("T")


def run_async(settings: Settings, work: Callable[[Settings], Awaitable[T]]) -> T:
    """Wait for a broker, run ``work``, and turn what brokers and settings may do wrong into one line and exit 1."""

    async def main() -> T:
        await await_brokers(settings)
        return await work(settings)

    configure_logging(settings)
    with kafka_errors():
        return asyncio.run(main())


@contextlib.contextmanager
def kafka_errors() -> Iterator[None]:
    """Turn errors of the Kafka edge into a message and exit 1 (2 for settings)."""
    try:
        yield
    except ConnectionSettingsError as error:
        raise click.UsageError(str(error)) from error
    except AdminError as error:
        raise click.ClickException(str(error)) from error
    except KafkaError as error:
        raise click.ClickException(f"the brokers refuse: {error!r}: see their logs and `tocsin config show`") from error


@click.group(epilog="Example: tocsin topics plan")
def topics() -> None:
    """Show, then make, the topics that are missing or differ."""


@topics.command(epilog="Example: TOCSIN_REPLICATION_FACTOR=3 tocsin topics plan")
@click.pass_context
def plan(ctx: click.Context) -> None:
    """Show how the topics on the brokers differ from the settings. Changes nothing."""
    differences = run_async(settings_of(ctx), plan_topics)
    for difference in differences:
        click.echo(str(difference))
    if not differences:
        click.echo("every topic is as it should be")


@topics.command(epilog="Example: tocsin topics apply")
@click.pass_context
def apply(ctx: click.Context) -> None:
    """Make the topics that are missing, add partitions and set configuration. Never removes anything."""
    for difference in run_async(settings_of(ctx), apply_topics):
        click.echo(f"done: {difference}")


@click.group(epilog="Example: tocsin worker triage")
def worker() -> None:
    """Run one worker; run as many as wanted. SIGTERM drains, commits and leaves the group."""


@worker.command(epilog="Example: TOCSIN_METRICS_PORT=9101 tocsin worker triage")
@click.pass_context
def triage(ctx: click.Context) -> None:
    """Read articles; publish sightings, suppressions and dead letters."""
    raise click.exceptions.Exit(triaging.run(settings_of(ctx)))


@worker.command(epilog="Example: TOCSIN_METRICS_PORT=9102 tocsin worker consolidate")
@click.pass_context
def consolidate(ctx: click.Context) -> None:
    """Fold sightings into incidents; publish every revision."""
    raise click.exceptions.Exit(consolidation.run(settings_of(ctx)))


@click.command(epilog="Example: zcat yesterday.jsonl.gz | tocsin produce - --rate 500")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1)
@click.option("--rate", type=click.FloatRange(min=0.001), metavar="N", help="Lines per second; default: no limit.")
@click.pass_context
def produce(ctx: click.Context, files: tuple[Path, ...], *, rate: float | None) -> None:
    """Send the article lines of FILES (or stdin) to the article topic, as they are."""
    with progress("produce") as done:
        lines = (line.rstrip(b"\r\n") for line in read_lines(files or (STDIN,)))
        sent = run_async(
            settings_of(ctx),
            lambda settings: send(settings, lines, rate=rate, progress=lambda so_far: done(so_far.lines)),
        )
    refused = f", {sent.refused} refused by the brokers for their size" if sent.refused else ""
    keyless = f", {sent.keyless} without a readable id" if sent.keyless else ""
    click.echo(f"{sent.lines} lines sent{keyless}{refused}", err=True)
    if sent.refused:
        raise click.exceptions.Exit(EXIT_FAILED)
