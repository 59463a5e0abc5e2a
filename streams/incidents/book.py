"""Book: all incidents at hand, and the decision that each sighting leads to."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from streams.incidents.clock import is_late
from streams.incidents.corroboration import SAME_TEXT, origin_of, own_origin
from streams.incidents.fold import absorb, empty_incident, short_hash
from streams.incidents.levels import with_levels
from streams.incidents.lifecycle import Step, close, settle
from streams.incidents.look import Known, Told
from streams.incidents.orders import merge, split, split_id
from streams.incidents.pair import Crowd, Pair
from streams.incidents.policy import Policy
from streams.incidents.ranking import Ranking
from streams.incidents.reasons import Reason
from streams.incidents.scale import Weights, learned
from streams.incidents.shelf import Shelf
from streams.incidents.undoing import undo
from streams.incidents.view import event_of
from streams.model import ArticleRef, Change, Decision, Incident, Outcome, Phase, Severity, Sighting
from streams.model.command import Command
from streams.model.incident import country_of
from streams.model.kinds import CommandAction

_REACH: Final = timedelta(days=10)
_CLOSINGS: Final = 200


class Book:
    """The incidents of any number of country partitions.

    :meth:`decide` changes nothing: its decision is published first and then given to :meth:`apply`. All state is in
    the incident snapshots, so a book restored from them decides as this one would.
    """

    def __init__(self, policy: Policy | None = None, *, weights: Weights | None = None) -> None:
        self.policy = policy if policy is not None else Policy.load()
        self._shelves: dict[str, Shelf] = {}
        self._ranking = Ranking(self.policy, weights if weights is not None else learned())
        self._coarse = timedelta(hours=self.policy.coarse_hours)
        self._lateness = self.policy.lateness

    def restore(self, incident: Incident) -> None:
        """Put back an incident from its newest snapshot; the order of calls does not matter."""
        self._shelf(incident.partition_key).put(incident)

    def forget(self, incident_id: str) -> None:
        """Drop one incident, as its tombstone says; unknown ids do nothing."""
        for shelf in self._shelves.values():
            shelf.remove(incident_id)

    def forget_partition(self, keys: Iterable[str]) -> None:
        """Drop all incidents of partitions that were given to another worker."""
        for key in keys:
            self._shelves.pop(key, None)

    def incidents(self, partition_key: str | None = None) -> Iterator[Incident]:
        """The snapshots of one partition, or of all, in a fixed order."""
        keys = sorted(self._shelves) if partition_key is None else [partition_key]
        for key in keys:
            if (shelf := self._shelves.get(key)) is not None:
                yield from shelf.incidents()

    def get(self, incident_id: str) -> Incident | None:
        """One incident by its id, or None."""
        for shelf in self._shelves.values():
            if (entry := shelf.entries.get(incident_id)) is not None:
                return entry.incident
        return None

    def decide(self, sighting: Sighting) -> Decision:
        """What to do with a sighting: never raises for a well-typed sighting, and does not change the book."""
        shelf = self._shelves.get(sighting.partition_key) or self._new_shelf()
        known = shelf.absorbed.get(short_hash(sighting.id))
        if known is not None:
            return Decision(
                sighting_id=sighting.id, incident_id=known, decision="duplicate", reason=Reason.REDELIVERED.value
            )
        watermark = max(shelf.watermark, sighting.seen_at)
        match = self._ranking.best(shelf, Told(sighting))
        if match is None and (why_not := _why_not_open(sighting)) is not None:
            return Decision(sighting_id=sighting.id, incident_id=None, decision="ignored", reason=why_not.value)
        return self._decide(shelf, sighting, match, watermark)

    def decide_into(self, sighting: Sighting, incident_id: str | None) -> Decision:
        """The decision when it is given which incident a sighting belongs to (None: a new one)."""
        shelf = self._shelves.get(sighting.partition_key) or self._new_shelf()
        target = shelf.entries.get(incident_id) if incident_id is not None else None
        return self._decide(shelf, sighting, target, max(shelf.watermark, sighting.seen_at))

    def command(self, command: Command) -> Decision:
        """What an operator's merge, split or undo does; like :meth:`decide` it changes nothing until applied.

        Acknowledgements and silences are no concern of incidents and give an ignored decision.
        """
        decision = self._carry_out(command)
        shelf = self._shelves.get(country_of(command.incident_id or ""))
        if shelf is None or not decision.outcomes:
            return decision
        outcomes = with_levels(decision.outcomes, shelf.levels, shelf.watermark, self.policy)
        return msgspec.structs.replace(decision, outcomes=outcomes)

    def _carry_out(self, command: Command) -> Decision:
        named = self.get(command.incident_id or "")
        if command.action is CommandAction.SPLIT:
            held = self.get(split_id(command.id, named.id)) if named is not None else None
            return split(command, named, held)
        if command.action is CommandAction.UNDO:
            return undo(command, self.incidents(country_of(command.incident_id or "")), self.policy)
        target = self.get(command.target or "") if command.action is CommandAction.MERGE else None
        return merge(command, named, target, self.policy)

    def apply(self, decision: Decision) -> None:
        """Take over a decision whose events have been published."""
        for outcome in decision.outcomes:
            self._shelf(outcome.incident.partition_key).put(outcome.incident)
        for incident_id in decision.forgotten:
            self.forget(incident_id)

    def pairs(self, told: Told) -> tuple[list[Pair], Crowd]:
        """The sighting beside every incident that it may tell of, and how crowded its place is."""
        shelf = self._shelves.get(told.sighting.partition_key) or self._new_shelf()
        return self._ranking.pairs(shelf, told)

    def _decide(self, shelf: Shelf, sighting: Sighting, target: Known | None, watermark: datetime) -> Decision:
        outcomes, closed = self._closings(shelf, watermark)
        fresh = not is_late(sighting, watermark, self._lateness)
        if target is None:
            step = self._open(sighting, fresh=fresh)
            decision = "opened"
        else:
            held = closed.get(target.incident.id, target.incident)
            step = self._attach(held, target, sighting, fresh=fresh)
            decision = "attached" if fresh else "late" if held.phase is Phase.ACTIVE else "stale"
        event = None
        if step.change is not None:
            event = event_of(
                step.incident,
                step.change,
                step.reason.value,
                sighting.article,
                step.incident.evidence,
                notify=step.notify,
            )
        outcomes.append(Outcome(incident=step.incident, event=event))
        touched = step.incident.id
        forgotten = tuple(one for one in shelf.forgettable(watermark, _CLOSINGS) if one != touched)
        return Decision(
            sighting_id=sighting.id,
            incident_id=touched,
            decision=decision,
            reason=step.reason.value,
            outcomes=with_levels(outcomes, shelf.levels, watermark, self.policy),
            forgotten=forgotten,
        )

    def _open(self, sighting: Sighting, *, fresh: bool) -> Step:
        empty = empty_incident(sighting, self.policy)
        folded = absorb(empty, sighting, self.policy, own_origin(sighting), fresh=True, copied=False)
        return settle(None, folded, sighting, self.policy, fresh=fresh, copied=False)

    def _attach(self, held: Incident, known: Known, sighting: Sighting, *, fresh: bool) -> Step:
        origin, share = origin_of(sighting, held.contributions, known.hashes)
        copied = share >= SAME_TEXT
        folded = absorb(held, sighting, self.policy, origin, fresh=fresh, copied=copied)
        return settle(held, folded, sighting, self.policy, fresh=fresh, copied=copied)

    def _closings(self, shelf: Shelf, watermark: datetime) -> tuple[list[Outcome], dict[str, Incident]]:
        outcomes: list[Outcome] = []
        closed: dict[str, Incident] = {}
        for incident in shelf.due(watermark, _CLOSINGS):
            step = close(incident)
            event = event_of(
                step.incident,
                Change.CLOSED,
                step.reason.value,
                # Time closed it and no article did: the trigger names none, and is the same whoever notices.
                ArticleRef(article_id="", title=incident.headline),
                incident.evidence,
                notify=False,
            )
            outcomes.append(Outcome(incident=step.incident, event=event))
            closed[incident.id] = step.incident
        return outcomes, closed

    def _shelf(self, key: str) -> Shelf:
        if key not in self._shelves:
            self._shelves[key] = self._new_shelf()
        return self._shelves[key]

    def _new_shelf(self) -> Shelf:
        return Shelf(timedelta(hours=self.policy.memory_hours), _REACH, self._coarse)


def _why_not_open(sighting: Sighting) -> Reason | None:
    """Why a sighting that matches nothing opens no incident; None where it does."""
    if not sighting.opens:
        return Reason.NO_INCIDENT
    severity = sighting.reading.severity
    if sighting.place is None and (severity is None or severity is Severity.MINOR):
        return Reason.UNPLACED
    return None
