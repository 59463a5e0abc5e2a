"""Reading: what an article says about people in danger, each claim with the sentence behind it."""

from typing import Literal

import msgspec

from streams.model.kinds import Action, Bound, Certainty, Direction, Kind, Severity, Status, Urgency
from streams.model.scalars import CountryCode, Moment, Ordinal, Probability, Whole


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The sentence (``quote``) that made ``rule`` set ``field``; ``article_id`` is set once it leaves its article."""

    field: str
    quote: str
    rule: str
    article_id: str | None = None


class Casualties(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of this event as the article states them; None where it states none.

    ``killed`` includes the attacker only where the article's own count does.
    """

    killed: Whole | None = None
    injured: Whole | None = None
    killed_bound: Bound = Bound.EXACT
    injured_bound: Bound = Bound.EXACT


class Suspects(msgspec.Struct, frozen=True, kw_only=True):
    """How many suspects the article puts in each state; None where it does not say."""

    at_large: Whole | None = None
    detained: Whole | None = None
    dead: Whole | None = None


class ThreatLevel(msgspec.Struct, frozen=True, kw_only=True):
    """An official terror-threat level of a country or area.

    ``level`` is the national scale's own word or digit in lower case; ``rank`` counts from 1, the lowest, of ``of``.
    Both are None when the article says "highest" of a country without a public scale.
    """

    country_code: CountryCode | None = None
    area: str | None = None
    level: str | None = None
    rank: Ordinal | None = None
    of: Ordinal | None = None
    direction: Direction
    previous: str | None = None
    expires_at: Moment | None = None

    def ranked(self) -> str:
        """The level and its rank: ``red (3 of 3)``, ``4 of 5`` where it is its own rank, ``highest`` without either."""
        rank = f"{self.rank} of {self.of}" if self.rank and self.of else ""
        if rank and self.level == str(self.rank):
            return rank
        return f"{self.level or 'highest'} ({rank})" if rank else self.level or "highest"


class Advisory(msgspec.Struct, frozen=True, kw_only=True):
    """What people were told to do, and whether it still holds."""

    action: Action
    in_force: bool


class EventTime(msgspec.Struct, frozen=True, kw_only=True):
    """When the event happened: UTC start of a span of ``precision``.

    ``told`` is False when the article gives no time of the event and its publication stands in.
    """

    at: Moment
    precision: Literal["minute", "day"]
    told: bool


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of characters of an article's title or text that carries a hit; ``weight`` is at most 1.

    The places room looks for the event's place in and near these.
    """

    where: Literal["title", "text"]
    start: Whole
    end: Whole
    weight: Probability = 1.0


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one article says. ``kinds`` is empty and ``severity`` None unless ``status`` is an alert's.

    ``reason`` is the code of the rule that settled the status; ``confidence`` is the probability (0 to 1) that the
    article is alertable; ``official`` is True when an authority is named as the source of the central claim;
    ``partial`` is True when the danger is over for one part only, so that the incident stays active.
    """

    kinds: tuple[Kind, ...] = ()
    status: Status = Status.UNRELATED
    severity: Severity | None = None
    urgency: Urgency = Urgency.UNKNOWN
    certainty: Certainty = Certainty.UNKNOWN
    confidence: Probability = 0.0
    casualties: Casualties = Casualties()
    suspects: Suspects = Suspects()
    threat_level: ThreatLevel | None = None
    advisory: Advisory | None = None
    event_time: EventTime | None = None
    official: bool = False
    partial: bool = False
    reason: str = "no_signal"
    evidence: tuple[Evidence, ...] = ()
    anchors: tuple[Span, ...] = ()

    @property
    def alertable(self) -> bool:
        """True when the article reports a present danger, or its end."""
        return self.status.is_alert and bool(self.kinds)
