"""Joining: two incidents made one by an operator, and sightings taken out of one."""

from typing import Final

import msgspec

from streams.incidents.claims import record, toll_of
from streams.incidents.corroboration import confidence_of
from streams.incidents.placement import chosen
from streams.incidents.policy import Policy
from streams.model import Claim, Contribution, Incident, Kind, Phase, PlaceVote, Sources

_KINDS: Final = tuple(Kind)


def survivor_of(a: Incident, b: Incident) -> tuple[Incident, Incident]:
    """The incident that lives on, which is the one that was heard of first, and the one that is merged into it."""
    first, second = sorted((a, b), key=lambda one: (one.first_seen_at, one.id))
    return first, second


def join(survivor: Incident, loser: Incident, policy: Policy) -> Incident:
    """The survivor with all that was known of the loser; phase and revision are the caller's to settle."""
    ledger = survivor.claims
    for claim in loser.claims:
        ledger = record(ledger, (claim,), policy.max_claims)
    newer, older = (
        (loser, survivor)
        if (loser.newest_at or loser.last_danger_at) > (survivor.newest_at or survivor.last_danger_at)
        else (survivor, loser)
    )
    origins = tuple(sorted({*survivor.origins, *loser.origins}))[: policy.max_publishers]
    publishers = tuple(sorted({*survivor.publishers, *loser.publishers}))[: policy.max_publishers]
    official, best = survivor.official or loser.official, max(survivor.best, loser.best)
    places = _votes(survivor.places, loser.places, policy.max_places)
    both = sorted((*survivor.contributions, *loser.contributions), key=lambda one: (one.seen_at, one.sighting_id))
    cleared = [moment for moment in (survivor.cleared_at, loser.cleared_at) if moment is not None]
    return msgspec.structs.replace(
        survivor,
        kinds=tuple(kind for kind in _KINDS if kind in survivor.kinds or kind in loser.kinds),
        severity=max(survivor.severity, loser.severity, key=lambda severity: severity.rank),
        headline=newer.headline,
        latest=newer.latest,
        threat_level=newer.threat_level or older.threat_level,
        advisory=newer.advisory or older.advisory,
        places=places,
        place=chosen(places),
        claims=ledger,
        toll=toll_of(ledger),
        origins=origins,
        publishers=publishers,
        sources=Sources(
            articles=survivor.sources.articles + loser.sources.articles,
            publishers=len(publishers),
            independent=len(origins),
        ),
        official=official,
        best=best,
        confidence=confidence_of(best, len(origins), official=official),
        contributions=tuple(both[: policy.max_contributions]),
        tokens=tuple(sorted({*survivor.tokens, *loser.tokens}))[: policy.max_tokens],
        event_at=min(survivor.event_at, loser.event_at),
        first_seen_at=min(survivor.first_seen_at, loser.first_seen_at),
        last_seen_at=max(survivor.last_seen_at, loser.last_seen_at),
        last_danger_at=max(survivor.last_danger_at, loser.last_danger_at),
        newest_at=newer.newest_at,
        cleared_at=max(cleared) if cleared else None,
        expires_at=max(survivor.expires_at, loser.expires_at),
        level_only=survivor.level_only and loser.level_only,
        phase=Phase.ACTIVE if Phase.ACTIVE in (survivor.phase, loser.phase) else survivor.phase,
    )


def without(incident: Incident, article_ids: frozenset[str]) -> Incident:
    """The incident without what some articles said. What they had in common with others stays."""
    kept = tuple(one for one in incident.contributions if article_of(one) not in article_ids)
    gone = tuple(one for one in incident.contributions if article_of(one) in article_ids)
    about = _about(incident, kept, tuple(one for one in incident.claims if one.article_id not in article_ids))
    # Not all that counted is remembered one by one: only what is known to be gone is taken off.
    origins = _less(incident.origins, {one.origin for one in gone} - {one.origin for one in kept})
    publishers = _less(incident.publishers, {one.publisher for one in gone} - {one.publisher for one in kept})
    return msgspec.structs.replace(
        about,
        origins=origins,
        publishers=publishers,
        sources=Sources(
            articles=incident.sources.articles - len(gone), publishers=len(publishers), independent=len(origins)
        ),
        confidence=confidence_of(incident.best, len(origins), official=incident.official),
        evidence=tuple(one for one in incident.evidence if one.article_id not in article_ids),
    )


def only(incident: Incident, article_ids: frozenset[str]) -> Incident:
    """The incident as those articles alone tell of it."""
    kept = tuple(one for one in incident.contributions if article_of(one) in article_ids)
    return _about(incident, kept, tuple(one for one in incident.claims if one.article_id in article_ids))


def _about(incident: Incident, kept: tuple[Contribution, ...], claims: tuple[Claim, ...]) -> Incident:
    origins = tuple(sorted({one.origin for one in kept if one.origin}))
    publishers = tuple(sorted({one.publisher for one in kept if one.publisher}))
    said = {article_of(one) for one in kept}
    return msgspec.structs.replace(
        incident,
        contributions=kept,
        claims=claims,
        toll=toll_of(claims),
        origins=origins,
        publishers=publishers,
        sources=Sources(articles=len(kept), publishers=len(publishers), independent=len(origins)),
        confidence=confidence_of(incident.best, len(origins), official=incident.official),
        evidence=tuple(one for one in incident.evidence if one.article_id in said),
        first_seen_at=min((one.seen_at for one in kept), default=incident.first_seen_at),
    )


def _less(held: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    return tuple(one for one in held if one not in gone)


def article_of(contribution: Contribution) -> str:
    """The article of a sighting: its id up to the mark of further events."""
    return contribution.sighting_id.split("#", maxsplit=1)[0]


def _votes(ours: tuple[PlaceVote, ...], theirs: tuple[PlaceVote, ...], limit: int) -> tuple[PlaceVote, ...]:
    joined = list(ours)
    for other in theirs:
        index = next((i for i, held in enumerate(joined) if held.place == other.place), None)
        if index is None:
            joined.append(other)
        else:
            held = joined[index]
            joined[index] = PlaceVote(place=held.place, votes=held.votes + other.votes, at=min(held.at, other.at))
    return tuple(sorted(joined, key=lambda vote: (-vote.votes, vote.at, vote.place.name))[:limit])
