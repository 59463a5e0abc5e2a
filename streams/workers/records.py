"""Record: what goes onto a topic: encoded value, key, headers, and the partition that its key belongs to."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from aiokafka import ConsumerRecord
from aiokafka.partitioner import murmur2

from streams.model import AlertEvent

Headers = tuple[tuple[str, bytes], ...]

CONTENT_TYPE: Final = b"application/json"
EVENT_SOURCE: Final = "/tocsin/consolidate"
"""CloudEvents ``source``: the same for every worker, so that (source, id) names an event wherever it was made."""
EVENT_TYPE_PREFIX: Final = "tocsin.incident."
ARTICLE_AT: Final = "tocsin-article-at"
"""Header with the Kafka timestamp of the article that a record comes from, in milliseconds."""

_ENCODER: Final = msgspec.json.Encoder()
_EARLIEST_MS: Final = int(datetime(1900, 1, 1, tzinfo=UTC).timestamp() * 1000)
_LATEST_MS: Final = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp() * 1000)


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One record to publish. ``partition`` None: the key decides (or ``spread``, for a record without a key).

    ``origin`` is the record that it was made of, for the dead letter where the brokers refuse it for its size.
    """

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None
    spread: int = 0
    origin: ConsumerRecord | None = None


def encode(value: Any) -> bytes:
    """One value of the model as JSON in UTF-8: the same value always gives the same bytes."""
    return _ENCODER.encode(value)


def partition_of(key: bytes | None, partitions: int, spread: int = 0) -> int:
    """The partition of ``key`` among ``partitions``, as Kafka's own clients choose it (murmur2).

    A record without a key goes to ``spread`` modulo ``partitions``, which is deterministic.
    """
    if key is None:
        return spread % partitions
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


def moment(timestamp_ms: int | None) -> datetime | None:
    """A Kafka timestamp as UTC; None where the record has none or an absurd one (outside 1900 to 2199)."""
    if timestamp_ms is None or timestamp_ms < 0 or not _EARLIEST_MS <= timestamp_ms < _LATEST_MS:
        return None
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)


def cloud_event_headers(event: AlertEvent) -> Headers:
    """CloudEvents 1.0 attributes of an alert, in the Kafka protocol binding's binary mode.

    ``ce_time`` is the event's own ``last_seen_at``, not the clock: a repeated publication is the same to the byte.
    """
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", event.id.encode()),
        ("ce_source", EVENT_SOURCE.encode()),
        ("ce_type", f"{EVENT_TYPE_PREFIX}{event.change}".encode()),
        ("ce_subject", event.incident_id.encode()),
        ("ce_time", event.last_seen_at.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
        ("content-type", CONTENT_TYPE),
    )


def header(headers: Any, name: str) -> bytes | None:
    """The first header called ``name``; None where there is none."""
    return next((value for key, value in headers or () if key == name), None)


def number_header(headers: Any, name: str) -> int | None:
    """The first header called ``name`` as a number; None where there is none or it is no number."""
    value = header(headers, name)
    try:
        return int(value) if value is not None else None
    except ValueError:
        return None
