"""Fold: one sighting into one incident. A pure function of both; every field joins so that order matters little."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
import xxhash

from streams.incidents.claims import claims_of, record, toll_of
from streams.incidents.clock import after, before, event_at, spoke_at
from streams.incidents.corroboration import confidence_of
from streams.incidents.placement import chosen, vote
from streams.incidents.policy import Policy
from streams.incidents.registers import registers_of
from streams.model import (
    Certainty,
    Contribution,
    Evidence,
    Incident,
    Kind,
    Phase,
    Reading,
    Severity,
    Sighting,
    Sources,
    Status,
    Suspects,
    Toll,
    Urgency,
)

REFUTED: Final = "refuted"
"""The stamp that says when the report was last said to be false."""

GRACE: Final = timedelta(minutes=10)
"""Reports within so long after an all-clear are taken to have been written before it."""

_EVENT_SLACK: Final = timedelta(hours=48)
_KINDS: Final = tuple(Kind)
_CERTAINTY: Final = {
    Certainty.UNKNOWN: 0,
    Certainty.UNLIKELY: 1,
    Certainty.POSSIBLE: 2,
    Certainty.LIKELY: 3,
    Certainty.OBSERVED: 4,
}
_URGENCY: Final = {
    Urgency.UNKNOWN: 0,
    Urgency.PAST: 1,
    Urgency.FUTURE: 2,
    Urgency.EXPECTED: 3,
    Urgency.IMMEDIATE: 4,
}


def short_hash(sighting_id: str) -> int:
    """48 bits of a sighting's id, by which a redelivery is known again."""
    return xxhash.xxh3_64_intdigest(sighting_id.encode("utf-8", "surrogatepass")) >> 16


def incident_id(sighting: Sighting) -> str:
    """The id of the incident that a sighting opens, from the sighting alone: country, day, and a hash of its id."""
    digest = xxhash.xxh3_64_hexdigest(f"{sighting.partition_key}\n{sighting.id}".encode("utf-8", "surrogatepass"))
    return f"{sighting.partition_key}-{spoke_at(sighting):%Y%m%d}-{digest}".lower()


def is_urgent(reading: Reading) -> bool:
    """True for evidence of danger at hand: people told to protect themselves, or someone at large.

    That an attack is told as fresh news is not enough: so are its aftermath and its toll, days later.
    """
    if reading.status is not Status.CURRENT or not reading.kinds:
        return False
    return (reading.advisory is not None and reading.advisory.in_force) or bool(reading.suspects.at_large)


def _attests(sighting: Sighting) -> bool:
    """True for a witness of danger at a known time: what an undated article tells may have been so long before."""
    return sighting.published_at is not None and is_urgent(sighting.reading)


def is_clear(reading: Reading) -> bool:
    """True when the whole danger is reported to be over."""
    return reading.status is Status.ALL_CLEAR and not reading.partial


def is_level_only(reading: Reading) -> bool:
    """True for a threat level told without an attack: nobody hurt, nobody told to shelter."""
    told = reading.casualties
    return (
        reading.threat_level is not None
        and reading.kinds == (Kind.TERROR_ALERT,)
        and not told.killed
        and not told.injured
        and reading.advisory is None
        and not reading.suspects.at_large
        and not reading.suspects.detained
    )


def empty_incident(sighting: Sighting, policy: Policy) -> Incident:
    """The incident that a sighting opens, before the sighting itself is folded in."""
    spoke = spoke_at(sighting)
    reading = sighting.reading
    # Until danger is attested, any all-clear that is not late counts as its end.
    attested = spoke if _attests(sighting) else before(spoke, policy.lateness)
    return Incident(
        id=incident_id(sighting),
        revision=0,
        phase=Phase.ACTIVE,
        kinds=(),
        severity=Severity.MINOR,
        urgency=Urgency.UNKNOWN,
        certainty=Certainty.UNKNOWN,
        confidence=0.0,
        headline=sighting.article.title,
        place=None,
        threat_level=None,
        advisory=None,
        suspects=Suspects(),
        toll=Toll(),
        sources=Sources(),
        event_at=event_at(sighting),
        first_seen_at=sighting.seen_at,
        last_seen_at=sighting.seen_at,
        last_danger_at=attested,
        expires_at=after(spoke, policy.expiry(reading.kinds, level_only=is_level_only(reading))),
        opened_by=sighting.article,
        partition_key=sighting.partition_key,
        level_only=is_level_only(reading),
    )


