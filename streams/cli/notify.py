"""Verb: notify. Alerts to receivers outside of Kafka."""

import asyncio
from pathlib import Path

import click

from streams.cli import settings_of
from streams.outlets.config import NotifyConfig, load_notify
from streams.outlets.outlet import outlet_faults
from streams.outlets.tables import ConfigFileError
from streams.workers.notify import run
from streams.workers.rounds import utc_now


@click.command(epilog="Example: tocsin notify --config notify.toml")
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="TOML file with receivers, routes and quiet hours.",
)
@click.option("--check", is_flag=True, help="Only see that the file and the secrets it names are sound.")
@click.pass_context
def notify(ctx: click.Context, file: Path, *, check: bool) -> None:
    """Tell receivers of alerts: webhooks, Alertmanager, PagerDuty, CAP files, chats and mail.

    Each receiver is told of every alert that its routes lead to it at least once, and in order. A repeated alert has
    the same id.
    """
    config = load_config(file)
    settings = settings_of(ctx)
    if check:
        click.echo(f"{file} is sound: {len(config.receivers)} receiver(s), {len(config.routes)} route(s)")
        return
    raise click.exceptions.Exit(run(settings, config))


def load_config(file: Path) -> NotifyConfig:
    """The notifier's configuration; exits with 2 and every fault when there are any."""
    try:
        config = load_notify(file)
    except ConfigFileError as error:
        raise click.UsageError(str(error)) from None
    if faults := asyncio.run(outlet_faults(config.receivers, utc_now)):
        raise click.UsageError(str(ConfigFileError(file, faults)))
    return config
