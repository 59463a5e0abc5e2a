"""Incident: the state that the consolidator keeps, and the ledger of claims inside it."""

import msgspec

from streams.model.kinds import Bound, Certainty, Kind, Phase, Severity, Urgency
from streams.model.place import UNPLACED, Place
from streams.model.reading import Advisory, Evidence, Suspects, ThreatLevel
from streams.model.scalars import Moment, Ordinal, Probability, Whole
from streams.model.sighting import ArticleRef


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A toll as the ledger has it: the newest claim and the bounds of all that was claimed for this event.

    ``conflict`` is True while an origin stands by another figure than ``latest`` which it gave after that.
    """

    latest: Whole | None = None
    min: Whole | None = None
    max: Whole | None = None
    bound: Bound = Bound.EXACT
    conflict: bool = False


class Toll(msgspec.Struct, frozen=True, kw_only=True):
    """People killed and injured, each with its history of claims folded into a :class:`Count`."""

    killed: Count = Count()
    injured: Count = Count()


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """How many articles, publishers, and independent origins (copies of one wire story count once) say so."""

    articles: Whole = 0
    publishers: Whole = 0
    independent: Whole = 0


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of one article: ``field`` had ``value`` as of ``at``. The ledger keeps a bounded number.

    ``firm`` is True when an authority is named for it or the article says that it corrects an earlier one.
    """

    field: str
    value: str
    at: Moment
    article_id: str
    source: str = ""
    firm: bool = False


class PlaceVote(msgspec.Struct, frozen=True, kw_only=True):
    """One place that articles gave for the incident, and how many did; ``at`` is the earliest publication."""

    place: Place
    votes: Whole
    at: Moment


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of an absorbed sighting to recognise it, and copies of it, again."""

    sighting_id: str
    seen_at: Moment
    published_at: Moment | None = None
    publisher: str = ""
    origin: str = ""
    sketch: tuple[Whole, ...] = ()


class Former(msgspec.Struct, frozen=True, kw_only=True):
    """How things stood before a merge: ``order`` made it, ``phase`` was that of the incident that bears this.

    ``survivor`` is the other one as JSON (a value cannot hold its own kind in the schema), without its lists of
    articles and claims, which it still has.
    """

    order: str
    phase: Phase
    survivor: str


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """One real-world event and all that is held about it; the newest snapshot is kept on the incidents topic.

    ``id`` is derived from the opening sighting alone, so that a replay gives the same one. ``revision`` counts alert
    events from 1. ``event_at`` is the best known start of the event and ``first_seen_at`` / ``last_seen_at`` span
    the sightings. ``expires_at`` is the event time after which it closes by itself. ``tokens`` are the rare words of
    its articles, ``contributions`` the newest and the opening sightings, both bounded.

    ``latest`` is the article with the newest publication ``newest_at`` among those that were not late.
    ``cleared_at`` is the publication of the newest all-clear. ``absorbed`` holds short hashes of the ids of absorbed
    sightings, newest last, so that a redelivery is known again; ``official`` is True once an authority was named
    and ``best`` the highest confidence of a reading.
    ``level_only`` marks a threat level told without an attack: a state of its own, kept apart from attacks.
    ``notified`` counts the events that told a person and ``told`` is the toll that they last gave. ``stamps`` says as
    of when the fields that follow the newest article (advisory, threat level, headline) stand.
    ``merged_into`` names the incident that an operator found this one to be the same as.
    ``former`` is what an undo of that goes back to.
    ``severity`` and ``advisory`` are those of the danger; an event shows them as over once the all-clear is given.
    """

    id: str
    revision: Ordinal
    phase: Phase
    kinds: tuple[Kind, ...]
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    confidence: Probability
    headline: str
    place: Place | None
    threat_level: ThreatLevel | None
    advisory: Advisory | None
    suspects: Suspects
    toll: Toll
    sources: Sources
    event_at: Moment
    first_seen_at: Moment
    last_seen_at: Moment
    last_danger_at: Moment
    expires_at: Moment
    opened_by: ArticleRef
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    publishers: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    partition_key: str = UNPLACED
    latest: ArticleRef | None = None
    newest_at: Moment | None = None
    cleared_at: Moment | None = None
    places: tuple[PlaceVote, ...] = ()
    absorbed: tuple[Whole, ...] = ()
    official: bool = False
    best: float = 0.0
    level_only: bool = False
    notified: Whole = 0
    told: Toll = Toll()
    stamps: dict[str, Moment] = {}
    merged_into: str | None = None
    former: Former | None = None
    state_version: Ordinal = 1


def country_of(incident_id: str) -> str:
    """The partition key that an incident's id begins with: its country code."""
    return incident_id.split("-", maxsplit=1)[0].upper()
