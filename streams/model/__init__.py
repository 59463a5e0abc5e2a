"""The values that flow through Tocsin: frozen structs without I/O, clocks or randomness."""

from streams.model.alert import AlertEvent, Decision, Outcome
from streams.model.article import Article, ArticleError, decode_article
from streams.model.incident import Claim, Contribution, Count, Former, Incident, PlaceVote, Sources, Toll
from streams.model.kinds import (
    Action,
    Bound,
    Certainty,
    Change,
    Direction,
    Kind,
    Phase,
    Precision,
    Severity,
    Status,
    Urgency,
)
from streams.model.place import UNPLACED, Place, Placing, Toponym
from streams.model.reading import Advisory, Casualties, EventTime, Evidence, Reading, Span, Suspects, ThreatLevel
from streams.model.sighting import ArticleRef, Sighting, Suppressed

__all__ = [
    "UNPLACED",
    "Action",
    "Advisory",
    "AlertEvent",
    "Article",
    "ArticleError",
    "ArticleRef",
    "Bound",
    "Casualties",
    "Certainty",
    "Change",
    "Claim",
    "Contribution",
    "Count",
    "Decision",
    "Direction",
    "EventTime",
    "Evidence",
    "Former",
    "Incident",
    "Kind",
    "Outcome",
    "Phase",
    "Place",
    "PlaceVote",
    "Placing",
    "Precision",
    "Reading",
    "Severity",
    "Sighting",
    "Sources",
    "Span",
    "Status",
    "Suppressed",
    "Suspects",
    "ThreatLevel",
    "Toll",
    "Toponym",
    "Urgency",
    "decode_article",
]
