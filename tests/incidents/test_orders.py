"""Merges and splits ordered by an operator: decisions like any other, replayable and harmless when read twice."""

import msgspec
import pytest

from streams.incidents import Book, Policy
from streams.model import Change, Decision, Phase, Severity
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
        order(CommandAction.MERGE, incident_id="qz-1", target="qz-2"),
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


def snapshot(book: Book, incident_id: str) -> dict[str, object]:
    """What an undo must bring back: all but the count of revisions and of pages."""
    incident = book.get(incident_id)
    assert incident is not None
    left = {"revision", "notified", "told"}
    return {field: value for field, value in msgspec.structs.asdict(incident).items() if field not in left}


def test_an_undone_merge_leaves_both_as_they_were(book: Book) -> None:
    first, second = ids(book)
    before = snapshot(book, first), snapshot(book, second)
    do(book, order(CommandAction.MERGE, incident_id=second, target=first))
    undo = order(CommandAction.UNDO, incident_id=second, target="order-1")
    decision = do(book, msgspec.structs.replace(undo, id="order-2"))
    assert (decision.decision, decision.reason) == ("undone", "undone")
    assert (snapshot(book, first), snapshot(book, second)) == before
    survivor, loser = (outcome.event for outcome in decision.outcomes)
    assert survivor is not None
    assert loser is not None
    assert (loser.redirect, loser.change, loser.notify, loser.revision) == (None, Change.REOPENED, True, 4)
    assert (survivor.casualties.killed.latest, survivor.sources.articles) == (2, 1)
    assert book.command(undo).reason == "no_order"


def test_news_since_the_merge_stays_with_the_survivor(book: Book) -> None:
    first, second = ids(book)
    do(book, order(CommandAction.MERGE, incident_id=first, target=second))
    news = book.decide(sighting("d", 1, danger(casualties=toll(6)), place=HARROW, title="Harrow Bay ferry: six dead"))
    book.apply(news)
    undo = msgspec.structs.replace(order(CommandAction.UNDO, incident_id=first, target="order-1"), id="order-2")
    kept, _ = (outcome.incident for outcome in do(book, undo).outcomes)
    assert (kept.sources.articles, kept.toll.killed.latest) == (2, 6)
    assert {one.sighting_id for one in kept.contributions} == {"a", "d"}


def test_an_undone_split_puts_the_articles_back(book: Book) -> None:
    _, second = ids(book)
    made = do(book, order(CommandAction.SPLIT, incident_id=second, article_ids=("c",))).outcomes[1].incident
    undo = msgspec.structs.replace(order(CommandAction.UNDO, incident_id=second, target="order-1"), id="order-2")
    kept, gone = (outcome.event for outcome in do(book, undo).outcomes)
    assert kept is not None
    assert gone is not None
    assert (kept.incident_id, kept.sources.articles, kept.casualties.killed.latest) == (second, 2, 5)
    assert (gone.incident_id, gone.redirect) == (made.id, second)
    assert book.command(msgspec.structs.replace(undo, id="order-3")).reason == "no_order"


def test_what_cannot_be_done_is_refused_with_a_reason(book: Book) -> None:
    first, second = ids(book)
    abroad = "qz-20260101-0000000000000000"

    def reason(action: CommandAction, **fields: object) -> str:
        return book.command(msgspec.structs.replace(order(action, **fields), id="order-9")).reason

    assert reason(CommandAction.MERGE, incident_id=first, target=abroad) == "other_country"
    assert reason(CommandAction.MERGE, incident_id=first, target=first) == "same_incident"
    assert reason(CommandAction.SPLIT, incident_id=first, article_ids=("a",)) == "no_articles"
    assert reason(CommandAction.UNDO, incident_id=first, target="order-8") == "no_order"
    do(book, order(CommandAction.MERGE, incident_id=first, target=second))
    assert reason(CommandAction.MERGE, incident_id=first, target=second) == "already_merged"
    assert reason(CommandAction.SPLIT, incident_id=second, article_ids=("b",)) == "already_merged"


def test_who_was_told_of_the_worse_one_is_told_where_it_goes_on(book: Book) -> None:
    first, second = ids(book)
    worse = book.decide(sighting("e", 1, danger(severity=Severity.EXTREME), place=HARROW, title="Harrow Bay ferry"))
    book.apply(worse)
    assert worse.incident_id == second
    survivor = do(book, order(CommandAction.MERGE, incident_id=first, target=second)).outcomes[0].event
    assert survivor is not None
    assert (survivor.change, survivor.notify, survivor.severity) == (Change.ESCALATED, True, Severity.EXTREME)
