"""Orders: what an operator's merge or split does to incidents, as a decision like any other."""

from typing import Final

import msgspec
import xxhash

from streams.incidents.fold import short_hash
from streams.incidents.joining import join, only, survivor_of, without
from streams.incidents.policy import Policy
from streams.incidents.reasons import Reason
from streams.incidents.view import event_of
from streams.model import ArticleRef, Change, Decision, Incident, Outcome, Phase
from streams.model.command import Command

MERGED: Final = "merged"
SPLIT: Final = "split"
IGNORED: Final = "ignored"


def merge(command: Command, a: Incident | None, b: Incident | None, policy: Policy) -> Decision:
    """Two incidents become one: the one heard of first lives on, the other's last event points to it."""
    if a is None or b is None or a.id == b.id or a.partition_key != b.partition_key:
        return _nothing(command, Reason.NO_INCIDENT)
    if a.merged_into is not None or b.merged_into is not None:
        return _nothing(command, Reason.REDELIVERED)
    survivor, loser = survivor_of(a, b)
    joined = _revised(join(survivor, loser, policy))
    gone = _revised(msgspec.structs.replace(loser, phase=Phase.CLOSED, merged_into=survivor.id))
    return Decision(
        sighting_id=command.id,
        incident_id=survivor.id,
        decision=MERGED,
        reason=Reason.MERGED.value,
        outcomes=(
            _outcome(joined, Change.CORRECTED, Reason.MERGED),
            _outcome(gone, Change.CLOSED, Reason.MERGED),
        ),
    )


def split(command: Command, parent: Incident | None, held: Incident | None) -> Decision:
    """Some articles are of another event: they leave ``parent`` and make an incident of their own.

    ``held`` is the incident that the command made when it was read before. What was not kept of each article by
    itself (words, severity, kinds) stays with both.
    """
    if parent is None or held is not None:
        return _nothing(command, Reason.NO_INCIDENT if parent is None else Reason.REDELIVERED)
    named = frozenset(command.article_ids)
    theirs, rest = only(parent, named), without(parent, named)
    if not theirs.contributions or not rest.contributions:
        return _nothing(command, Reason.NO_INCIDENT)
    new = msgspec.structs.replace(
        theirs,
        id=split_id(command, parent.id),
        revision=0,
        notified=0,
        absorbed=tuple(value for value in parent.absorbed if value in _hashes(theirs)),
        opened_by=ArticleRef(article_id=theirs.contributions[0].sighting_id),
    )
    kept = msgspec.structs.replace(
        rest, absorbed=tuple(value for value in parent.absorbed if value not in _hashes(theirs))
    )
    return Decision(
        sighting_id=command.id,
        incident_id=parent.id,
        decision=SPLIT,
        reason=Reason.SPLIT.value,
        outcomes=(
            _outcome(_revised(kept), Change.CORRECTED, Reason.SPLIT),
            _outcome(_revised(new), Change.OPENED, Reason.SPLIT),
        ),
    )


def split_id(command: Command, parent_id: str) -> str:
    """The id of the incident that a split makes, from the command alone."""
    digest = xxhash.xxh3_64_hexdigest(command.id.encode("utf-8", "surrogatepass"))
    return f"{parent_id.rsplit('-', maxsplit=1)[0]}-{digest}"


def _hashes(incident: Incident) -> frozenset[int]:
    return frozenset(short_hash(one.sighting_id) for one in incident.contributions)


def _revised(incident: Incident) -> Incident:
    return msgspec.structs.replace(incident, revision=incident.revision + 1)


def _outcome(incident: Incident, change: Change, reason: Reason) -> Outcome:
    trigger = ArticleRef(article_id="", title=incident.headline)
    return Outcome(
        incident=incident, event=event_of(incident, change, reason.value, trigger, incident.evidence, notify=False)
    )


def _nothing(command: Command, reason: Reason) -> Decision:
    return Decision(sighting_id=command.id, incident_id=None, decision=IGNORED, reason=reason.value)
