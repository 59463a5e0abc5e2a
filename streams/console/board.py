"""Board: the view of all incidents that one console holds, built from what its source tells it."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from streams.console.feed import Feed
from streams.console.history import AdvisorySpell, ClaimRow, FieldChange, advisory_spells, changes, claims
from streams.console.log import Given, OrderLog
from streams.console.summary import Heard, Mark, Summary, mark, safe_url, summarize
from streams.console.words import field_words, reason_words, shown
from streams.model import AlertEvent
from streams.model.command import Command, Scope
from streams.model.desk import Desk
from streams.model.kinds import Change, CommandAction, Phase
from streams.model.scalars import Moment
from streams.workers.ledger import State

MAX_INCIDENTS: Final = 5000
"""Incidents held; beyond it the one that changed longest ago goes."""
MAX_REVISIONS: Final = 300
"""Revisions held of one incident: the first, and the newest."""
MAX_HELD: Final = 20_000
"""Revisions held in all, some 100 MB; beyond it those that changed longest ago keep FEW_REVISIONS each."""
FEW_REVISIONS: Final = 4
RECENT: Final = timedelta(hours=48)
"""How long an incident that is over stays on the board."""


class Silence(Mark, frozen=True, kw_only=True):
    """A silence in force with what it covers."""

    scope: Scope


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """An article that an incident's events name; ``title`` and ``url`` are empty where only its id is known."""

    id: str
    title: str = ""
    url: str = ""
    source: str = ""


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of an article, and the fields that it supports."""

    fields: tuple[str, ...]
    quote: str
    article: Article | None


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One revision in the timeline. ``at`` is when it was published, ``said_at`` the time of its newest article."""

    revision: int
    change: Change
    notify: bool
    why: str
    at: Moment
    said_at: Moment
    severity: str
    delta: tuple[FieldChange, ...]
    trigger: Article


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """All there is to show of one incident."""

    summary: Summary
    revisions: tuple[Revision, ...]
    claims: tuple[ClaimRow, ...]
    quotes: tuple[Quote, ...]
    articles: tuple[Article, ...]
    advisories: tuple[AdvisorySpell, ...]
    orders: tuple[Given, ...]


def utc_now() -> datetime:
    """The time by the wall clock."""
    return datetime.now(UTC)


