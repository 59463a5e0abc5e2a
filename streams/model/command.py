"""Command: what an operator ordered, as it is kept on the command topic for everyone to honour."""

from datetime import datetime
from typing import Final

import msgspec

from streams.model.alert import AlertEvent
from streams.model.incident import country_of
from streams.model.kinds import CommandAction, Kind, Severity
from streams.model.scalars import CountryCode, Moment, Ordinal

REARRANGING: Final = frozenset({CommandAction.MERGE, CommandAction.SPLIT, CommandAction.UNDO})
"""Actions that change which articles make which incident."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a silence covers. An incident is covered when it matches every part that is given.

    ``kinds`` covers incidents all of whose kinds are named, so that a new kind is heard. ``place`` is the name of a
    city or region, in any case. A scope without any part covers nothing. Whatever is worse than ``up_to`` is heard.
    """

    incident_id: str | None = None
    kinds: tuple[Kind, ...] = ()
    country_code: CountryCode | None = None
    place: str | None = None
    up_to: Severity = Severity.SEVERE

    @property
    def empty(self) -> bool:
        """True when no part is given."""
        return not (self.incident_id or self.kinds or self.country_code or self.place)

    def covers(self, event: AlertEvent) -> bool:
        """True when ``event`` falls under this scope."""
        if self.empty or event.severity.rank > self.up_to.rank:
            return False
        place = event.place
        if self.incident_id and event.incident_id != self.incident_id:
            return False
        if self.kinds and not set(event.kinds) <= set(self.kinds):
            return False
        if self.country_code and (place is None or place.country_code != self.country_code):
            return False
        if not self.place:
            return True
        names = (place.name, place.admin1) if place else ()
        return self.place.casefold() in {name.casefold() for name in names if name}


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One order: a record of the command topic. ``by`` says who gave it, ``at`` when, ``reason`` why.

    - ``acknowledge``: ``by`` has seen ``incident_id`` up to ``revision``.
    - ``silence``: tell nobody of what ``scope`` covers before ``until``. The silence bears the command's ``id``.
    - ``lift``: the silence ``target`` ends now.
    - ``merge``: ``incident_id`` and ``target`` are one incident.
    - ``split``: ``article_ids`` do not belong to ``incident_id``.
    - ``undo``: take back the merge or split ``target``; ``incident_id`` is the one that was named in that order.
    - ``honour`` and ``refuse`` are the pipeline's answers to the merge, split or undo ``target``: ``reason`` is the
      code why, ``incident_id`` the incident that goes on, and ``made`` the one that a split made or an undo restored.
    """

    id: str
    action: CommandAction
    by: str
    at: Moment
    reason: str = ""
    incident_id: str | None = None
    revision: Ordinal | None = None
    scope: Scope | None = None
    until: Moment | None = None
    target: str | None = None
    article_ids: tuple[str, ...] = ()
    made: str | None = None

    @property
    def rearranges(self) -> bool:
        """True for an order that the consolidator carries out: a merge, a split, or taking one of them back."""
        return self.action in REARRANGING

    @property
    def record_key(self) -> str:
        """The Kafka key: what is ordered about one thing, and all that is rearranged in a country, stays in order."""
        if self.rearranges:
            return country_of(self.incident_id or "")
        return self.target or self.incident_id or self.id

    def silences(self, event: AlertEvent, at: datetime) -> bool:
        """True when this is a silence, still in force at ``at``, that covers ``event``."""
        in_force = self.action is CommandAction.SILENCE and self.until is not None and at < self.until
        return in_force and self.scope is not None and self.scope.covers(event)
