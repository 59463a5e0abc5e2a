"""Topic: every Kafka topic of Tocsin once, for the workers, the deployment files and the documentation."""

from enum import StrEnum
from typing import Final

import msgspec

from streams.model import Kind
from streams.settings import Settings

HOUR_MS: Final = 3_600_000


class TopicKey(StrEnum):
    """The name by which the code speaks of a topic, whatever it is called on the brokers."""

    ARTICLES = "articles"
    SIGHTINGS = "sightings"
    TERROR_ALERT = "terror_alert"
    ACTIVE_SHOOTER = "active_shooter"
    LOCKDOWN_ADVISORY = "lockdown_advisory"
    INCIDENTS = "incidents"
    SUPPRESSED = "suppressed"
    DEAD_LETTERS = "dead_letters"


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One topic as it should be on the brokers. ``schema`` names the folder under ``schemas/``, None for raw bytes."""

    key: TopicKey
    name: str
    record_key: str
    partitions: int
    replication_factor: int
    config: dict[str, str]
    schema: str | None
    purpose: str


def topics(settings: Settings) -> tuple[Topic, ...]:
    """Every topic with its name, partitions and configuration under ``settings``."""
    durable = {"min.insync.replicas": str(max(1, settings.replication_factor - 1))}

    def topic(key: TopicKey, record_key: str, days: int | None, schema: str | None, purpose: str) -> Topic:
        retention = {"cleanup.policy": "compact"} if days is None else {"retention.ms": str(days * 24 * HOUR_MS)}
        return Topic(
            key=key,
            name=getattr(settings, f"topic_{key}"),
            record_key=record_key,
            partitions=settings.partitions,
            replication_factor=settings.replication_factor,
            config=durable | retention,
            schema=schema,
            purpose=purpose,
        )

    return (
        topic(TopicKey.ARTICLES, "any (article id)", 7, "article", "input: one news article per record"),
        topic(TopicKey.SIGHTINGS, "country code", 7, "sighting", "alertable articles on their way to consolidation"),
        *(
            topic(TopicKey(kind), "incident id", 30, "alert", f"every revision of incidents that were ever {kind}")
            for kind in Kind
        ),
        topic(TopicKey.INCIDENTS, "incident id", None, "alert", "the newest revision of every incident"),
        topic(TopicKey.SUPPRESSED, "article id", 3, "suppressed", "why an article did not page"),
        topic(TopicKey.DEAD_LETTERS, "as received", 30, None, "records that could not be read, as received"),
    )
