"""Revision: what the consolidators publish about every incident, each revision once and in its order."""

from collections.abc import AsyncIterator
from typing import Final

import msgspec

from streams.model import AlertEvent
from streams.settings import Settings
from streams.workers.tail import Start, tail

_EVENT: Final = msgspec.json.Decoder(AlertEvent)


async def revisions(settings: Settings, start: Start) -> AsyncIterator[AlertEvent]:
    """Every revision from ``start`` on, without end.

    They are read from the topic of incidents: there all revisions of an incident share one partition, while an
    incident that gains a kind goes on on another alert topic, which may be read before the first.

    Raises:
        KafkaError: the brokers do not answer, or the topic may not be read.
    """
    newest: dict[str, int] = {}
    async for record in tail(settings, (settings.topic_incidents,), start=start):
        if record.value is None:
            newest.pop((record.key or b"").decode("utf-8", errors="replace"), None)
            continue
        try:
            event = _EVENT.decode(record.value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # Not ours: the topic is open to others, and this must not end because of what they write.
        if event.revision > newest.get(event.incident_id, 0):
            newest[event.incident_id] = event.revision
            yield event
