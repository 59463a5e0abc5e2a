"""Verbs over articles without Kafka: analyze, replay and article."""

import sys
from pathlib import Path

import click
import msgspec
import xxhash

from streams.analysis import Analyst, line
from streams.cli import EXIT_FAILED
from streams.cli.lines import STDIN, progress, read_articles, read_lines, writer
from streams.cli.render import alert_line
from streams.incidents import Policy
from streams.incidents.policy import PolicyError
from streams.model import AlertEvent, Article, ArticleError, decode_article
from streams.model.command import Command
from streams.replay import replay as replay_articles

_FILE = click.Path(path_type=Path)
_MOST_REFUSED = 20
_COMMAND = msgspec.json.Decoder(Command)


@click.command(epilog="Example: tocsin analyze articles.jsonl | jq 'select(.alertable)'")
@click.argument("file", type=_FILE, default=STDIN)
@click.option("--strict", is_flag=True, help="Exit with 1 when any line is no valid article.")
def analyze(file: Path, *, strict: bool) -> None:
    """Read article lines from FILE (or stdin) and print one reading per line, in the same order."""
    analyst = Analyst()
    invalid = 0
    with writer(STDIN) as write, progress("analyze") as done:
        for count, article in enumerate(read_articles(read_lines([file])), start=1):
            if isinstance(article, ArticleError):
                invalid += 1
                write({"id": article.article_id, "error": f"{article.reason}: {article}"})
            else:
                write(line(analyst.analyze(article)))
            done(count)
    if strict and invalid:
        click.echo(f'{invalid} line(s) are no valid articles: see the "error" fields above', err=True)
        raise click.exceptions.Exit(EXIT_FAILED)


@click.command(epilog="Example: tocsin replay yesterday.jsonl --alerts alerts.jsonl --assignments who.jsonl")
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--alerts", type=_FILE, metavar="OUT", help="Write every alert event here, one per line; - is stdout.")
@click.option("--assignments", type=_FILE, metavar="OUT", help="Write each article's incident and the reason here.")
@click.option("--consolidate-all", is_flag=True, help="Skip the relevance filter: every placed article is a sighting.")
@click.option(
    "--orders",
    type=_FILE,
    metavar="FILE",
    help="Carry out the merges, splits and undos of `tocsin orders list --json`.",
)
@click.option("--rules", type=_FILE, metavar="TOML", help="Consolidate by this policy instead of the shipped one.")
@click.option("--diff", is_flag=True, help="Print only what --rules would have alerted otherwise.")
def replay(
    files: tuple[Path, ...],
    *,
    alerts: Path | None,
    assignments: Path | None,
    consolidate_all: bool,
    orders: Path | None,
    rules: Path | None,
    diff: bool,
) -> None:
    """Run article lines of FILES through the very code of the workers, in event time and without Kafka.

    Without --alerts the alerts are printed for people to read.
    """
    if diff and rules is None:
        raise click.UsageError("--diff compares the shipped policy with another one: name it with --rules")
    policy = _policy(rules)
    articles = _valid_articles(files)
    given = _commands(orders)
    steps = replay_articles(articles, Analyst(), policy, consolidate_all=consolidate_all, orders=given)
    told: list[AlertEvent] = []
    with writer(alerts) as write_alert, writer(assignments) as write_row, progress("replay", len(articles)) as done:
        for count, step in enumerate(steps, start=1):
            for event in step.events:
                write_alert(event)
                told.append(event)
                if alerts is None and not diff:
                    click.echo(alert_line(event))
            write_row(step.assignment)
            done(count)
    if diff:
        shipped = replay_articles(articles, Analyst(), Policy.load(), consolidate_all=consolidate_all, orders=given)
        _print_difference([event for step in shipped for event in step.events], told)


def _commands(file: Path | None) -> list[Command]:
    try:
        return [_COMMAND.decode(line) for line in read_lines([file])] if file else []
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}: give the output of `tocsin orders list --json`") from error


def _policy(rules: Path | None) -> Policy:
    try:
        return Policy.load(rules)
    except (OSError, PolicyError) as error:
        raise click.ClickException(f"{rules}: {error}") from error


def _valid_articles(files: tuple[Path, ...]) -> list[Article]:
    articles: list[Article] = []
    refused: list[ArticleError] = []
    for article in read_articles(read_lines(files)):
        if isinstance(article, ArticleError):
            refused.append(article)
        else:
            articles.append(article)
    for error in refused[:_MOST_REFUSED]:
        click.echo(f"refused {error.article_id or '(no id)'}: {error.reason}: {error}", err=True)
    if len(refused) > _MOST_REFUSED:
        click.echo(f"… and {len(refused) - _MOST_REFUSED} more refused", err=True)
    return articles


def _print_difference(before: list[AlertEvent], after: list[AlertEvent]) -> None:
    """Print the alerts that only one of two replays gave: ``-`` the shipped policy's, ``+`` the other's."""
    old, new = ({msgspec.json.encode(event): event for event in events} for events in (before, after))
    gone = [("-", event) for content, event in old.items() if content not in new]
    come = [("+", event) for content, event in new.items() if content not in old]
    for sign, event in sorted(gone + come, key=lambda pair: (pair[1].last_seen_at, pair[1].id, pair[0])):
        click.echo(f"{sign} {'tells ' if event.notify else 'silent'} {alert_line(event)}")
    click.echo(f"{len(gone)} alerts less, {len(come)} more, {len(old.keys() & new.keys())} the same", err=True)


@click.command(epilog="Example: tocsin article story.txt --title 'Gunman at mall' | tocsin replay -")
@click.argument("file", type=_FILE)
@click.option("--title", default="", help="Headline of the article.")
@click.option("--published-at", default=None, metavar="TIME", help="RFC 3339 or a date.")
@click.option("--source", default=None, help="Publisher: domain or name.")
@click.option("--url", default=None, help="Where it stands.")
@click.option("--id", "article_id", default=None, help="Id of the article; default: a hash of its content.")
def article(
    file: Path, *, title: str, published_at: str | None, source: str | None, url: str | None, article_id: str | None
) -> None:
    """Make one article line of the plain text in FILE (- for stdin)."""
    try:
        raw = sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}: give a text file in UTF-8") from error
    record = {
        "id": article_id or xxhash.xxh3_64_hexdigest(f"{title}\n{text}".encode()),
        "title": title,
        "text": text,
        "published_at": published_at,
        "source": source,
        "url": url,
    }
    encoded = msgspec.json.encode(record)
    try:
        decode_article(encoded)
    except ArticleError as error:
        raise click.ClickException(f"{file}: {error.reason}: {error}") from error
    click.echo(encoded)
