"""Verb over the alert topics: watch, as a live table, as lines, or as JSON."""

import contextlib
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from streams.cli import settings_of
from streams.cli.kafka import run_async
from streams.cli.render import COLOUR, alert_line, level_words, place_words, toll_words
from streams.model import AlertEvent, Kind, Phase, Severity
from streams.settings import Settings
from streams.terminal import plain
from streams.workers.tail import Start
from streams.workers.watch import WatchedAlert
from streams.workers.watch import watch as follow

_OVER: Final = (Phase.ALL_CLEAR, Phase.CLOSED, Phase.RETRACTED)
_MOST_ROWS: Final = 500
_KINDS: Final = click.Choice([kind.value for kind in Kind])
_SEVERITIES: Final = click.Choice([severity.value for severity in Severity])
_TABLE_SINCE: Final = timedelta(hours=24)
_CODE_LETTERS: Final = 2
_WIDE: Final = 120
"""Columns of a terminal that has room for everything."""
_FLEXIBLE: Final = (("kinds", 2), ("place", 3), ("headline", 6), ("toll, level", 4))
"""Columns that share what the others leave, and their shares."""
_KIND_WORDS: Final = {Kind.TERROR_ALERT: "terror", Kind.ACTIVE_SHOOTER: "shooter", Kind.LOCKDOWN_ADVISORY: "lockdown"}


class Wanted:
    """The filters of one call: an alert is shown when it meets all that were given."""

    def __init__(self, kinds: tuple[str, ...], severity: str, countries: tuple[str, ...]) -> None:
        self._kinds = frozenset(kinds)
        self._rank = Severity(severity).rank
        self._countries = frozenset(code.upper() for code in countries)

    def __call__(self, event: AlertEvent) -> bool:
        """True when ``event`` is to be shown. What is over is shown whatever its severity, so that ends are seen."""
        code = event.place.country_code if event.place else None
        return (
            (not self._kinds or not self._kinds.isdisjoint(event.kinds))
            and (event.severity.rank >= self._rank or event.status in _OVER)
            and (not self._countries or code in self._countries)
        )


class Board:
    """The newest revision of each incident, as a table: what is under way first, the newest at the top."""

    def __init__(self) -> None:
        self._newest: dict[str, AlertEvent] = {}

    def add(self, event: AlertEvent) -> None:
        """Take in a revision; an older one than is held is left out."""
        held = self._newest.get(event.incident_id)
        if held is None or held.revision < event.revision:
            self._newest.pop(event.incident_id, None)
            self._newest[event.incident_id] = event
        while len(self._newest) > _MOST_ROWS:
            del self._newest[next(iter(self._newest))]

    def rows(self) -> list[AlertEvent]:
        """Active incidents before those that are over, each group by its newest sighting."""
        newest = sorted(self._newest.values(), key=lambda event: event.last_seen_at, reverse=True)
        return sorted(newest, key=lambda event: event.status in _OVER)

    def table(self, width: int, height: int) -> Table:
        """The table, of at most ``height`` rows of one line each; a narrow one leaves out kinds and sources."""
        rows = self.rows()
        shown = rows[: max(1, height)]
        wide = width >= _WIDE
        table = Table(box=None, expand=True, header_style="dim", caption_justify="left")
        table.caption = _caption(len(rows), len(shown))
        for name, ratio in (("seen", None), ("severity", None), ("change", None), *_FLEXIBLE):
            if wide or name != "kinds":
                table.add_column(name, ratio=ratio, no_wrap=True, overflow="ellipsis")
        if wide:
            table.add_column("sources", justify="right", no_wrap=True)
        for event in shown:
            over = event.status in _OVER
            style = "dim" if over else COLOUR[event.severity].replace("bright_", "bold ")
            cells = [
                Text(f"{event.last_seen_at:%m-%d %H:%M}"),
                Text(event.severity, style=style),
                Text(event.change.replace("_", " "), style="green" if over else ""),
                *([Text(", ".join(_KIND_WORDS[kind] for kind in event.kinds))] if wide else []),
                Text(place_words(event.place)),
                Text(plain(event.headline, 200)),
                Text(", ".join([*toll_words(event.casualties), *level_words(event.threat_level)])),
                *([Text(f"{event.sources.independent}/{event.sources.articles}")] if wide else []),
            ]
            table.add_row(*cells, style="dim" if over else "")
        return table


