"""Docket: what one receiver is still to be told, in which order and when. Time is given by the caller."""

from collections import OrderedDict, deque
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from streams.model import AlertEvent, Change, Phase, Severity
from streams.model.desk import Desk
from streams.outlets.message import Envelope, Message, digest, is_ending, reminder
from streams.outlets.quiet import QuietHours
from streams.outlets.route import OUT_OF_SCOPE, Route, Verdict, reaches, weigh

INCIDENTS_KEPT: Final = 20_000
"""Incidents remembered at a time; the one that was heard of longest ago is forgotten first."""

DIGEST_MOST: Final = 50
"""Most alerts of one digest; more are told in several."""

REMINDED_FOR: Final = timedelta(hours=24)
"""Reminders end this long after the last alert that was told: silence of the pipeline is another alarm's business."""

_PAST: Final = datetime.min.replace(tzinfo=UTC)


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How one receiver wants to be told.

    ``keeps_state`` is True of a receiver that holds incidents open by itself (a pager, an alert manager): it is told
    of every end of what it was told of, and never of a revision older than one it has. ``digests`` is True where one
    message may hold several alerts. More than ``storm_after`` alerts within ``storm_window`` are a storm: what is
    milder than Extreme is then told in one digest per window; 0 means that nothing is a storm.
    """

    routes: tuple[Route, ...]
    quiet: tuple[QuietHours, ...] = ()
    keeps_state: bool = False
    digests: bool = True
    storm_after: int = 0
    storm_window: timedelta = timedelta(seconds=60)
    remind_every: timedelta | None = None

    @property
    def changes(self) -> frozenset[Change]:
        """Every change that any route lets through."""
        return frozenset().union(*(route.changes for route in self.routes))


class _Incident:
    """What the receiver knows of one incident."""

    def __init__(self, envelope: Envelope) -> None:
        self.newest = envelope
        self.revisions: set[int] = set()
        self.told_revision = 0
        self.told_at = _PAST
        self.reminded = 0
        self.beyond = False
        """True when a person was to be told, and no route led here: too mild yet, too few sources, elsewhere."""


class Docket:
    """Pending alerts of one receiver. Order is kept per incident, whatever waits for whatever reason."""

    def __init__(self, manner: Manner, desk: Desk) -> None:
        self._manner = manner
        self._desk = desk
        self._incidents: OrderedDict[str, _Incident] = OrderedDict()
        self._waiting: dict[str, Envelope] = {}
        self._held: list[str] = []
        self._ready: deque[tuple[str, ...]] = deque()
        self._recent: deque[datetime] = deque()
        self._storm_until = _PAST

    def absorb(self, envelope: Envelope) -> None:
        """Take note of an alert that was settled before: it is not told again."""
        incident = self._incident(envelope)
        verdict = self._verdict(incident, envelope.event, None)
        self._note(incident, envelope, verdict)

    def awake(self, now: datetime) -> None:
        """Begin at ``now``, after all history was absorbed: reminders that were due before are not made up for."""
        for incident in self._incidents.values():
            incident.reminded = self._reminders_due(incident, now)

    def take(self, envelope: Envelope, now: datetime) -> Verdict:
        """Put ``envelope`` on the docket if the receiver is to be told; its marks are done with where it is not.

        A copy of an alert that still waits is joined to it (``copy``): its marks are then settled with the message.
        """
        event = envelope.event
        incident = self._incident(envelope)
        if event.revision in incident.revisions:
            if event.id not in self._waiting:
                return Verdict(tell=False, reason="repeat")
            first = self._waiting[event.id]
            self._waiting[event.id] = msgspec.structs.replace(first, marks=first.marks + envelope.marks)
            return Verdict(tell=True, reason="copy")
        verdict = self._verdict(incident, event, now)
        self._note(incident, envelope, verdict)
        if verdict.tell:
            self._waiting[event.id] = envelope
            self._enqueue(event, now)
        return verdict

    def next(self, now: datetime) -> Message | None:
        """The next message to deliver at ``now``; None where all is told or waits. Reminders come last."""
        self._release(now)
        if self._ready:
            return digest(tuple(self._waiting.pop(name) for name in self._ready.popleft()))
        return self._reminder(now)

    @property
    def pending(self) -> int:
        """Alerts that wait, for whatever reason."""
        return len(self._waiting)

    def _incident(self, envelope: Envelope) -> _Incident:
        name = envelope.event.incident_id
        incident = self._incidents.setdefault(name, _Incident(envelope))
        self._incidents.move_to_end(name)
        while len(self._incidents) > INCIDENTS_KEPT:
            self._incidents.popitem(last=False)
        return incident

    def _note(self, incident: _Incident, envelope: Envelope, verdict: Verdict) -> None:
        event = envelope.event
        incident.beyond |= event.notify and verdict.reason in OUT_OF_SCOPE
        incident.revisions.add(event.revision)
        if event.revision >= incident.newest.event.revision:
            incident.newest = envelope
        if verdict.tell and event.revision > incident.told_revision:
            incident.told_revision, incident.told_at, incident.reminded = event.revision, envelope.at, 0

    def _verdict(self, incident: _Incident, event: AlertEvent, now: datetime | None) -> Verdict:
        told = incident.told_revision > 0
        may_enter = incident.beyond and not told and event.status is Phase.ACTIVE
        if self._manner.keeps_state and event.revision < max(incident.revisions, default=0):
            return Verdict(tell=False, reason="superseded")
        if self._manner.keeps_state and told and is_ending(event) and (event.notify or event.change is Change.CLOSED):
            return Verdict(tell=True, reason="ends")
        if not (event.notify or may_enter):
            return Verdict(tell=False, reason="not_notifiable")
        if now is not None and self._desk.silence_of(event, now) is not None:
            return Verdict(tell=False, reason="silenced")
        return self._routed(event, told=told, may_enter=may_enter)

    def _routed(self, event: AlertEvent, *, told: bool, may_enter: bool) -> Verdict:
        entered = reaches(self._manner.routes, event) if may_enter else None
        if entered is not None and (entered.tell or not event.notify):
            return entered
        verdict = weigh(self._manner.routes, event)
        if not verdict.tell and told and event.change in self._manner.changes:
            return Verdict(tell=True, reason="followed")
        return verdict

    def _enqueue(self, event: AlertEvent, now: datetime) -> None:
        if self._must_wait(event, now):
            self._held.append(event.id)
            return
        # What was held of this incident goes first, or its story would be told backwards.
        before = [name for name in self._held if self._waiting[name].event.incident_id == event.incident_id]
        self._held = [name for name in self._held if name not in before]
        self._make_ready([*before, event.id])
        self._recent.append(now)

    def _must_wait(self, event: AlertEvent, now: datetime) -> bool:
        if event.severity is Severity.EXTREME:
            return False
        return any(hours.holds(event.severity, now) for hours in self._manner.quiet) or self._is_storm(now)

    def _is_storm(self, now: datetime) -> bool:
        if not self._manner.storm_after:
            return False
        while self._recent and self._recent[0] <= now - self._manner.storm_window:
            self._recent.popleft()
        if now >= self._storm_until and len(self._recent) >= self._manner.storm_after:
            self._storm_until = now + self._manner.storm_window
        return now < self._storm_until

    def _release(self, now: datetime) -> None:
        """Make ready what was held and need not wait any longer, and what of the same incident stands before it."""
        if not self._held:
            return
        last_free: dict[str, int] = {}
        for position, name in enumerate(self._held):
            event = self._waiting[name].event
            if not self._must_wait(event, now):
                last_free[event.incident_id] = position
        free = [
            name
            for position, name in enumerate(self._held)
            if position <= last_free.get(self._waiting[name].event.incident_id, -1)
        ]
        if not free:
            return
        self._held = [name for name in self._held if name not in set(free)]
        self._make_ready(free)
        if self._manner.storm_after and len(free) >= self._manner.storm_after:
            self._storm_until = now + self._manner.storm_window

    def _make_ready(self, names: list[str]) -> None:
        size = DIGEST_MOST if self._manner.digests else 1
        self._ready.extend(tuple(names[start : start + size]) for start in range(0, len(names), size))

    def _reminder(self, now: datetime) -> Message | None:
        if self._manner.remind_every is None:
            return None
        for incident in self._incidents.values():
            number = self._reminders_due(incident, now)
            if number <= incident.reminded or self._is_left_alone(incident, now):
                continue
            incident.reminded = number
            return reminder(incident.newest, number)
        return None

    def _reminders_due(self, incident: _Incident, now: datetime) -> int:
        event, every = incident.newest.event, self._manner.remind_every
        if every is None or not incident.told_revision or now - incident.told_at > REMINDED_FOR:
            return 0
        if event.status is not Phase.ACTIVE or event.severity.rank < Severity.SEVERE.rank:
            return 0
        return int((now - incident.told_at) / every)

    def _is_left_alone(self, incident: _Incident, now: datetime) -> bool:
        """True when someone has seen it, silenced it, sleeps, or is about to be told of it anyway."""
        event = incident.newest.event
        seen = self._desk.acknowledgement(event.incident_id)
        return (
            (seen is not None and (seen.revision or 0) >= incident.told_revision)
            or self._desk.silence_of(event, now) is not None
            or any(hours.holds(event.severity, now) for hours in self._manner.quiet)
            or any(waiting.event.incident_id == event.incident_id for waiting in self._waiting.values())
        )
