"""Severity, urgency and certainty by OASIS CAP 1.2, from a table that an ops team can read and change."""

import tomllib
from importlib.resources import files
from typing import Any, Final, NamedTuple

from streams.model import Casualties, Certainty, Direction, Kind, Severity, Status, Suspects, ThreatLevel, Urgency
from streams.reading.levels import HIGHEST
from streams.reading.tags import mask

_KEYS: Final = {
    "name", "severity", "status", "kinds", "level", "killed", "injured", "victims", "shot", "tags", "none", "at_large",
    "unharmed",
}  # fmt: skip


class Facts(NamedTuple):
    """What the table looks at. ``tags`` are those of headline and lead; ``unharmed`` means that nobody was hurt."""

    status: Status
    kinds: tuple[Kind, ...]
    casualties: Casualties
    suspects: Suspects
    level: ThreatLevel | None
    tags: int
    shot: int = 0
    unharmed: bool = False


class Rule(NamedTuple):
    """One row of the table."""

    name: str
    severity: Severity
    when: dict[str, Any]
    tags: int
    none: int


class SeverityTable:
    """The rows of ``data/severity.toml``, first match wins.

    Raises on construction:
        ValueError: a row has an unknown condition, or no row matches everything.
    """

    def __init__(self) -> None:
        source = (files("streams.reading") / "data" / "severity.toml").read_text(encoding="utf-8")
        self._rules: list[Rule] = []
        for row in tomllib.loads(source)["rule"]:
            if unknown := row.keys() - _KEYS:
                raise ValueError(f"severity.toml, {row.get('name')}: unknown conditions {sorted(unknown)}")
            when = {key: value for key, value in row.items() if key not in ("name", "severity", "tags", "none")}
            rule = Rule(
                row["name"], Severity(row["severity"]), when, mask(*row.get("tags", ())), mask(*row.get("none", ()))
            )
            self._rules.append(rule)
        last = self._rules[-1]
        if last.when or last.tags or last.none:
            raise ValueError("severity.toml: the last rule must have no conditions, so that every alert gets a word")

    def judge(self, facts: Facts) -> tuple[Severity, str]:
        """The severity of an alert and the name of the row that gave it."""
        for rule in self._rules:
            if rule.tags and not facts.tags & rule.tags:
                continue
            if facts.tags & rule.none:
                continue
            if all(_holds(key, value, facts) for key, value in rule.when.items()):
                return rule.severity, rule.name
        raise AssertionError("the last rule matches everything")

    def by_level(self, facts: Facts) -> Severity | None:
        """The severity that the threat level alone gives: by the first row that asks for a level and no tags."""
        for rule in self._rules:
            by_level = "level" in rule.when and not rule.tags and not rule.none
            if by_level and all(_holds(key, value, facts) for key, value in rule.when.items()):
                return rule.severity
        return None


def _holds(key: str, value: Any, facts: Facts) -> bool:
    if key == "status":
        return bool(facts.status == value)
    if key == "kinds":
        return any(kind in value for kind in facts.kinds)
    if key == "at_large":
        return bool(facts.suspects.at_large) is value
    if key == "unharmed":
        return facts.unharmed is value
    if key == "level":
        return _level_holds(value, facts.level)
    killed, injured = facts.casualties.killed or 0, facts.casualties.injured or 0
    amount = {"killed": killed, "injured": injured, "victims": killed + injured, "shot": facts.shot}[key]
    return amount >= int(value)


def _level_holds(value: str, level: ThreatLevel | None) -> bool:
    if level is None:
        return False
    if value == "top":
        top = level.rank is not None and level.rank == level.of
        return (top or level.level == HIGHEST) and level.direction is Direction.RAISED
    return value in ("any", level.direction.value)


def urgency_of(status: Status, kinds: tuple[Kind, ...], *, threat_only: bool) -> Urgency:
    """CAP ``urgency``: Immediate while danger lasts or has just struck, Future for threats, Past once it is over."""
    if not status.is_alert or not kinds:
        return Urgency.UNKNOWN
    if status is Status.ALL_CLEAR:
        return Urgency.PAST
    return Urgency.FUTURE if threat_only else Urgency.IMMEDIATE


def certainty_of(status: Status, *, unconfirmed: bool, threat_only: bool, official: bool) -> Certainty:
    """CAP ``certainty``: Observed for what happened, Likely when only reported, Possible for threats."""
    if not status.is_alert:
        return Certainty.UNKNOWN
    if threat_only:
        return Certainty.LIKELY if official else Certainty.POSSIBLE
    return Certainty.LIKELY if unconfirmed and not official else Certainty.OBSERVED
