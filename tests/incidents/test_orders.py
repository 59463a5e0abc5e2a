"""Merges and splits ordered by an operator: decisions like any other, replayable and harmless when read twice."""

import msgspec
import pytest

from streams.incidents import Book, Policy
from streams.model import Change, Decision, Phase
from streams.model.command import Command
from streams.model.kinds import CommandAction
from tests.incidents.build import HARROW, NOON, danger, sighting, toll


def order(action: CommandAction, **fields: object) -> Command:
    return Command(id="order-1", action=action, by="desk", at=NOON, **fields)  # type: ignore[arg-type]


@pytest.fixture
def book() -> Book:
    made = Book(Policy())
    for one in (
        sighting("a", 0, danger(casualties=toll(2))),
        sighting("b", 0.5, danger(casualties=toll(3)), place=HARROW, title="Ferry seized off Harrow Bay"),
        sighting("c", 0.6, danger(casualties=toll(5)), place=HARROW, title="Harrow Bay ferry: five dead"),
    ):
        made.apply(made.decide(one))
    return made


def ids(book: Book) -> list[str]:
    return [one.id for one in sorted(book.incidents(), key=lambda one: one.first_seen_at)]


def do(book: Book, command: Command) -> Decision:
    decision = book.command(command)
    assert msgspec.json.encode(decision) == msgspec.json.encode(book.command(command))
    book.apply(decision)
    return decision


def test_a_merge_keeps_the_first_and_redirects_the_other(book: Book) -> None:
    first, second = ids(book)
    decision = do(book, order(CommandAction.MERGE, incident_id=second, target=first))
    survivor, loser = (outcome.event for outcome in decision.outcomes)
    assert survivor is not None
    assert loser is not None
    assert (survivor.incident_id, survivor.redirect, survivor.sources.articles) == (first, None, 3)
    assert (loser.incident_id, loser.redirect, loser.change, loser.status) == (
        second,
        first,
        Change.CLOSED,
        Phase.CLOSED,
    )
    assert survivor.casualties.killed.latest == 5
    news = book.decide(sighting("d", 1, place=HARROW, title="Harrow Bay ferry towed in"))
    assert news.incident_id == first


def test_a_merge_read_twice_does_nothing_more(book: Book) -> None:
    first, second = ids(book)
    command = order(CommandAction.MERGE, incident_id=first, target=second)
    do(book, command)
    again = book.command(command)
    assert (again.decision, again.reason, again.outcomes) == ("ignored", "redelivered", ())


def test_a_split_takes_articles_out(book: Book) -> None:
    _, second = ids(book)
    command = order(CommandAction.SPLIT, incident_id=second, article_ids=("c",))
    decision = do(book, command)
    kept, new = (outcome.incident for outcome in decision.outcomes)
    assert (kept.id, kept.sources.articles, kept.toll.killed.latest) == (second, 1, 3)
    assert (new.sources.articles, new.toll.killed.latest, new.revision) == (1, 5, 1)
    assert book.decide(sighting("c", 0.6, place=HARROW)).incident_id == new.id
    again = book.command(command)
    assert (again.decision, again.reason) == ("ignored", "redelivered")


@pytest.mark.parametrize(
    "command",
    [
        order(CommandAction.MERGE, incident_id="x", target="y"),
        order(CommandAction.MERGE),
        order(CommandAction.SPLIT, incident_id="x", article_ids=("a",)),
        order(CommandAction.ACKNOWLEDGE, incident_id="x"),
    ],
)
def test_orders_about_the_unknown_are_ignored(book: Book, command: Command) -> None:
    decision = book.command(command)
    assert (decision.decision, decision.reason, decision.outcomes) == ("ignored", "no_incident", ())


def test_nothing_is_split_off_when_nothing_would_be_left(book: Book) -> None:
    first, _ = ids(book)
    assert book.command(order(CommandAction.SPLIT, incident_id=first, article_ids=("a",))).decision == "ignored"
    assert book.command(order(CommandAction.SPLIT, incident_id=first, article_ids=("q",))).decision == "ignored"
