"""Orders: what an operator's merge or split does to incidents, as a decision like any other."""

from typing import Final

import msgspec
import xxhash

from streams.incidents.fold import short_hash
from streams.incidents.joining import join, only, survivor_of, without
from streams.incidents.policy import Policy
from streams.incidents.reasons import Reason
from streams.incidents.view import event_of
from streams.model import ArticleRef, Change, Decision, Former, Incident, Outcome, Phase
from streams.model.command import Command
from streams.model.incident import country_of

MERGED: Final = "merged"
SPLIT: Final = "split"
IGNORED: Final = "ignored"


def merge(command: Command, a: Incident | None, b: Incident | None, policy: Policy) -> Decision:
    """Two incidents become one: the one heard of first lives on, the other's last event points to it."""
    if command.incident_id and command.target and country_of(command.incident_id) != country_of(command.target):
        return refused(command, Reason.OTHER_COUNTRY)
    if command.incident_id and command.incident_id == command.target:
        return refused(command, Reason.SAME_INCIDENT)
    if a is None or b is None:
        return refused(command, Reason.NO_INCIDENT)
    if (why_not := _merged_before(command, a, b)) is not None:
        return refused(command, why_not)
    survivor, loser = survivor_of(a, b)
    outcomes = merging(command, survivor, loser, policy, Reason.MERGED)
    return decided(command, survivor.id, MERGED, Reason.MERGED, *outcomes)


def merging(
    command: Command, survivor: Incident, loser: Incident, policy: Policy, reason: Reason
) -> tuple[Outcome, Outcome]:
    """The outcomes of merging ``loser`` into ``survivor``.

    Who was told of the loser alone, or of something milder than the two are together, is told of the survivor.
    """
    rose = loser.severity.rank > survivor.severity.rank
    joined = join(survivor, loser, policy)
    notify = loser.notified > 0 and joined.phase is Phase.ACTIVE and (rose or survivor.notified == 0)
    gone = msgspec.structs.replace(
        loser,
        phase=Phase.CLOSED,
        merged_into=survivor.id,
        former=Former(order=command.id, phase=loser.phase, survivor=_lean(survivor)),
    )
    return (
        revised(joined, Change.ESCALATED if rose else Change.CORRECTED, reason, notify=notify),
        revised(gone, Change.CLOSED, reason),
    )


def split(command: Command, parent: Incident | None, held: Incident | None) -> Decision:
    """Some articles are of another event: they leave ``parent`` and make an incident of their own.

    ``held`` is the incident that the command made when it was read before. What was not kept of each article by
    itself (words, severity, kinds) stays with both.
    """
    if parent is None or held is not None:
        return refused(command, Reason.NO_INCIDENT if parent is None else Reason.REDELIVERED)
    if parent.merged_into is not None:
        return refused(command, Reason.ALREADY_MERGED)
    named = frozenset(command.article_ids)
    theirs, rest = only(parent, named), without(parent, named)
    if not theirs.contributions or not rest.contributions:
        return refused(command, Reason.NO_ARTICLES)
    new = msgspec.structs.replace(
        theirs,
        id=split_id(command.id, parent.id),
        revision=0,
        notified=0,
        absorbed=tuple(value for value in parent.absorbed if value in _hashes(theirs)),
        opened_by=ArticleRef(article_id=theirs.contributions[0].sighting_id),
    )
    kept = msgspec.structs.replace(
        rest, absorbed=tuple(value for value in parent.absorbed if value not in _hashes(theirs))
    )
    # Who was told of both as one has not heard of the second.
    notify = parent.notified > 0 and parent.phase is Phase.ACTIVE
    return decided(
        command,
        parent.id,
        SPLIT,
        Reason.SPLIT,
        revised(kept, Change.CORRECTED, Reason.SPLIT),
        revised(new, Change.OPENED, Reason.SPLIT, notify=notify),
    )


def split_id(order_id: str, parent_id: str) -> str:
    """The id of the incident that the split ``order_id`` of ``parent_id`` makes, from these alone."""
    digest = xxhash.xxh3_64_hexdigest(order_id.encode("utf-8", "surrogatepass"))
    return f"{parent_id.rsplit('-', maxsplit=1)[0]}-{digest}"


def revised(incident: Incident, change: Change, reason: Reason, *, notify: bool = False) -> Outcome:
    """The next revision of ``incident`` with its event, which no article brought about."""
    newer = msgspec.structs.replace(
        incident,
        revision=incident.revision + 1,
        notified=incident.notified + notify,
        told=incident.toll if notify else incident.told,
    )
    trigger = ArticleRef(article_id="", title=newer.headline)
    return Outcome(incident=newer, event=event_of(newer, change, reason.value, trigger, newer.evidence, notify=notify))


def decided(command: Command, incident_id: str, decision: str, reason: Reason, *outcomes: Outcome) -> Decision:
    """The decision that carries ``command`` out."""
    return Decision(
        sighting_id=command.id, incident_id=incident_id, decision=decision, reason=reason.value, outcomes=outcomes
    )


def refused(command: Command, reason: Reason) -> Decision:
    """The decision that changes nothing, and why."""
    return Decision(sighting_id=command.id, incident_id=None, decision=IGNORED, reason=reason.value)


def _merged_before(command: Command, *both: Incident) -> Reason | None:
    for one in both:
        if one.former is not None and one.former.order == command.id:
            return Reason.REDELIVERED
    return Reason.ALREADY_MERGED if any(one.merged_into is not None for one in both) else None


def _lean(incident: Incident) -> str:
    """The incident as JSON, without the lists of what was said, which it goes on to have."""
    lean = msgspec.structs.replace(incident, contributions=(), claims=(), absorbed=(), evidence=(), former=None)
    return msgspec.json.encode(lean).decode()


def _hashes(incident: Incident) -> frozenset[int]:
    return frozenset(short_hash(one.sighting_id) for one in incident.contributions)
