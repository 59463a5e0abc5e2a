"""Verb over dead letters: what was refused, why, and back in after mending."""

from pathlib import Path

import click

from streams.cli import settings_of
from streams.cli.kafka import run_async
from streams.cli.notify import load_config
from streams.outlets.config import NotifyConfig
from streams.settings import Settings
from streams.terminal import plain
from streams.workers.dead_letters import (
    DeadLetter,
    DeadLetterError,
    count_dead_letters,
    list_dead_letters,
    replay_dead_letters,
    show_dead_letter,
)
from streams.workers.redelivery import redeliver


@click.group(epilog="Example: tocsin dead-letters list --counts")
def dead_letters() -> None:
    """List, show and replay records that could not be read."""


@dead_letters.command("list", epilog="Example: tocsin dead-letters list --reason not_json | head")
@click.option("--reason", help="Only those with this reason code.")
@click.option("--counts", is_flag=True, help="Print only how many there are by topic and reason.")
@click.pass_context
def list_(ctx: click.Context, *, reason: str | None, counts: bool) -> None:
    """List dead letters with their ids, oldest first in each partition."""

    async def work(settings: Settings) -> None:
        if counts:
            for (topic, why), count in sorted((await count_dead_letters(settings)).items()):
                click.echo(f"{count:8} {plain(topic)} {plain(why)}")
            return
        found = False
        async for letter in list_dead_letters(settings, reason):
            click.echo(_line(letter))
            found = True
        if not found:
            click.echo(_none(reason), err=True)

    run_async(settings_of(ctx), work)


@dead_letters.command(epilog="Example: tocsin dead-letters show 0:17")
@click.argument("letter_id", metavar="ID")
@click.option("--raw", is_flag=True, help="Print the bytes as they came, and nothing else.")
@click.pass_context
def show(ctx: click.Context, letter_id: str, *, raw: bool) -> None:
    """Show one dead letter: where it came from, why it was refused, and its bytes (a hex dump when not text)."""

    async def work(settings: Settings) -> DeadLetter:
        return await show_dead_letter(settings, letter_id)

    try:
        letter = run_async(settings_of(ctx), work)
    except DeadLetterError as error:
        raise click.ClickException(str(error)) from error
    value = letter.value or b""
    if raw:
        click.echo(value, nl=False)
        return
    click.echo(_line(letter))
    click.echo(f"key: {_shown(letter.key or b'')}")
    for name, content in letter.headers:
        click.echo(f"header {plain(name)}: {_shown(content)}")
    click.echo(f"{len(value)} bytes:")
    text = _as_text(value)
    click.echo(_hexdump(value) if text is None else text)


@dead_letters.command(epilog="Example: tocsin dead-letters replay 0:17 --value mended.json")
@click.argument("letter_id", metavar="ID", required=False)
@click.option("--reason", help="All those with this reason code.")
@click.option("--all", "everything", is_flag=True, help="All there are.")
@click.option("--value", type=click.Path(path_type=Path), help="File with the mended bytes for ID.")
@click.option(
    "--notify",
    "notify_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The notifier's file: tell its receivers of the alerts that they did not take.",
)
@click.pass_context
def replay(
    ctx: click.Context,
    letter_id: str | None,
    *,
    reason: str | None,
    everything: bool,
    value: Path | None,
    notify_file: Path | None,
) -> None:
    """Send dead letters back to the topic they came from; they keep their first origin.

    With --notify, alerts that a receiver did not take go to that receiver, and to nobody else.
    """
    if sum((letter_id is not None, reason is not None, everything)) != 1:
        raise click.UsageError("name one of ID, --reason and --all")
    if value is not None and letter_id is None:
        raise click.UsageError("--value mends one dead letter: name its ID")
    if notify_file is not None:
        if value is not None:
            raise click.UsageError("--value mends what workers read: an alert goes out as it is")
        _redeliver(ctx, load_config(notify_file), reason, letter_id)
        return
    try:
        mended = value.read_bytes() if value else None
    except OSError as error:
        raise click.ClickException(f"{value}: {error.strerror}: name a file that can be read") from error

    async def work(settings: Settings) -> None:
        back = replay_dead_letters(settings, reason=reason, letter_id=letter_id, value=mended)
        found = False
        async for replayed in back:
            click.echo(f"{replayed.letter.id} → {replayed.topic}{' (mended)' if replayed.mended else ''}")
            found = True
        if not found:
            click.echo(_none(reason), err=True)

    try:
        run_async(settings_of(ctx), work)
    except DeadLetterError as error:
        raise click.ClickException(str(error)) from error


def _redeliver(ctx: click.Context, config: NotifyConfig, reason: str | None, letter_id: str | None) -> None:
    failed = 0

    async def work(settings: Settings) -> None:
        nonlocal failed
        async for each in redeliver(settings, config, reason=reason, letter_id=letter_id):
            detail = f": {plain(each.detail)}" if each.detail else ""
            click.echo(f"{each.letter.id} → {plain(each.letter.receiver)}: {each.outcome}{detail}")
            failed += each.outcome == "failed"

    try:
        run_async(settings_of(ctx), work)
    except DeadLetterError as error:
        raise click.ClickException(str(error)) from error
    if failed:
        raise click.ClickException(f"{failed} alert(s) were not taken: their letters stay")


def _none(reason: str | None) -> str:
    if reason is None:
        return "no dead letter"
    return f"no dead letter with the reason {plain(reason)!r}: `tocsin dead-letters list --counts` shows the reasons"


def _line(letter: DeadLetter) -> str:
    at = f"{letter.at:%Y-%m-%dT%H:%M:%SZ}" if letter.at else "-"
    origin = f"{letter.topic}/{letter.partition}@{letter.offset}"
    replays = f" replayed {letter.replays}×" if letter.replays else ""
    return f"{letter.id} {at} {plain(origin)} {plain(letter.reason)}{replays}: {plain(letter.message)}"


def _shown(content: bytes) -> str:
    return plain(content.decode("utf-8", "backslashreplace"))


def _as_text(value: bytes) -> str | None:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(c.isprintable() or c in "\n\t" for c in text) else None


def _hexdump(value: bytes, width: int = 16, limit: int = 4096) -> str:
    rows = []
    for start in range(0, min(len(value), limit), width):
        row = value[start : start + width]
        seen = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        rows.append(f"{start:08x}  {row.hex(' '):{3 * width}} {seen}")
    if len(value) > limit:
        rows.append(f"… {len(value) - limit} more bytes: see --raw")
    return "\n".join(rows)