def absorb(
    incident: Incident, sighting: Sighting, policy: Policy, origin: str, *, fresh: bool, copied: bool
) -> Incident:
    """The incident with the sighting in it; phase and revision stay for the lifecycle to settle.

    ``fresh`` is False for late coverage, which only adds to the sources; ``copied`` True for a near copy of what was
    absorbed, whose words add no weight.
    """
    reading, spoke = sighting.reading, spoke_at(sighting)
    new_origin = origin not in incident.origins
    origins = _grown(incident.origins, origin, policy.max_publishers)
    publishers = _grown(incident.publishers, sighting.publisher, policy.max_publishers)
    sources = Sources(articles=incident.sources.articles + 1, publishers=len(publishers), independent=len(origins))
    contribution = Contribution(
        sighting_id=sighting.id,
        seen_at=sighting.seen_at,
        published_at=sighting.published_at,
        publisher=sighting.publisher,
        origin=origin,
        # A copy is known again by the text that it copies.
        sketch=() if copied else sighting.sketch,
    )
    official = incident.official or (fresh and reading.official)
    best = max(incident.best, reading.confidence if fresh else 0.0)
    fields: dict[str, object] = {
        "sources": sources,
        "publishers": publishers,
        "origins": origins,
        "contributions": _kept(incident.contributions, contribution, policy.max_contributions),
        "absorbed": (*incident.absorbed[-policy.max_absorbed + 1 :], short_hash(sighting.id)),
        "tokens": _joined(incident.tokens, sighting.tokens, policy.max_tokens),
        "first_seen_at": min(incident.first_seen_at, sighting.seen_at),
        "last_seen_at": max(incident.last_seen_at, sighting.seen_at),
        "official": official,
        "best": best,
        "confidence": confidence_of(best, len(origins), official=official),
    }
    if fresh:
        fields |= _freshened(incident, sighting, spoke, policy, origin, new_origin=new_origin, copied=copied)
    return msgspec.structs.replace(incident, **fields)


def _freshened(
    incident: Incident,
    sighting: Sighting,
    spoke: datetime,
    policy: Policy,
    origin: str,
    *,
    new_origin: bool,
    copied: bool,
) -> dict[str, object]:
    """What news that is not late may change."""
    reading = sighting.reading
    ledger = incident.claims
    # A follow-up may be of another event: it adds to a toll that is known, and makes none of a report without harm.
    if sighting.opens or incident.toll.killed.latest or incident.severity.rank >= Severity.SEVERE.rank:
        found = claims_of(reading, spoke, sighting.article.article_id, origin, corrects=sighting.corrects)
        ledger = record(ledger, found, policy.max_claims)
    fields: dict[str, object] = {}
    if ledger is not incident.claims:
        fields |= {"claims": ledger, "toll": toll_of(ledger)}
    if reading.status is Status.HOAX:
        fields["stamps"] = {**incident.stamps, REFUTED: max(spoke, incident.stamps.get(REFUTED, spoke))}
    if not sighting.opens:
        return fields
    happened = event_at(sighting)
    if happened < incident.event_at and incident.event_at - happened <= _EVENT_SLACK:
        fields["event_at"] = happened
    votes = vote(incident.places, sighting.place, spoke, policy.max_places, counts=new_origin and not copied)
    if votes is not incident.places:
        fields |= {"places": votes, "place": chosen(votes, widest=incident.level_only and is_level_only(reading))}
    if any(kind not in incident.kinds for kind in reading.kinds):
        fields["kinds"] = tuple(kind for kind in _KINDS if kind in incident.kinds or kind in reading.kinds)
    if _CERTAINTY[reading.certainty] > _CERTAINTY[incident.certainty]:
        fields["certainty"] = reading.certainty
    # Its end is no attack: the level that ends was told by itself, and stays so.
    if incident.level_only and not is_level_only(reading) and not is_clear(reading):
        fields["level_only"] = False
    fields |= _danger(incident, sighting, spoke, copied=copied)
    fields |= registers_of(incident, sighting, spoke)
    evidence = _evidence(incident.evidence, sighting, policy.max_evidence)
    if evidence is not incident.evidence:
        fields["evidence"] = evidence
    return fields


def _danger(incident: Incident, sighting: Sighting, spoke: datetime, *, copied: bool) -> dict[str, object]:
    """How bad it is, when the danger was last attested, and when its end was."""
    reading = sighting.reading
    fields: dict[str, object] = {}
    if reading.status is Status.CURRENT:
        if reading.severity is not None and reading.severity.rank > incident.severity.rank:
            fields["severity"] = reading.severity
        if _URGENCY[reading.urgency] > _URGENCY[incident.urgency]:
            fields["urgency"] = reading.urgency
        if spoke > incident.last_danger_at and not copied and _attests(sighting):
            fields["last_danger_at"] = spoke
    elif is_clear(reading) and (incident.cleared_at is None or spoke > incident.cleared_at):
        fields["cleared_at"] = spoke
    return fields


def _grown(held: tuple[str, ...], name: str, limit: int) -> tuple[str, ...]:
    if not name or name in held or len(held) >= limit:
        return held
    return tuple(sorted((*held, name)))


def _joined(held: tuple[str, ...], found: tuple[str, ...], limit: int) -> tuple[str, ...]:
    if len(held) >= limit:
        return held
    known = set(held)
    new = [token for token in found if token not in known]
    if not new:
        return held
    # The first that came in stay when there is no room for all: what an incident is known by does not drift.
    return tuple(sorted((*held, *new[: limit - len(held)])))


def _kept(held: tuple[Contribution, ...], new: Contribution, limit: int) -> tuple[Contribution, ...]:
    """The opening contributions and the newest ones; when there are too many, a third of them goes at once."""
    if len(held) < limit:
        return (*held, new)
    first = limit // 4
    return (*held[:first], *held[first + limit // 3 :], new)


def _evidence(held: tuple[Evidence, ...], sighting: Sighting, limit: int) -> tuple[Evidence, ...]:
    """The newest evidence of each field, at most ``limit``, each with its article."""
    found = sighting.reading.evidence
    if not found:
        return held
    newest = {one.field: one for one in held}
    for one in found:
        newest.pop(one.field, None)
        newest[one.field] = msgspec.structs.replace(one, quote=one.quote[:280], article_id=sighting.article.article_id)
    return tuple(newest.values())[-limit:]
