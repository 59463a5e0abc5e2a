"""Verbs over incidents: list them as they stood at a time, and tell one's history."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from streams.cli import settings_of
from streams.cli.kafka import run_async
from streams.cli.lines import read_lines
from streams.cli.render import alert_line
from streams.console.history import changes
from streams.model import AlertEvent, Phase
from streams.settings import Settings
from streams.terminal import plain
from streams.workers.watch import watch

_ALERT = msgspec.json.Decoder(AlertEvent)
_FROM = click.option(
    "--alerts",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Alert events of `tocsin replay --alerts`; default: the alert topics.",
)


def standing(events: Iterable[AlertEvent], at: datetime | None, place: str | None) -> list[AlertEvent]:
    """The newest revision of each incident as known at ``at`` (event time; None: now), the newest first.

    ``place`` keeps those whose place has that name, region or country (a name or an ISO code), whatever its case.
    """
    newest: dict[str, AlertEvent] = {}
    for event in events:
        held = newest.get(event.incident_id)
        if (at is None or event.last_seen_at <= at) and (held is None or held.revision < event.revision):
            newest[event.incident_id] = event
    wanted = place.casefold() if place else None
    kept = [event for event in newest.values() if wanted is None or wanted in _names(event)]
    return sorted(kept, key=lambda event: (event.last_seen_at, event.incident_id), reverse=True)


def _names(event: AlertEvent) -> set[str]:
    where = event.place
    names = (where.name, where.admin1, where.country, where.country_code) if where else ()
    return {name.casefold() for name in names if name}


def _moment(ctx: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    del ctx, parameter
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r}: give RFC 3339 or a date") from None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


@click.command(epilog="Example: tocsin incidents --place FI --at 2026-11-20T09:00:00Z")
@click.option("--at", callback=_moment, metavar="TIME", help="As they stood then, by the times of the articles.")
@click.option("--place", metavar="NAME", help="Only those in this city, region or country (name or ISO code).")
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the newest revision of each as JSON, one per line.")
@_FROM
@click.pass_context
def incidents(
    ctx: click.Context,
    *,
    at: datetime | None,
    place: str | None,
    everything: bool,
    as_json: bool,
    alerts: Path | None,
) -> None:
    """List incidents that are under way, the newest first."""
    found = [event for event in standing(_events(ctx, alerts), at, place) if everything or event.status is Phase.ACTIVE]
    for event in found:
        click.echo(msgspec.json.encode(event) if as_json else alert_line(event))
    if not found and not as_json:
        click.echo("no incident" if everything else "no incident is under way", err=True)


@click.command(epilog="Example: tocsin history fi-20261120-e857908fdcb93549")
@click.argument("incident_id", metavar="INCIDENT")
@click.option("--json", "as_json", is_flag=True, help="Print each revision as JSON, one per line.")
@_FROM
@click.pass_context
def history(ctx: click.Context, incident_id: str, *, as_json: bool, alerts: Path | None) -> None:
    """Tell the story of one incident: its revisions, what each changed, and the quotes behind it."""
    revisions = {event.revision: event for event in _events(ctx, alerts) if event.incident_id == incident_id}
    events = [revisions[number] for number in sorted(revisions)]
    if not events:
        raise click.ClickException(f"no revision of {incident_id!r} is there: `tocsin incidents --all` lists them")
    quoted: set[str] = set()
    for event, changed in zip(events, changes(events), strict=True):
        if as_json:
            click.echo(msgspec.json.encode(event))
            continue
        click.echo(alert_line(event))
        click.echo(f"    {event.reason}, by {plain(event.trigger.source) or '?'}: “{plain(event.trigger.title, 160)}”")
        for each in changed:
            click.echo(f"    {each.field}: {each.before or '–'} → {each.after or '–'}")
        for evidence in event.evidence:
            if evidence.article_id == event.trigger.article_id and evidence.quote not in quoted:
                quoted.add(evidence.quote)
                click.secho(f"    “{plain(evidence.quote, 200)}” ({evidence.field})", dim=True)


def _events(ctx: click.Context, file: Path | None) -> list[AlertEvent]:
    if file is None:
        return run_async(settings_of(ctx), _held)
    try:
        return [_ALERT.decode(line) for line in read_lines([file])]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}: give the output of `tocsin replay --alerts`") from error


async def _held(settings: Settings) -> list[AlertEvent]:
    return [alert.event async for alert in watch(settings, "beginning", until_end=True)]
