"""Incident: the state that the consolidator keeps, and the ledger of claims inside it."""

from datetime import datetime

import msgspec

from streams.model.kinds import Bound, Certainty, Kind, Phase, Severity, Urgency
from streams.model.place import UNPLACED, Place
from streams.model.reading import Advisory, Evidence, Suspects, ThreatLevel
from streams.model.sighting import ArticleRef


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A toll as the ledger has it: the newest claim and the bounds of all that was claimed for this event."""

    latest: int | None = None
    min: int | None = None
    max: int | None = None
    bound: Bound = Bound.EXACT


class Toll(msgspec.Struct, frozen=True, kw_only=True):
    """People killed and injured, each with its history of claims folded into a :class:`Count`."""

    killed: Count = Count()
    injured: Count = Count()


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """How many articles, publishers, and independent origins (copies of one wire story count once) say so."""

    articles: int = 0
    publishers: int = 0
    independent: int = 0


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of one article: ``field`` had ``value`` as of ``at``. The ledger keeps a bounded number."""

    field: str
    value: str
    at: datetime
    article_id: str
    source: str = ""


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of an absorbed sighting to recognise it, and copies of it, again."""

    sighting_id: str
    seen_at: datetime
    published_at: datetime | None = None
    publisher: str = ""
    origin: str = ""
    sketch: tuple[int, ...] = ()


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One real-world event and all that is held about it; the newest snapshot is kept on the incidents topic.

    ``id`` is derived from the opening sighting alone, so that a replay gives the same one. ``revision`` counts alert
    events from 1. ``event_at`` is the best known start of the event and ``first_seen_at`` / ``last_seen_at`` span
    the sightings. ``expires_at`` is the event time after which it closes by itself. ``tokens`` are the rare words of
    its articles, ``contributions`` the newest and the opening sightings, both bounded.
    """

    id: str
    revision: int
    phase: Phase
    kinds: tuple[Kind, ...]
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    confidence: float
    headline: str
    place: Place | None
    threat_level: ThreatLevel | None
    advisory: Advisory | None
    suspects: Suspects
    toll: Toll
    sources: Sources
    event_at: datetime
    first_seen_at: datetime
    last_seen_at: datetime
    last_danger_at: datetime
    expires_at: datetime
    opened_by: ArticleRef
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    publishers: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    partition_key: str = UNPLACED
    state_version: int = 1
