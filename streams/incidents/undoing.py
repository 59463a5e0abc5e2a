"""Undoing: an operator takes back a merge or a split."""

from collections.abc import Iterable
from typing import Final

import msgspec

from streams.incidents.claims import toll_of
from streams.incidents.corroboration import confidence_of
from streams.incidents.joining import article_of, without
from streams.incidents.orders import decided, merging, refused, revised, split_id
from streams.incidents.placement import chosen
from streams.incidents.policy import Policy
from streams.incidents.reasons import Reason
from streams.model import Change, Decision, Former, Incident, Phase, PlaceVote, Sources
from streams.model.command import Command

UNDONE: Final = "undone"
_INCIDENT: Final = msgspec.json.Decoder(Incident)
_OPEN: Final = frozenset({Phase.ACTIVE, Phase.ALL_CLEAR})


def undo(command: Command, incidents: Iterable[Incident], policy: Policy) -> Decision:
    """Take back the merge or split ``command.target`` among ``incidents``, those of its country.

    After a merge both are as before it, with what came since at the survivor; after a split the articles are back in
    the incident that they were taken from.
    """
    order = command.target or ""
    known = {incident.id: incident for incident in incidents}
    for loser in known.values():
        if loser.former is not None and loser.former.order == order and loser.merged_into in known:
            return _unmerge(command, known[loser.merged_into], loser, loser.former)
    parent = known.get(command.incident_id or "")
    child = known.get(split_id(order, parent.id)) if parent is not None else None
    if parent is None or child is None or child.merged_into is not None:
        return refused(command, Reason.NO_ORDER)
    if parent.merged_into is not None:
        return refused(command, Reason.ALREADY_MERGED)
    return decided(command, parent.id, UNDONE, Reason.UNDONE, *merging(command, parent, child, policy, Reason.UNDONE))


def _unmerge(command: Command, survivor: Incident, loser: Incident, former: Former) -> Decision:
    if survivor.merged_into is not None:
        return refused(command, Reason.ALREADY_MERGED)
    restored = msgspec.structs.replace(loser, phase=former.phase, merged_into=None, former=None)
    change = Change.REOPENED if former.phase in _OPEN else Change.CORRECTED
    # Its receivers were told that it is closed: those that keep state must open it again.
    notify = loser.notified > 0 and former.phase is Phase.ACTIVE
    return decided(
        command,
        survivor.id,
        UNDONE,
        Reason.UNDONE,
        revised(_parted(survivor, loser, _INCIDENT.decode(former.survivor)), Change.CORRECTED, Reason.UNDONE),
        revised(restored, change, Reason.UNDONE, notify=notify),
    )


def _parted(survivor: Incident, loser: Incident, before: Incident) -> Incident:
    """The survivor without the loser: as ``before`` where nothing came since, else without what the loser alone had."""
    theirs = frozenset([article_of(one) for one in loser.contributions] + [one.article_id for one in loser.claims])
    rest = without(survivor, theirs)
    if survivor.sources.articles == before.sources.articles + loser.sources.articles:
        return msgspec.structs.replace(
            before,
            revision=survivor.revision,
            notified=survivor.notified,
            told=survivor.told,
            contributions=rest.contributions,
            claims=rest.claims,
            toll=toll_of(rest.claims),
            absorbed=survivor.absorbed,
            evidence=rest.evidence,
        )
    origins = _less(survivor.origins, loser.origins, before.origins)
    publishers = _less(survivor.publishers, loser.publishers, before.publishers)
    places = _votes(survivor.places, loser.places)
    return msgspec.structs.replace(
        rest,
        kinds=tuple(kind for kind in survivor.kinds if kind in before.kinds or kind not in loser.kinds),
        tokens=_less(survivor.tokens, loser.tokens, before.tokens),
        places=places,
        place=chosen(places),
        origins=origins,
        publishers=publishers,
        sources=Sources(
            articles=survivor.sources.articles - loser.sources.articles,
            publishers=len(publishers),
            independent=len(origins),
        ),
        confidence=confidence_of(survivor.best, len(origins), official=survivor.official),
    )


def _less(held: tuple[str, ...], theirs: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    gone = set(theirs) - set(before)
    return tuple(one for one in held if one not in gone)


def _votes(held: tuple[PlaceVote, ...], theirs: tuple[PlaceVote, ...]) -> tuple[PlaceVote, ...]:
    gone = {vote.place: vote.votes for vote in theirs}
    left = (msgspec.structs.replace(vote, votes=max(0, vote.votes - gone.get(vote.place, 0))) for vote in held)
    return tuple(vote for vote in left if vote.votes or vote.place not in gone)
