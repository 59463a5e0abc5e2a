"""Redelivery: alerts that a receiver did not take, sent to that receiver once more, when it is well again."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final

import aiohttp
import msgspec

from streams.model import AlertEvent
from streams.outlets.config import NotifyConfig
from streams.outlets.courier import Courier
from streams.outlets.message import Envelope, alert
from streams.outlets.outlet import open_outlet
from streams.settings import Settings
from streams.workers.dead_letters import DeadLetter, DeadLetterError, list_dead_letters, show_dead_letter
from streams.workers.rounds import utc_now
from streams.workers.tail import tail
from streams.workers.watch import alert_topics

_ALERT: Final = msgspec.json.Decoder(AlertEvent)


class Redelivered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one letter: ``delivered``, ``superseded`` or ``failed``, with what the receiver said then.

    Superseded is an alert that a receiver which holds incidents open by itself must not get any more: the pipeline
    knows a newer revision, which the receiver was told of, or has a letter of its own.
    """

    letter: DeadLetter
    outcome: str
    detail: str = ""


async def redeliver(
    settings: Settings, config: NotifyConfig, *, reason: str | None = None, letter_id: str | None = None
) -> AsyncIterator[Redelivered]:
    """Deliver dead letters of the notifier again, each to the receiver that had not taken it: one, of a reason, or all.

    The oldest first, one after the other, with the receiver's own patience. A letter stays in the topic whatever
    becomes of it, and the alert has the id that it had, by which a receiver knows a repeat.

    Raises:
        DeadLetterError: the letter is not there, or is none of the notifier's.
        OutletError: a receiver cannot be opened.
    """
    letters = [letter async for letter in _letters(settings, reason, letter_id)]
    newest = await _newest(settings)
    receivers = {receiver.name: receiver for receiver in config.receivers}
    async with aiohttp.ClientSession() as session:
        for letter in sorted(letters, key=lambda each: (each.at or utc_now(), each.topic, each.offset)):
            receiver = receivers.get(letter.receiver)
            if receiver is None:
                yield Redelivered(letter=letter, outcome="failed", detail="no receiver of that name is configured")
                continue
            event = _event(letter.value)
            if event is None:
                yield Redelivered(letter=letter, outcome="failed", detail="the letter holds no whole alert")
                continue
            if config.manner(receiver).keeps_state and newest.get(event.incident_id, 0) > event.revision:
                yield Redelivered(letter=letter, outcome="superseded")
                continue
            outlet = open_outlet(receiver, session, utc_now)
            courier = Courier(receiver, outlet, utc_now, asyncio.sleep, lambda *_: None)
            receipt = await courier.deliver(alert(Envelope(event=event, at=letter.at or event.last_seen_at)))
            yield Redelivered(
                letter=letter, outcome="delivered" if receipt.delivered else "failed", detail=receipt.detail
            )


async def _letters(settings: Settings, reason: str | None, letter_id: str | None) -> AsyncIterator[DeadLetter]:
    if letter_id is not None:
        letter = await show_dead_letter(settings, letter_id)
        if not _is_ours(settings, letter):
            raise DeadLetterError(f"dead letter {letter.id} is none of the notifier's: replay it without its file")
        yield letter
        return
    async for letter in list_dead_letters(settings, reason):
        if _is_ours(settings, letter):
            yield letter


def _is_ours(settings: Settings, letter: DeadLetter) -> bool:
    return bool(letter.receiver) and letter.topic in alert_topics(settings)


async def _newest(settings: Settings) -> Mapping[str, int]:
    """By incident, the newest revision."""
    found: dict[str, int] = {}
    async for record in tail(settings, [settings.topic_incidents], until_end=True):
        if (event := _event(record.value)) is not None:
            found[event.incident_id] = max(found.get(event.incident_id, 0), event.revision)
    return found


def _event(value: bytes | None) -> AlertEvent | None:
    """An alert; None where ``value`` is none: the topics are open to others, and a long letter may be cut short."""
    try:
        return _ALERT.decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
