"""Verb over orders: what an operator has the pipeline do to incidents, from a terminal."""

import getpass
from datetime import UTC, datetime

import click
import msgspec

from streams.cli import settings_of
from streams.cli.kafka import run_async
from streams.console.orders import Order, OrderError, command_from
from streams.console.words import reason_words
from streams.model.command import Command
from streams.model.desk import Desk
from streams.model.kinds import CommandAction
from streams.settings import Settings
from streams.terminal import plain
from streams.workers.ordering import commands, give_order
from streams.workers.tail import tail

_BY = click.option("--by", metavar="NAME", help="Who orders it; default: who is logged in here.")
_REASON = click.option("--reason", required=True, metavar="TEXT", help="Why: the next on call will ask.")
_WAIT = click.option(
    "--wait", type=click.FloatRange(min=0), default=15.0, show_default=True, metavar="S", help="Wait so long for it."
)


@click.group(epilog='Example: tocsin orders merge INCIDENT OTHER --reason "one market, two gates"')
def orders() -> None:
    """Merge and split incidents, take it back, and list what was ordered.

    An order is a record that the pipeline carries out or refuses with a reason. Exits with 1 where it was refused, or
    not answered in time.
    """


@orders.command(epilog='Example: tocsin orders merge fi-20261120-e8 fi-20261120-0c --by Ines --reason "same school"')
@click.argument("incident")
@click.argument("other")
@_BY
@_REASON
@_WAIT
@click.pass_context
def merge(ctx: click.Context, *, incident: str, other: str, by: str | None, reason: str, wait: float) -> None:
    """Make two incidents of one country one: the one heard of first lives on, the other points to it."""
    _give(ctx, Order(action="merge", incident_id=incident, target=other, reason=reason), by, wait)


@orders.command(epilog='Example: tocsin orders split fi-20261120-e8 art-17 art-21 --reason "another town"')
@click.argument("incident")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@_BY
@_REASON
@_WAIT
@click.pass_context
def split(
    ctx: click.Context, *, incident: str, articles: tuple[str, ...], by: str | None, reason: str, wait: float
) -> None:
    """Take articles, named by their ids, out of an incident: they make one of their own."""
    _give(ctx, Order(action="split", incident_id=incident, article_ids=articles, reason=reason), by, wait)


@orders.command(
    epilog='Example: tocsin orders undo 7b0d9e36-1f0e-4f5c-8f0a-2f4f3d1f7c55 --reason "two schools after all"'
)
@click.argument("order_id", metavar="ORDER")
@_BY
@_REASON
@_WAIT
@click.pass_context
def undo(ctx: click.Context, *, order_id: str, by: str | None, reason: str, wait: float) -> None:
    """Take a merge or a split back, named by the id that it was given with."""
    found = run_async(settings_of(ctx), lambda settings: _order(settings, order_id))
    if found is None:
        raise click.ClickException(f"there is no merge or split {order_id!r}: `tocsin orders list` shows them")
    _give(ctx, Order(action="undo", incident_id=found.incident_id, target=order_id, reason=reason), by, wait)


@orders.command("list", epilog="Example: tocsin orders list --json | jq .by")
@click.option("--json", "as_json", is_flag=True, help="Print every command as JSON, one per line.")
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """List what was ordered, the newest first, and what became of it."""
    given = sorted(run_async(settings_of(ctx), _all), key=lambda each: (each.at, each.id), reverse=True)
    desk = Desk(given)
    for each in given:
        if as_json:
            click.echo(msgspec.json.encode(each))
        elif each.action not in (CommandAction.HONOUR, CommandAction.REFUSE):
            click.echo(_line(each, desk))
    if not given and not as_json:
        click.echo("nobody has ordered anything", err=True)


def _give(ctx: click.Context, order: Order, by: str | None, wait: float) -> None:
    name = plain(by if by is not None else getpass.getuser(), 60)
    if not name:
        raise click.UsageError("--by: say who orders it")
    try:
        command = command_from(order, name, datetime.now(UTC))
    except OrderError as error:
        raise click.UsageError(str(error)) from error
    if command.action is not CommandAction.UNDO:
        _look_up(ctx, [each for each in (command.incident_id, command.target) if each])
    click.echo(f"order {command.id}")
    answer = run_async(settings_of(ctx), lambda settings: give_order(settings, command, wait))
    if answer is None:
        raise click.ClickException(f"no answer within {wait:g} s: it stays ordered, see `tocsin orders list`")
    if answer.action is CommandAction.REFUSE:
        raise click.ClickException(f"refused: {reason_words(answer.reason)}")
    click.echo(f"{answer.reason}: {plain(answer.incident_id or '')}{_made(answer)}")


def _look_up(ctx: click.Context, incidents: list[str]) -> None:
    """Find slips of the pen before they are ordered: the pipeline can only say that it knows no such incident."""
    known = run_async(settings_of(ctx), _incidents)
    for each in incidents:
        if each not in known:
            raise click.ClickException(f"there is no incident {each!r}: `tocsin incidents --all` lists them")


def _line(order: Command, desk: Desk) -> str:
    about = (order.incident_id, order.target, *order.article_ids)
    head = f"{order.at:%Y-%m-%d %H:%M}Z {order.action:11} {plain(order.by, 60)}: {plain(order.reason, 160) or '–'}"
    return " · ".join([head, *(plain(each, 80) for each in about if each), *_became(order, desk), plain(order.id, 80)])


def _became(order: Command, desk: Desk) -> list[str]:
    if not order.rearranges:
        return []
    answer = desk.answer(order.id)
    if answer is None:
        return ["under way"]
    return [f"{'refused: ' if answer.action is CommandAction.REFUSE else ''}{plain(answer.reason, 60)}{_made(answer)}"]


def _made(answer: Command) -> str:
    return f", {plain(answer.made)}" if answer.made else ""


async def _all(settings: Settings) -> list[Command]:
    return [each async for each in commands(settings)]


async def _incidents(settings: Settings) -> set[str]:
    records = tail(settings, [settings.topic_incidents], until_end=True)
    return {(record.key or b"").decode("utf-8", "replace") async for record in records}


async def _order(settings: Settings, order_id: str) -> Command | None:
    return next((each for each in await _all(settings) if each.id == order_id and each.rearranges), None)
