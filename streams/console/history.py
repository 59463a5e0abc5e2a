"""History: one incident's revisions with what changed in each, who claimed what, and how long an advisory held."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from streams.console.words import advisory_words, claim_words, count_words, level_words, place_words, shown
from streams.model import AlertEvent, Count, Toll
from streams.model.scalars import Moment

_CLAIMED: Final = ("killed", "injured", "place", "threat level", "advisory")
"""Fields whose every statement is worth a row with its source."""


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the alert that a revision changed, in words; empty where there was, or is, nothing."""

    field: str
    before: str
    after: str


class ClaimRow(msgspec.Struct, frozen=True, kw_only=True):
    """``source`` made the alert say ``value`` of ``field`` with the revision published at ``at``."""

    field: str
    value: str
    at: Moment
    revision: int
    source: str
    article_id: str


class AdvisorySpell(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which people were told to do something; ``until`` is None while it holds."""

    words: str
    since: Moment
    until: Moment | None


def fields(event: AlertEvent) -> dict[str, str]:
    """The fields of ``event`` that a person compares, in words."""
    return {
        "status": event.status.replace("_", " "),
        "severity": event.severity,
        "kinds": ", ".join(kind.replace("_", " ") for kind in event.kinds),
        "killed": claim_words(event.casualties.killed),
        "injured": claim_words(event.casualties.injured),
        "place": place_words(event.place),
        "threat level": level_words(event.threat_level),
        "advisory": advisory_words(event.advisory),
        "certainty": event.certainty,
        "urgency": event.urgency,
        "independent sources": str(event.sources.independent),
        "headline": shown(event.headline),
    }


def differences(before: AlertEvent, after: AlertEvent) -> tuple[FieldChange, ...]:
    """What ``after`` says otherwise than ``before``, the gravest fields first."""
    old, new = fields(before), fields(after)
    return tuple(
        FieldChange(field=field, before=old[field], after=value) for field, value in new.items() if value != old[field]
    )


def claims(events: Sequence[AlertEvent]) -> tuple[ClaimRow, ...]:
    """Every new value of a claimed field with the article that brought it, the newest first."""
    rows: list[ClaimRow] = []
    known = dict.fromkeys(_CLAIMED, "")
    held = Toll()
    for event in events:
        values = fields(event)
        toll = event.casualties
        said = values | {"killed": _said(held.killed, toll.killed), "injured": _said(held.injured, toll.injured)}
        held = toll
        for field in _CLAIMED:
            if said[field] and values[field] != known[field]:
                rows.append(
                    ClaimRow(
                        field=field,
                        value=said[field],
                        at=event.last_seen_at,
                        revision=event.revision,
                        source=shown(event.trigger.source, 80),
                        article_id=event.trigger.article_id,
                    )
                )
            known[field] = values[field]
    return tuple(reversed(rows))


def _said(before: Count, after: Count) -> str:
    """The figure that an article gave which changed ``before`` to ``after``: it need not have become the newest."""
    if (before.latest, before.bound) == (after.latest, after.bound):
        if after.min is not None and before.min is not None and after.min < before.min:
            return str(after.min)
        if after.max is not None and before.max is not None and after.max > before.max:
            return str(after.max)
    return count_words(after)


def advisory_spells(events: Iterable[AlertEvent]) -> tuple[AdvisorySpell, ...]:
    """The spells in which an advisory was in force, the oldest first, by the times of the articles."""
    spells: list[AdvisorySpell] = []
    for event in events:
        words = advisory_words(event.advisory) if event.advisory and event.advisory.in_force else ""
        running = spells[-1] if spells and spells[-1].until is None else None
        if running and running.words != words:
            spells[-1] = msgspec.structs.replace(running, until=event.last_seen_at)
        if words and (running is None or running.words != words):
            spells.append(AdvisorySpell(words=words, since=event.last_seen_at, until=None))
    return tuple(spells)


def changes(events: Sequence[AlertEvent]) -> tuple[tuple[FieldChange, ...], ...]:
    """For each of ``events`` what it changed; nothing for the first."""
    return ((), *(differences(before, after) for before, after in pairwise(events)))
