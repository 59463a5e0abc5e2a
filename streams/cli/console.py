"""Verb: console."""

import asyncio

import click

from streams.cli import settings_of
from streams.console.server import Console
from streams.settings import Settings
from streams.workers.ledger import Ledger
from streams.workers.process import run_worker, unless


@click.command(epilog="Example: tocsin console --port 8642")
@click.option("--host", default=None, help="Address to bind to; others than loopback need a token or a proxy.")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port; 0: any free one, printed.")
@click.pass_context
def console(ctx: click.Context, host: str | None, port: int | None) -> None:
    """Serve the web page for the people on call: open incidents on a map and in a live list.

    It reads the topics with a consumer of its own, outside of any group: any number can run.
    """
    settings = settings_of(ctx, console_host=host, console_port=port)

    async def work(stop: asyncio.Event) -> None:
        await _serve(settings, stop)

    raise click.exceptions.Exit(run_worker(settings, work))


async def _serve(settings: Settings, stop: asyncio.Event) -> None:
    async with Console(settings, Ledger(settings)) as served:
        click.echo(f"console {served.url}")
        await unless(stop, served.serve())