def _caption(held: int, shown: int) -> str:
    if not held:
        return "no alert so far · Ctrl-C ends"
    return f"{held - shown} more do not fit · Ctrl-C ends" if held > shown else "Ctrl-C ends"


def _start(ctx: click.Context, parameter: click.Parameter, value: str | None) -> Start | None:
    del ctx, parameter
    if value is None or value == "beginning":
        return "beginning" if value else None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r}: give RFC 3339, a date, or `beginning`") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _codes(ctx: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    del ctx, parameter
    for code in value:
        if len(code) != _CODE_LETTERS or not code.isascii() or not code.isalpha():
            raise click.BadParameter(f"{code!r}: give the two letters of ISO 3166, such as DK")
    return value


@click.command(
    epilog="Example: tocsin watch --kind active_shooter --country US --since beginning --json | jq .headline"
)
@click.option("--json", "as_json", is_flag=True, help="Print each alert event as published, one per line.")
@click.option("--lines", is_flag=True, help="Print a line per alert on a terminal too, instead of the live table.")
@click.option("--since", "start", callback=_start, metavar="TIME", help="From this time on, or from `beginning`.")
@click.option("--until-end", is_flag=True, help="Stop at what is there now, instead of waiting for more.")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice([kind.value for kind in Kind]),
    multiple=True,
    help="Only this kind; may be repeated.",
)
@click.option(
    "--severity",
    type=click.Choice([severity.value for severity in Severity]),
    default="Minor",
    help="Only this severity or worse.",
)
@click.option(
    "--country",
    "countries",
    multiple=True,
    callback=_codes,
    metavar="CODE",
    help="Only this ISO country; may be repeated.",
)
@click.option("--bell", is_flag=True, help="Ring the terminal's bell for Extreme alerts that notify.")
@click.pass_context
def watch(
    ctx: click.Context,
    *,
    as_json: bool,
    lines: bool,
    start: Start | None,
    until_end: bool,
    kinds: tuple[str, ...],
    severity: str,
    countries: tuple[str, ...],
    bell: bool,
) -> None:
    """Follow the alert topics, each alert once: a live table on a terminal, lines into a pipe. Ctrl-C ends.

    Without --since the table begins with the last 24 hours, and lines with what comes next.
    """
    wanted = Wanted(kinds, severity, countries)
    live = sys.stdout.isatty() and not (as_json or lines or until_end)
    begin = start or (datetime.now(UTC) - _TABLE_SINCE if live else "end")

    async def work(settings: Settings) -> None:
        with _shown_live() if live else contextlib.nullcontext(_Lines(as_json=as_json)) as screen:
            async for alert in follow(settings, begin, until_end=until_end):
                if not wanted(alert.event):
                    continue
                screen.show(alert)
                if bell and alert.event.notify and alert.event.severity is Severity.EXTREME:
                    click.echo("\a", nl=False, err=True)

    run_async(settings_of(ctx), work)


class _Lines:
    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def show(self, alert: WatchedAlert) -> None:
        click.echo(alert.value if self._as_json else alert_line(alert.event))


class _Screen:
    def __init__(self, live: Live) -> None:
        self._live = live
        self._board = Board()
        self._draw()

    def show(self, alert: WatchedAlert) -> None:
        self._board.add(alert.event)
        self._draw()

    def _draw(self) -> None:
        size = shutil.get_terminal_size()
        self._live.update(self._board.table(size.columns, size.lines - 4), refresh=True)


@contextlib.contextmanager
def _shown_live() -> Iterator[_Screen]:
    with Live(console=Console(), auto_refresh=False, screen=True) as live:
        screen = _Screen(live)
        yield screen
