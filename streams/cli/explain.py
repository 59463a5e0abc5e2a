"""Verbs that open the reading up: explain one article, and measure the families of hard cases."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

import click

from streams.analysis import Analyst
from streams.cli import EXIT_FAILED
from streams.cli.lines import STDIN, read_articles, read_lines
from streams.cli.render import place_words
from streams.model import Article, ArticleError, Reading
from streams.places.explanation import Explanation as PlaceExplanation
from streams.reading import Explanation, Passage, Reader, cases, score_families
from streams.terminal import plain

_FILE = click.Path(path_type=Path)
_MOST_NAMES = 12
_MOST_EVENTS = 5


@click.command(epilog="Example: tocsin explain articles.jsonl --id g-17")
@click.argument("file", type=_FILE, default=STDIN)
@click.option("--id", "article_id", help="Only the article with this id.")
def explain(file: Path, article_id: str | None) -> None:
    """Show for each article line of FILE (or stdin) why it alerts, or why not.

    The sentences that were read, with what was found in them; the rules, the model's view and the decision; the names
    of places, what they may mean, and the place of the event.
    """
    analyst = Analyst()
    found = False
    for number, article in enumerate(read_articles(read_lines([file])), 1):
        if isinstance(article, ArticleError):
            named = f", id {plain(article.article_id)}" if article.article_id else ""
            click.echo(f"{file}: article {number}{named}: {article.reason}: {article}", err=True)
        elif article_id in (None, article.id):
            found = True
            _explain(analyst, article)
    if not found:
        if article_id:
            raise click.ClickException(f"{file}: no article with the id {article_id!r} in it: see all without --id")
        raise click.ClickException(f"{file}: no article in it: give article lines, such as `tocsin article` makes")


def _explain(analyst: Analyst, article: Article) -> None:
    explained = analyst.reader.explain(article)
    where = analyst.locator.explain(article, explained.reading.anchors)
    settled = analyst.reader.settle(explained.reading, where.placing.place)
    click.secho(f"{plain(article.title) or '(no title)'}", bold=True)
    click.echo(
        f"  {plain(article.id)} · {plain(article.source) or 'source unknown'} · {article.published_at or 'undated'}"
    )
    _verdict(settled)
    click.secho("Sentences", bold=True)
    for passage in explained.passages:
        click.echo(f"  {passage.zone:8} {_marked(article, passage)}")
        if passage.tags:
            click.secho(f"           {' '.join(passage.tags)}", dim=True)
    if not explained.passages:
        click.echo("  none was read")
    if not explained.signal:
        click.echo("  triage does not read it: nothing in its headline or opening could point to danger")
    _decision(explained)
    _claims(settled)
    _places(where)
    click.echo()


def _verdict(reading: Reading) -> None:
    if reading.alertable and reading.severity is not None:
        kinds = " + ".join(reading.kinds)
        words = f"ALERT  {reading.severity} · {kinds} · {reading.status} · {reading.urgency}, {reading.certainty}"
        click.secho(f"  {words}", fg="red", bold=True)
    else:
        click.secho(f"  NO ALERT  {reading.status}: {reading.reason}", fg="green", bold=True)


def _marked(article: Article, passage: Passage) -> str:
    """The sentence with its phrases underlined (and in brackets, for terminals without that)."""
    text = article.title if passage.where == "title" else article.text
    parts, at = [], passage.start
    for mark in sorted(passage.marks, key=lambda mark: mark.start):
        if mark.start >= at:
            parts.append(_words(text[at : mark.start]))
            parts.append(click.style(f"[{plain(text[mark.start : mark.end])}]", underline=True))
            at = mark.end
    parts.append(_words(text[at : passage.end]))
    return "".join(parts)


def _words(text: str) -> str:
    shown = plain(text, 400)
    return f"{' ' * text[:1].isspace()}{shown}{' ' * text[-1:].isspace()}" if shown else " " * bool(text)


def _decision(explained: Explanation) -> None:
    ruling, decision = explained.ruling, explained.decision
    click.secho("Decision", bold=True)
    click.echo(f"  rules     {ruling.status} {' '.join(ruling.kinds)} by {ruling.reason}, sure {ruling.sure:.2f}")
    if explained.opinion is not None:
        statuses = ", ".join(f"{name} {chance:.2f}" for name, chance in explained.statuses()[:4])
        kinds = ", ".join(f"{name} {chance:.2f}" for name, chance in explained.kinds())
        click.echo(f"  model     alert {explained.opinion.alert:.2f}; {statuses}")
        click.echo(f"            kinds, if an alert: {kinds}")
        weighed = ", ".join(f"{plain(each.feature)} {each.amount:+.2f}" for each in explained.contributions)
        click.echo(f"            weighed most: {weighed}")
    click.echo(f"  together  {decision.status} by {decision.reason}, confidence {decision.confidence:.2f}")
    if explained.severity_rule:
        click.echo(f"  severity  by the row {explained.severity_rule!r} of the severity table")


def _claims(reading: Reading) -> None:
    if not reading.evidence:
        return
    click.secho("Claims", bold=True)
    for evidence in reading.evidence:
        click.echo(f"  {evidence.field:26} by {evidence.rule}: “{plain(evidence.quote, 160)}”")


def _places(where: PlaceExplanation) -> None:
    click.secho("Places", bold=True)
    for name in where.names[:_MOST_NAMES]:
        shown = plain(name.mentions[0].text) if name.mentions else name.key
        senses = "; ".join(
            f"{'→ ' if sense.chosen else ''}{place_words(sense.place)} {sense.score:.2f}" for sense in name.senses
        )
        click.echo(f"  {shown} (a place: {name.likelihood:.2f}) {senses}")
    click.echo(f"  event: {place_words(where.placing.place)} by {where.placing.reason}")
    for event in where.events[:_MOST_EVENTS]:
        features = ", ".join(f"{name} {value:g}" for name, value in event.features.items())
        click.secho(f"    {event.score:+.2f} {place_words(event.place)}: {features}", dim=True)


@click.command(epilog="Example: tocsin families tests/reading/families/*.toml")
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--verbose", "-v", is_flag=True, help="List the cases that were read wrongly.")
def families(files: tuple[Path, ...], *, verbose: bool) -> None:
    """Print precision and recall for each family of twin cases in FILES; exit 1 when any case is read wrongly."""
    scores = score_families(Reader(), cases(_tables(files)))
    click.echo(f"{'family':32} precision  recall  cases")
    for score in scores:
        total = score.right + len(score.missed) + len(score.wrong) + score.calm
        click.echo(f"{score.name:32} {score.precision:9.2f} {score.recall:7.2f} {total:6}")
        for case in (*score.missed, *score.wrong) if verbose else ():
            side = "missed" if case.yes else "wrong"
            click.echo(f"    {side}: {plain(case.title)} | {plain(case.text, 120)}")
    if any(score.missed or score.wrong for score in scores):
        raise click.exceptions.Exit(EXIT_FAILED)


def _tables(files: Iterable[Path]) -> Iterable[dict[str, object]]:
    for file in files:
        try:
            yield tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise click.ClickException(f"{file}: {error}: give a TOML file of [[family]] tables") from error
