"""Configuration of the notifier: receivers, routes and quiet hours, read from TOML, all faults listed at once."""

import os
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from streams.model import Change, Kind, Severity
from streams.outlets.docket import Manner
from streams.outlets.quiet import WEEK, QuietHours
from streams.outlets.receivers import NAME, AlertmanagerReceiver, CapReceiver, Grouping, PagerdutyReceiver, Receiver
from streams.outlets.route import DEFAULT_CHANGES, Circle, Route
from streams.outlets.secret import SecretError
from streams.outlets.tables import ConfigFileError, read_tables, repeated, sentences, tables

_FROZEN: Final = ConfigDict(frozen=True, extra="forbid")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value!r} is no time zone of the IANA database, such as Europe/Oslo") from None
    return value


Name = Annotated[str, Field(pattern=NAME)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class CircleConfig(BaseModel):
    """All that is within ``km`` of a point."""

    model_config = _FROZEN

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    km: float = Field(gt=0, le=20_100)


class RouteConfig(BaseModel):
    """One table ``[[routes]]``: which alerts go to ``receivers``. What is left out matches everything."""

    model_config = _FROZEN

    name: Name
    receivers: Annotated[tuple[str, ...], Field(min_length=1)]
    kinds: frozenset[Kind] = frozenset()
    min_severity: Severity = Severity.MINOR
    countries: frozenset[Country] = frozenset()
    admin1: frozenset[str] = frozenset()
    near: tuple[CircleConfig, ...] = ()
    unplaced: bool = False
    sources: int = Field(0, ge=0)
    changes: frozenset[Change] = DEFAULT_CHANGES


class QuietConfig(BaseModel):
    """One table ``[[quiet]]``: hours in which ``receivers`` are not told of what is milder than ``below``."""

    model_config = _FROZEN

    receivers: Annotated[tuple[str, ...], Field(min_length=1)]
    start: time
    end: time
    zone: Annotated[str, AfterValidator(_zone)]
    days: frozenset[Weekday] = frozenset(WEEK)
    below: Severity = Severity.EXTREME


class NotifyConfig(BaseModel):
    """The whole configuration. ``instance`` is part of the names of the consumer groups, one per receiver.

    ``follow_hours`` is how far back the alert topics are read at the start, to know which incidents a receiver has
    been told of; it should outlast the longest incident.
    """

    model_config = _FROZEN

    instance: Name = "tocsin"
    follow_hours: float = Field(72.0, ge=0, le=30 * 24)
    receivers: Annotated[tuple[Receiver, ...], Field(min_length=1)]
    routes: Annotated[tuple[RouteConfig, ...], Field(min_length=1)]
    quiet: tuple[QuietConfig, ...] = ()

    def manner(self, receiver: Receiver) -> Manner:
        """How ``receiver`` wants to be told."""
        groups = isinstance(receiver, Grouping)
        return Manner(
            routes=tuple(_route(route) for route in self.routes if receiver.name in route.receivers),
            quiet=tuple(_quiet(hours) for hours in self.quiet if receiver.name in hours.receivers),
            keeps_state=isinstance(receiver, AlertmanagerReceiver | PagerdutyReceiver | CapReceiver),
            digests=groups,
            storm_after=receiver.storm_after if isinstance(receiver, Grouping) else 0,
            storm_window=timedelta(seconds=receiver.storm_window_s if isinstance(receiver, Grouping) else 60),
            remind_every=None if receiver.remind_every_s is None else timedelta(seconds=receiver.remind_every_s),
        )

    def group(self, receiver: Receiver) -> str:
        """The consumer group of ``receiver``."""
        return f"tocsin-notify.{self.instance}.{receiver.name}"


def _route(config: RouteConfig) -> Route:
    values = {name: getattr(config, name) for name in RouteConfig.model_fields if name != "near"}
    return Route(near=tuple(Circle(**circle.model_dump()) for circle in config.near), **values)


def _quiet(config: QuietConfig) -> QuietHours:
    return QuietHours(
        start=config.start, end=config.end, zone=ZoneInfo(config.zone), days=frozenset(config.days), below=config.below
    )


def load_notify(file: Path, environment: Mapping[str, str] | None = None) -> NotifyConfig:
    """Read the configuration in ``file`` and see that every secret it names is there.

    Raises:
        ConfigFileError: with every fault at once.
    """
    values = read_tables(file)
    faults: list[str] = []
    try:
        config = NotifyConfig.model_validate(values)
    except ValidationError as error:
        faults += sentences(error, values)
    else:
        faults += _missing_secrets(config, os.environ if environment is None else environment)
    faults += _loose_ends(values)
    if faults:
        raise ConfigFileError(file, faults)
    return config


def _loose_ends(values: Mapping[str, Any]) -> list[str]:
    """What is wrong between tables. Looks at the file as it is, so that other faults do not hide these."""
    faults = [*repeated(values, "receivers", "name"), *repeated(values, "routes", "name")]
    known = {entry.get("name") for entry in tables(values, "receivers")}
    routed: set[Any] = set()
    for kind in ("routes", "quiet"):
        for number, entry in enumerate(tables(values, kind), start=1):
            named = entry.get("receivers")
            named = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
            routed |= set(named) if kind == "routes" else set()
            faults += [f"[[{kind}]] no. {number}: there is no receiver {name!r}" for name in named if name not in known]
    faults += [
        f"[[receivers]] {name!r} is on no route: name it in a route, or take it out"
        for name in sorted(name for name in known - routed if isinstance(name, str))
    ]
    return faults


def _missing_secrets(config: NotifyConfig, environment: Mapping[str, str]) -> list[str]:
    faults = []
    for receiver in config.receivers:
        for field, secret in receiver.secrets():
            try:
                secret.read(environment)
            except SecretError as error:
                faults.append(f"[[receivers]] ({receiver.name}): {field}: {error}")
    return faults
