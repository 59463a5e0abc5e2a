"""Screen: what `tocsin up` shows: alerts as they come and, on a terminal, live counters below them."""

import logging
import sys
from collections.abc import Callable
from typing import Protocol, Self

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from streams.local.counters import Counters
from streams.model import AlertEvent
from streams.terminal import plain

Render = Callable[[AlertEvent], str]
"""Makes one line of an alert; it may be coloured with ANSI sequences, and must make the article's words inert."""


class Screen(Protocol):
    """Where `tocsin up` speaks. A context manager, for a terminal must be left as it was."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *details: object) -> None: ...

    def note(self, text: str) -> None:
        """Say something about the run itself."""

    def alert(self, event: AlertEvent) -> None:
        """Show one alert."""

    def count(self, counters: Counters, active: int) -> None:
        """Show the newest totals, and how many incidents are active."""


class PlainScreen:
    """For pipes and files: one line per alert on stdout, everything else on stderr, and no counters."""

    def __init__(self, render: Render) -> None:
        self._render = render

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        del details

    def note(self, text: str) -> None:
        """One line on stderr."""
        click.echo(text, err=True)

    def alert(self, event: AlertEvent) -> None:
        """One line on stdout, without colour."""
        click.echo(self._render(event))

    def count(self, counters: Counters, active: int) -> None:
        """Nothing: whoever reads a pipe asks /metrics."""
        del counters, active


class LiveScreen:
    """For a terminal: alerts scroll by above one line of counters that is always current."""

    def __init__(self, render: Render, console: Console | None = None) -> None:
        self._render = render
        self._console = console or Console(highlight=False)
        self._live = Live(console=self._console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        self.count(Counters(), 0)
        return self

    def __exit__(self, *details: object) -> None:
        del details
        self._live.stop()

    def note(self, text: str) -> None:
        """A dim line."""
        self._console.print(Text(text, style="dim"))

    def alert(self, event: AlertEvent) -> None:
        """One line (or as many as the terminal's width asks for), in the colours of its severity."""
        self._console.print(Text.from_ansi(self._render(event)))

    def count(self, counters: Counters, active: int) -> None:
        """Draw the counters anew."""
        row = Table.grid(padding=(0, 2))
        cells = (
            ("articles", counters.articles, "bold"),
            ("sightings", counters.sightings, "bold"),
            ("suppressed", counters.suppressed, "bold"),
            ("dead letters", counters.dead_letters, "bold red" if counters.dead_letters else "bold"),
            ("alerts", counters.alerts, "bold"),
            ("active", active, "bold yellow" if active else "bold"),
            ("lag", counters.lag, "bold"),
        )
        row.add_row(*(Text.assemble((f"{value:,}", style), " ", (name, "dim")) for name, value, style in cells))
        self._live.update(row, refresh=True)


class Notes(logging.Handler):
    """Shows what is logged in this process on the screen, so that nothing writes across the counters."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.WARNING)
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        """Show one record on one inert line."""
        self._screen.note(plain(f"{record.levelname.lower()}: {record.getMessage()}"))


def new_screen(render: Render) -> Screen:
    """The screen that fits standard output."""
    return LiveScreen(render) if sys.stdout.isatty() else PlainScreen(render)
