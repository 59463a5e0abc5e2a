"""The closed vocabularies that every value of Tocsin is written in."""

from enum import StrEnum


class Kind(StrEnum):
    """What an alert is about. An incident may be of several kinds."""

    TERROR_ALERT = "terror_alert"
    ACTIVE_SHOOTER = "active_shooter"
    LOCKDOWN_ADVISORY = "lockdown_advisory"


class Status(StrEnum):
    """What an article is, as news: an alert (the first two) or the reason why it is none."""

    CURRENT = "current"
    ALL_CLEAR = "all_clear"
    CRIME = "crime"
    FOLLOWUP = "followup"
    HISTORIC = "historic"
    POLICY = "policy"
    DRILL = "drill"
    HOAX = "hoax"
    CONFLICT = "conflict"
    OTHER_HAZARD = "other_hazard"
    FIGURATIVE = "figurative"
    UNRELATED = "unrelated"

    @property
    def is_alert(self) -> bool:
        """True for the two statuses under which an article may alert."""
        return self in (Status.CURRENT, Status.ALL_CLEAR)


class Severity(StrEnum):
    """CAP 1.2 ``severity``; ``rank`` orders the words from 1, the lowest."""

    MINOR = "Minor"
    MODERATE = "Moderate"
    SEVERE = "Severe"
    EXTREME = "Extreme"

    @property
    def rank(self) -> int:
        """1 for Minor to 4 for Extreme."""
        return _SEVERITY_RANK[self]


class Urgency(StrEnum):
    """CAP 1.2 ``urgency``: how soon to act."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """CAP 1.2 ``certainty``: how sure the event itself is, whatever its severity."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


class Precision(StrEnum):
    """How fine a place is, from a venue's own coordinates to a whole country."""

    POINT = "point"
    CITY = "city"
    ADMIN1 = "admin1"
    COUNTRY = "country"


class Action(StrEnum):
    """What people are told to do: a subset of CAP 1.2 ``responseType``."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    AVOID = "Avoid"


class Direction(StrEnum):
    """Which way a threat level went."""

    RAISED = "raised"
    LOWERED = "lowered"
    KEPT = "kept"


class Bound(StrEnum):
    """How a count was told: ``seven``, ``at least seven``, ``up to seven``, ``dozens``."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"


class Change(StrEnum):
    """What a revision does to its incident."""

    OPENED = "opened"
    CORROBORATED = "corroborated"
    ESCALATED = "escalated"
    UPDATED = "updated"
    CORRECTED = "corrected"
    ALL_CLEAR = "all_clear"
    REOPENED = "reopened"
    RETRACTED = "retracted"
    CLOSED = "closed"


class Phase(StrEnum):
    """Where an incident stands in its life."""

    ACTIVE = "active"
    ALL_CLEAR = "all_clear"
    CLOSED = "closed"
    RETRACTED = "retracted"


class CommandAction(StrEnum):
    """What an operator orders, and what the pipeline answers: ``honour`` or ``refuse``."""

    ACKNOWLEDGE = "acknowledge"
    SILENCE = "silence"
    LIFT = "lift"
    MERGE = "merge"
    SPLIT = "split"
    UNDO = "undo"
    HONOUR = "honour"
    REFUSE = "refuse"


_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity, start=1)}
