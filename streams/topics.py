"""Topic: every Kafka topic of Tocsin once, for the workers, the deployment files and the documentation."""

from enum import StrEnum
from typing import Final

import msgspec

from streams.model import Kind
from streams.settings import Settings

HOUR_MS: Final = 3_600_000

TABLE: Final = "incidents"
"""The Faust table of the consolidator."""

LARGEST_STATE_BYTES: Final = 8 * 1024**2
LARGEST_DEAD_LETTER_BYTES: Final = 32 * 1024**2
"""A dead letter keeps the original bytes, so its topic takes more than the article topic is likely to."""


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
    COMMANDS = "commands"
    CHANGELOG = "changelog"


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One topic as it should be on the brokers. ``schema`` names the folder under ``schemas/``, None for raw bytes.

    ``keeps_partitions`` is True where partitions must not be added later: records of one key would then go to another
    partition than the state that was built from the ones before.
    """

    key: TopicKey
    name: str
    record_key: str
    partitions: int
    replication_factor: int
    config: dict[str, str]
    schema: str | None
    purpose: str
    keeps_partitions: bool = False


def changelog_name(settings: Settings) -> str:
    """The topic that the state of consolidation is restored from, named as Faust derives it."""
    return f"{settings.group_consolidate}-{TABLE}-changelog"


def topics(settings: Settings) -> tuple[Topic, ...]:
    """Every topic with its name, partitions and configuration under ``settings``."""
    durable = {"min.insync.replicas": str(max(1, settings.replication_factor - 1))}

    def topic(
        key: TopicKey,
        record_key: str,
        days: int | None,
        schema: str | None,
        purpose: str,
        *,
        largest: int | None = None,
    ) -> Topic:
        retention = {"cleanup.policy": "compact"} if days is None else {"retention.ms": str(days * 24 * HOUR_MS)}
        return Topic(
            key=key,
            name=changelog_name(settings) if key is TopicKey.CHANGELOG else getattr(settings, f"topic_{key}"),
            record_key=record_key,
            partitions=settings.partitions,
            replication_factor=settings.replication_factor,
            config=durable | retention | ({"max.message.bytes": str(largest)} if largest else {}),
            schema=schema,
            purpose=purpose,
            keeps_partitions=key in (TopicKey.SIGHTINGS, TopicKey.CHANGELOG),
        )

    return (
        topic(TopicKey.ARTICLES, "any (article id)", 7, "article", "input: one news article per record"),
        topic(
            TopicKey.SIGHTINGS,
            "country code",
            7,
            "sighting",
            "alertable articles, and operators' merges and splits, on their way to consolidation",
        ),
        *(
            topic(TopicKey(kind), "incident id", 30, "alert", f"every revision of incidents that were ever {kind}")
            for kind in Kind
        ),
        topic(TopicKey.INCIDENTS, "incident id", None, "alert", "the newest revision of every incident"),
        topic(TopicKey.SUPPRESSED, "article id", 3, "suppressed", "why an article did not page"),
        topic(
            TopicKey.DEAD_LETTERS,
            "as received",
            30,
            None,
            "records that could not be read, as received",
            largest=LARGEST_DEAD_LETTER_BYTES,
        ),
        topic(
            TopicKey.COMMANDS,
            "country, incident or silence id",
            400,
            "command",
            "what operators ordered, by whom and why",
        ),
        topic(
            TopicKey.CHANGELOG,
            "incident id, or @position",
            None,
            None,
            "state of consolidation, read by its workers alone",
            largest=LARGEST_STATE_BYTES,
        ),
    )
