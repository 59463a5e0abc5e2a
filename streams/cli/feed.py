"""Verb: feed. Articles of RSS, Atom and JSON feeds onto the article topic."""

import importlib
from pathlib import Path

import click

from streams.cli import settings_of
from streams.outlets.tables import ConfigFileError


@click.command(epilog="Example: tocsin feed --config feeds.toml")
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="TOML file with the feeds.",
)
@click.option("--check", is_flag=True, help="Only see that the file is sound.")
@click.pass_context
def feed(ctx: click.Context, file: Path, *, check: bool) -> None:
    """Look at feeds, politely, and publish each new article once.

    Needs the extra `feed`.
    """
    try:
        config_room = importlib.import_module("streams.feed.config")
        worker = importlib.import_module("streams.workers.feed")
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is not installed: install tocsin[feed]") from None
    try:
        config = config_room.load_feeds(file)
    except ConfigFileError as error:
        raise click.UsageError(str(error)) from None
    settings = settings_of(ctx)
    if check:
        click.echo(f"{file} is sound: {len(config.feeds)} feed(s)")
        return
    raise click.exceptions.Exit(worker.run(settings, config))
