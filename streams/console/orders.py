"""Order: what a browser or a terminal asks for, checked and made into a command."""

import uuid
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from streams.model.command import Command, Scope
from streams.model.kinds import CommandAction
from streams.terminal import plain

LONGEST_SILENCE: Final = timedelta(days=30)
REASON_LENGTH: Final = 300
MOST_ARTICLES: Final = 200
"""Articles that one split may name."""


class OrderError(ValueError):
    """An order that makes no sense; the message says what to mend."""


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a request: the parts of :class:`Command` that a person may choose; ``minutes`` from now on."""

    action: Literal["acknowledge", "silence", "lift", "merge", "split", "undo"]
    reason: str = ""
    incident_id: str | None = None
    revision: int | None = None
    scope: Scope | None = None
    minutes: int | None = None
    target: str | None = None
    article_ids: tuple[str, ...] = ()


def command_of(body: bytes, by: str, now: datetime) -> Command:
    """The command that ``by`` orders at ``now`` with the request body ``body``.

    Raises:
        OrderError: the body is no order, or one that lacks a part.
    """
    try:
        order = msgspec.json.decode(body, type=Order)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OrderError(f"this is no order: {error}") from error
    return command_from(order, by, now)


def command_from(order: Order, by: str, now: datetime) -> Command:
    """The command that ``by`` gives at ``now`` with ``order``.

    Raises:
        OrderError: it lacks a part.
    """
    given = Command(
        id=str(uuid.uuid4()),
        action=CommandAction(order.action),
        by=by,
        at=now,
        reason=plain(order.reason, REASON_LENGTH),
    )
    match order.action:
        case "acknowledge":
            return _acknowledge(order, given)
        case "silence":
            return _silence(order, given)
        case "lift":
            if not order.target:
                raise OrderError("say which silence")
            return msgspec.structs.replace(given, target=order.target)
        case "merge" | "split" | "undo":
            return _rearrange(order, given)


def _rearrange(order: Order, given: Command) -> Command:
    if not order.incident_id:
        raise OrderError("say which incident")
    if not given.reason:
        raise OrderError("give a reason: the next on call will ask")
    if order.action == "split":
        articles = tuple(dict.fromkeys(one for one in order.article_ids if one))
        if not 0 < len(articles) <= MOST_ARTICLES:
            raise OrderError(f"say which articles are of another event, {MOST_ARTICLES} at most")
        return msgspec.structs.replace(given, incident_id=order.incident_id, article_ids=articles)
    if not order.target:
        raise OrderError("say which other incident" if order.action == "merge" else "say which order to take back")
    return msgspec.structs.replace(given, incident_id=order.incident_id, target=order.target)


def _acknowledge(order: Order, given: Command) -> Command:
    if not order.incident_id or not order.revision or order.revision < 1:
        raise OrderError("say which incident and which revision")
    return msgspec.structs.replace(given, incident_id=order.incident_id, revision=order.revision)


def _silence(order: Order, given: Command) -> Command:
    if order.scope is None or order.scope.empty:
        raise OrderError("say what to silence: an incident, a kind, a country or a place")
    if not given.reason:
        raise OrderError("give a reason: the next on call will ask")
    # Bounded before the sum: a number beyond all times would not fit into one.
    if not order.minutes or not 0 < order.minutes <= LONGEST_SILENCE / timedelta(minutes=1):
        raise OrderError(f"a silence lasts from a minute to {LONGEST_SILENCE.days} days")
    return msgspec.structs.replace(given, scope=order.scope, until=given.at + timedelta(minutes=order.minutes))