class Board:
    """The incidents with their revisions, the operators' orders, and the feed that tells browsers of changes.

    A source calls :meth:`alert`, :meth:`forgotten`, :meth:`command` and :meth:`state`; repeats change nothing.
    """

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self.feed = Feed()
        self.source_state: State = "connecting"
        self.source_note = ""
        self.articles_per_minute: float | None = None
        self.articles_at: datetime | None = None
        self.lag = 0
        """Records that the source has not told yet."""
        self._now = now
        self._revisions: dict[str, dict[int, Heard]] = {}
        self._held = 0
        self._desk = Desk()
        self._log = OrderLog(self._desk)
        self._encode = msgspec.json.Encoder().encode

    def alert(self, event: AlertEvent, at: datetime) -> None:
        """Take in one revision that was published ``at``."""
        held = self._revisions.pop(event.incident_id, {})
        self._revisions[event.incident_id] = held
        if event.revision in held:
            return
        held[event.revision] = Heard(event, at)
        if len(held) > MAX_REVISIONS:
            del held[sorted(held)[1]]
            self._held -= 1
        self._held += 1
        if self._held > MAX_HELD:
            self._shorten()
        self._tell(event.incident_id)
        while len(self._revisions) > MAX_INCIDENTS:
            self.forgotten(next(iter(self._revisions)))

    def _shorten(self) -> None:
        """Let the stories of incidents that changed longest ago go, but for their beginning and end."""
        for held in self._revisions.values():
            if self._held <= MAX_HELD * 3 // 4:
                break
            for revision in sorted(held)[1 : 1 - FEW_REVISIONS]:
                del held[revision]
                self._held -= 1

    def forgotten(self, incident_id: str) -> None:
        """Drop an incident."""
        held = self._revisions.pop(incident_id, None)
        if held is not None:
            self._held -= len(held)
            self.feed.publish("forgotten", self._encode({"id": incident_id}))

    def command(self, command: Command) -> None:
        """Take in what an operator ordered."""
        if not self._log.add(command):
            return
        order = self._log.order_of(command)
        if order is not None and order.rearranges:
            self.feed.publish("order", self._encode(self._log.given(order)))
            for incident_id in sorted(self._log.concerned(order) & self._revisions.keys()):
                self._tell(incident_id)
        elif command.action in (CommandAction.SILENCE, CommandAction.LIFT):
            self.feed.publish("silences", self._encode(self.silences()))
            for summary in self.summaries():
                self.feed.publish("incident", self._encode(summary))
        elif command.incident_id in self._revisions:
            self._tell(command.incident_id)

    def state(self, state: State, note: str = "") -> None:
        """Say how the source is doing; ``note`` is for people."""
        if state == "live" and self.source_state != "live":
            # What was loaded until now was told to nobody: whoever watches takes all of it at once.
            self.feed.publish("reset", b"{}")
        self.source_state, self.source_note = state, note
        self.feed.wake()

    def articles(self, per_minute: float) -> None:
        """Say how many articles a minute triage put aside, a sign of life of all that comes before the console."""
        self.articles_per_minute = per_minute
        if per_minute > 0:
            self.articles_at = self._now()

    def behind(self, records: int) -> None:
        """Say how many records are there that were not told yet."""
        self.lag = records

    def summary(self, incident_id: str) -> Summary | None:
        """What the list shows of one incident; None where it is not known."""
        held = self._revisions.get(incident_id)
        if not held:
            return None
        newest = max(held)
        paged = max((number for number, heard in held.items() if heard.event.notify), default=None)
        before = held.get(newest - 1)
        return summarize(held[newest], before, held[paged] if paged else None, self._desk, self._now())

    def summaries(self) -> list[Summary]:
        """Every incident that is under way or was over not long ago."""
        since = self._now() - RECENT
        known = (self.summary(incident_id) for incident_id in self._revisions)
        return [one for one in known if one and (one.status is Phase.ACTIVE or one.changed_at >= since)]

    def silences(self) -> list[Silence]:
        """The silences in force."""
        return [
            Silence(**msgspec.structs.asdict(mark(command)), scope=command.scope)
            for command in self._desk.silences(self._now())
            if command.scope
        ]

    def commands(self) -> list[Given]:
        """What was ordered and what became of it, the newest first."""
        return self._log.all()

    def dossier(self, incident_id: str) -> Dossier | None:
        """All there is to show of one incident; None where it is not known."""
        summary = self.summary(incident_id)
        if summary is None:
            return None
        held = [heard for _, heard in sorted(self._revisions[incident_id].items())]
        events = [heard.event for heard in held]
        articles = _articles(events)
        timeline = (
            Revision(
                revision=heard.event.revision,
                change=heard.event.change,
                notify=heard.event.notify,
                why=reason_words(heard.event.reason),
                at=heard.at,
                said_at=heard.event.last_seen_at,
                severity=heard.event.severity,
                delta=delta,
                trigger=articles[heard.event.trigger.article_id],
            )
            for heard, delta in zip(held, changes(events), strict=True)
        )
        return Dossier(
            summary=summary,
            revisions=tuple(timeline)[::-1],
            claims=claims(events),
            quotes=_quotes(events, articles),
            articles=tuple(articles.values()),
            advisories=advisory_spells(events),
            orders=self._log.of(incident_id),
        )

    def _tell(self, incident_id: str) -> None:
        if self.source_state == "live":
            self.feed.publish("incident", self._encode(self.summary(incident_id)))


def _articles(events: Iterable[AlertEvent]) -> dict[str, Article]:
    """Every article that ``events`` name, by id, in order of appearance."""
    found: dict[str, Article] = {}
    for event in events:
        ref = event.trigger
        found[ref.article_id] = Article(
            id=ref.article_id, title=shown(ref.title), url=safe_url(ref.url), source=shown(ref.source, 80)
        )
        for evidence in event.evidence:
            if evidence.article_id and evidence.article_id not in found:
                found[evidence.article_id] = Article(id=evidence.article_id)
    return found


def _quotes(events: Iterable[AlertEvent], articles: dict[str, Article]) -> tuple[Quote, ...]:
    """Every distinct sentence of evidence with all that it supports, the newest revision's first."""
    fields: dict[tuple[str, str | None], dict[str, None]] = {}
    for event in reversed(list(events)):
        for evidence in event.evidence:
            key = (shown(evidence.quote, 500), evidence.article_id)
            fields.setdefault(key, {})[field_words(evidence.field)] = None
    return tuple(
        Quote(fields=tuple(supports), quote=quote, article=articles.get(article_id) if article_id else None)
        for (quote, article_id), supports in fields.items()
    )
