"""Verbs over the settings: config check and config show."""

import click

from streams.cli import settings_of
from streams.settings import PREFIX, Settings


@click.group(epilog="Example: tocsin config check")
def config() -> None:
    """Check or show the settings: flags over TOCSIN_… variables over the file given with --config."""


@config.command(epilog="Example: TOCSIN_METRICS_PORT=9100 tocsin config check")
@click.pass_context
def check(ctx: click.Context) -> None:
    """List every fault of the configuration at once; exit 2 when there are any."""
    settings_of(ctx)
    click.echo("the configuration is sound")


@config.command(epilog="Example: tocsin config show")
@click.pass_context
def show(ctx: click.Context) -> None:
    """Print every setting with its value and meaning. Secrets are masked."""
    settings = settings_of(ctx)
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        click.echo(f"# {field.description}\n{PREFIX}{name.upper()}={'' if value is None else value}")
