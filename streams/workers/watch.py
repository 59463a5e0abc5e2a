"""Watch: the alert topics followed as one stream, each alert once."""

from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from streams.model import AlertEvent
from streams.settings import Settings
from streams.workers.tail import Start, tail

REMEMBERED: Final = 100_000
"""Ids of alerts that are remembered to know them again: an alert stands on a topic per kind, and may be repeated."""

_ALERT: Final = msgspec.json.Decoder(AlertEvent)


class WatchedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as published: decoded, and the very bytes."""

    event: AlertEvent
    value: bytes


def alert_topics(settings: Settings) -> tuple[str, ...]:
    """The topics that alerts are published to, one per kind."""
    return (settings.topic_terror_alert, settings.topic_active_shooter, settings.topic_lockdown_advisory)


async def watch(settings: Settings, start: Start = "end", *, until_end: bool = False) -> AsyncIterator[WatchedAlert]:
    """Every alert from ``start`` on (the end, the beginning, or a time), each once, without a consumer group.

    Revisions of one incident come in their order on each topic; an incident that gains a kind appears on the new
    topic from then on.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers do not answer, or a topic may not be read.
    """
    seen: OrderedDict[str, None] = OrderedDict()
    async for record in tail(settings, alert_topics(settings), start=start, until_end=until_end):
        if record.value is None:
            continue
        try:
            event = _ALERT.decode(record.value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # Not ours: the topic is open to others, and a watcher must not die of what they write.
        if event.id in seen:
            continue
        seen[event.id] = None
        if len(seen) > REMEMBERED:
            seen.popitem(last=False)
        yield WatchedAlert(event=event, value=record.value)
