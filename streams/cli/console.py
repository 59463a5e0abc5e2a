"""Verb: console."""

import asyncio

import click

from streams.cli import settings_of
from streams.console.work import work
from streams.workers.process import run_worker


@click.command(epilog="Example: tocsin console --port 8642")
@click.option("--host", default=None, help="Address to bind to; others than loopback need a token or a proxy.")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port; 0: any free one, printed.")
@click.pass_context
def console(ctx: click.Context, host: str | None, port: int | None) -> None:
    """Serve the web page for the people on call: open incidents on a map and in a live list.

    It reads the topics with a consumer of its own, outside of any group: any number can run. Its metrics are served
    apart from the page, as those of the workers are.
    """
    settings = settings_of(ctx, console_host=host, console_port=port)
    refused: list[OSError] = []

    async def serve(stop: asyncio.Event) -> None:
        try:
            await work(settings, stop, lambda url: click.echo(f"console {url}"))
        except OSError as error:
            refused.append(error)

    code = run_worker(settings, serve)
    if refused:
        address = f"{settings.console_host}:{settings.console_port}"
        raise click.ClickException(
            f"cannot serve on {address} ({refused[0].strerror}): choose another --host or --port"
            f"{'' if settings.metrics_port == 0 else ', or another metrics_port'}"
        )
    raise click.exceptions.Exit(code)
