"""Replay: the workers' own way from article to alert, in event time and without Kafka."""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec

from streams.incidents import Book, Policy, sight
from streams.model import AlertEvent, Article, Decision, Kind, Placing, Reading, Sighting, Suppressed
from streams.model.command import Command

_UNKNOWN_TIME: Final = datetime(1, 1, 1, tzinfo=UTC)
DEFAULT_KIND: Final = Kind.ACTIVE_SHOOTER
"""The kind under which an article is consolidated that is no alert, when all are."""

NO_PLACE: Final = "no_place"
NOT_ALERTABLE: Final = "not_alertable"


class Analysed(Protocol):
    """What an analyst makes of an article."""

    @property
    def reading(self) -> Reading:
        """What the article says."""

    @property
    def placing(self) -> Placing:
        """Where its event is."""

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """What the consolidator gets of it."""

    @property
    def suppressed(self) -> Suppressed | None:
        """Why it gives nothing, where it gives nothing."""


class Analyst(Protocol):
    """Reads and places articles."""

    def triage(self, article: Article) -> Analysed:
        """Read one article, and place it where it may matter: what the triage worker does."""

    def analyze(self, article: Article) -> Analysed:
        """Read and place one article whatever it is."""


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """Which incident an article was given to, and why; None for none."""

    article_id: str
    incident_id: str | None
    decision: str
    reason: str


class ReplayStep(msgspec.Struct, frozen=True, kw_only=True):
    """One article of a replay, and the orders given before the next: decisions, and the events that they publish."""

    article: Article
    decisions: tuple[Decision, ...]
    events: tuple[AlertEvent, ...]
    assignment: Assignment


def in_order(articles: Iterable[Article]) -> list[Article]:
    """Articles by arrival, else publication, else as they stand; equal times keep their order.

    An article without any time keeps its place after the one before it.
    """
    keyed: list[tuple[datetime, Article]] = []
    last = _UNKNOWN_TIME
    for article in articles:
        last = article.order_time or last
        keyed.append((last, article))
    return [article for _, article in sorted(keyed, key=lambda pair: pair[0])]


def replay(
    articles: Iterable[Article],
    analyst: Analyst,
    policy: Policy,
    *,
    consolidate_all: bool = False,
    orders: Iterable[Command] = (),
) -> Iterator[ReplayStep]:
    """Play articles through reading, placing and consolidation, each step's decisions applied before the next.

    The same articles give the same steps, byte for byte. ``consolidate_all`` skips the relevance filter: every
    article with a place becomes a sighting, and what holds of alerts alone (the policy's prior) is left out.
    Operators' ``orders`` are carried out at the time at which they were given: after the last article before it, with
    whose step they come. Acknowledgements and silences among them change nothing.
    """
    book = Book(msgspec.structs.replace(policy, alert_prior=0.0) if consolidate_all else policy)
    waiting = deque(sorted((one for one in orders if one.rearranges), key=lambda one: (one.at, one.id)))
    played = in_order(articles)
    for article, after in itertools.zip_longest(played, played[1:]):
        analysed = analyst.analyze(article) if consolidate_all else analyst.triage(article)
        sightings = analysed.sightings
        if consolidate_all:
            sightings = sight(article, analysed.reading, analysed.placing, default_kind=DEFAULT_KIND)
        step = _step(book, article, analysed, sightings)
        due = _due(waiting, after)
        yield _with_orders(step, book, due) if due else step


def _due(waiting: deque[Command], after: Article | None) -> list[Command]:
    """Take the orders that were given before the article ``after`` came in; all where it is None."""
    due = []
    while waiting and (after is None or (after.order_time is not None and waiting[0].at < after.order_time)):
        due.append(waiting.popleft())
    return due


def _with_orders(step: ReplayStep, book: Book, orders: Iterable[Command]) -> ReplayStep:
    decisions = [*step.decisions]
    for order in orders:
        decision = book.command(order)
        book.apply(decision)
        decisions.append(decision)
    return msgspec.structs.replace(step, decisions=tuple(decisions), events=_events(decisions))


def _events(decisions: Iterable[Decision]) -> tuple[AlertEvent, ...]:
    return tuple(one.event for decision in decisions for one in decision.outcomes if one.event is not None)


def _step(book: Book, article: Article, analysed: Analysed, sightings: tuple[Sighting, ...]) -> ReplayStep:
    decisions: list[Decision] = []
    for sighting in sightings:
        decision = book.decide(sighting)
        book.apply(decision)
        decisions.append(decision)
    return ReplayStep(
        article=article,
        decisions=tuple(decisions),
        events=_events(decisions),
        assignment=_assignment(article, analysed, decisions),
    )


def _assignment(article: Article, analysed: Analysed, decisions: list[Decision]) -> Assignment:
    """The article's assignment: to the first incident that it touched."""
    first = next((decision for decision in decisions if decision.incident_id is not None), None)
    if first is None and decisions:
        first = decisions[0]
    if first is not None:
        return Assignment(
            article_id=article.id, incident_id=first.incident_id, decision=first.decision, reason=first.reason
        )
    if analysed.suppressed is not None:
        reason = analysed.suppressed.reason
    else:
        reason = NO_PLACE if analysed.placing.place is None else NOT_ALERTABLE
    return Assignment(article_id=article.id, incident_id=None, decision="suppressed", reason=reason)
