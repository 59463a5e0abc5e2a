"""The AsyncAPI 3.0 document of all topics, made from streams/topics.py: a part of build_schemas.py."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from streams import __version__
from streams.model import Change
from streams.model.versions import SCHEMA_VERSIONS
from streams.settings import Settings, load_settings
from streams.topics import Topic, TopicKey, topics
from streams.workers import dead_letters, records

JSON_SCHEMA: Final = "application/schema+json;version=draft-2020-12"
BINDING: Final = {"bindingVersion": "0.5.0"}
"""Version of the Kafka bindings of AsyncAPI that the document is written in."""

ALERT_TOPICS: Final = (TopicKey.TERROR_ALERT, TopicKey.ACTIVE_SHOOTER, TopicKey.LOCKDOWN_ADVISORY)

TEXT: Final = {"type": "string"}
NUMBER: Final = TEXT | {"pattern": "^-?[0-9]+$"}
"""Header values are bytes: a number stands there in decimal digits."""

CONTENT_TYPE: Final = {"content-type": TEXT | {"const": records.CONTENT_TYPE.decode()}}

ALERT_HEADERS: Final[Mapping[str, Any]] = {
    "type": "object",
    "description": "CloudEvents 1.0 in the binary content mode of its Kafka binding",
    "required": ["ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time", "content-type"],
    "properties": {
        "ce_id": TEXT | {"description": "The id of the alert event"},
        "ce_source": TEXT | {"const": records.EVENT_SOURCE},
        "ce_type": TEXT | {"enum": [f"{records.EVENT_TYPE_PREFIX}{change}" for change in Change]},
        "ce_specversion": TEXT | {"const": "1.0"},
        "ce_subject": TEXT | {"description": "The incident id"},
        "ce_time": TEXT | {"description": "When its newest sighting became known", "format": "date-time"},
        **CONTENT_TYPE,
    },
}

SIGHTING_HEADERS: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["content-type"],
    "properties": {
        records.ARTICLE_AT: NUMBER | {"description": "Kafka timestamp of the article, in milliseconds"},
        **CONTENT_TYPE,
    },
}

DEAD_LETTER_HEADERS: Final[Mapping[str, Any]] = {
    "type": "object",
    "description": "The headers as received, then where the record came from and what is wrong with it",
    "required": [dead_letters.TOPIC, dead_letters.PARTITION, dead_letters.OFFSET, dead_letters.REASON],
    "properties": {
        dead_letters.TOPIC: TEXT | {"description": "Topic that the record was read from"},
        dead_letters.PARTITION: NUMBER | {"description": "Its partition there"},
        dead_letters.OFFSET: NUMBER | {"description": "Its offset there"},
        dead_letters.AT: NUMBER | {"description": "Its Kafka timestamp, in milliseconds"},
        dead_letters.REASON: TEXT | {"description": "Code of what is wrong"},
        dead_letters.MESSAGE: TEXT | {"description": "What is wrong and how to mend it"},
        dead_letters.WORKER: TEXT | {"description": "Kind of worker that refused it"},
        dead_letters.REPLAYED: NUMBER | {"description": "How often it was sent back in"},
        dead_letters.CUT: NUMBER | {"description": "Bytes that the value had, where only its first ones fit"},
    },
}

OPERATIONS: Final[Sequence[tuple[str, str, TopicKey, str]]] = (
    ("triage", "receive", TopicKey.ARTICLES, "Read every article"),
    ("triage", "send", TopicKey.SIGHTINGS, "Pass on what alerts"),
    ("triage", "send", TopicKey.SUPPRESSED, "Say why an article did not page"),
    ("triage", "send", TopicKey.DEAD_LETTERS, "Keep the articles that cannot be read"),
    ("consolidate", "receive", TopicKey.SIGHTINGS, "Fold sightings into incidents"),
    *(("consolidate", "send", key, "Publish a revision of an incident that was ever of this kind")
      for key in ALERT_TOPICS),
    ("consolidate", "send", TopicKey.INCIDENTS, "Keep the newest revision, and a tombstone once it is forgotten"),
    ("consolidate", "send", TopicKey.CHANGELOG, "Keep the state that a worker which takes over starts from"),
    ("consolidate", "send", TopicKey.DEAD_LETTERS, "Keep the sightings that cannot be read"),
    ("operator", "send", TopicKey.COMMANDS, "Acknowledge, silence, merge or split"),
)  # fmt: skip
"""Who does what: worker, action, topic, and why."""


def asyncapi_document() -> dict[str, Any]:
    """The document under the default settings; every topic and group in it can be named otherwise."""
    settings = load_settings({})
    every = topics(settings)
    return {
        "asyncapi": "3.0.0",
        "id": "urn:tocsin:asyncapi",
        "info": {
            "title": "Tocsin",
            "version": __version__,
            "description": (
                "News articles in, one ever-truer alert per incident out. Delivery is at least once, and the id of an "
                "alert is deterministic: a consumer that keeps the last `revision` per `incident_id` sees each "
                "exactly once. Readers ignore fields that they do not know."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "description": "Apache Kafka 4, or what speaks its protocol",
                "variables": {
                    "bootstrap": {"default": "localhost:9092", "description": "The setting kafka_bootstrap_servers"}
                },
            }
        },
        "channels": {topic.key.value: _channel(topic) for topic in every},
        "operations": dict(_operation(settings, *operation) for operation in OPERATIONS),
        "components": {"messages": _messages({topic.key: topic for topic in every})},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    policy = topic.config.get("cleanup.policy", "delete").split(",")
    numbers = {name: int(value) for name, value in topic.config.items() if name != "cleanup.policy"}
    binding = {
        "topic": topic.name,
        "partitions": topic.partitions,
        "replicas": topic.replication_factor,
        "topicConfiguration": {"cleanup.policy": policy, **numbers},
    }
    return {
        "address": topic.name,
        "title": topic.key.value.replace("_", " ").capitalize(),
        "description": topic.purpose,
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _carried(topic.key)},
        "bindings": {"kafka": binding | BINDING},
    }


def _carried(key: TopicKey) -> tuple[str, ...]:
    """The messages of a topic. The alert topics carry the same; the compacted one carries tombstones too."""
    if key is TopicKey.INCIDENTS:
        return ("alert", "tombstone")
    names = dict.fromkeys(ALERT_TOPICS, "alert") | {
        TopicKey.ARTICLES: "article",
        TopicKey.SIGHTINGS: "sighting",
        TopicKey.SUPPRESSED: "suppressed",
        TopicKey.DEAD_LETTERS: "dead_letter",
        TopicKey.COMMANDS: "command",
        TopicKey.CHANGELOG: "state",
    }
    return (names[key],)


def _operation(settings: Settings, worker: str, action: str, key: TopicKey, summary: str) -> tuple[str, dict[str, Any]]:
    group = {"groupId": TEXT | {"enum": [getattr(settings, f"group_{worker}")]}} if action == "receive" else {}
    return f"{worker}_{action}_{key.value}", {
        "action": action,
        "channel": {"$ref": f"#/channels/{key.value}"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/{key.value}/messages/{name}"} for name in _carried(key)],
        "bindings": {"kafka": group | BINDING},
    }


def _messages(every: Mapping[TopicKey, Topic]) -> dict[str, Any]:
    def message(key: TopicKey, title: str, **more: Any) -> dict[str, Any]:
        topic = every[key]
        payload = {"payload": _payload(topic.schema)} if topic.schema else {}
        keyed = {"key": TEXT | {"description": topic.record_key}} | BINDING
        return {"title": title, "contentType": "application/json"} | payload | {"bindings": {"kafka": keyed}} | more

    return {
        "article": message(TopicKey.ARTICLES, "One news article"),
        "sighting": message(TopicKey.SIGHTINGS, "One alertable article, read and placed", headers=SIGHTING_HEADERS),
        "alert": message(TopicKey.INCIDENTS, "One revision of an incident, a full snapshot", headers=ALERT_HEADERS),
        "tombstone": message(
            TopicKey.INCIDENTS,
            "The incident is forgotten: its key and no value",
            payload={"type": "null"},
        ),
        "suppressed": message(TopicKey.SUPPRESSED, "Why one article did not page"),
        "dead_letter": message(
            TopicKey.DEAD_LETTERS,
            "A record that could not be read: its key, value and headers as received, byte for byte",
            contentType="application/octet-stream",
            headers=DEAD_LETTER_HEADERS,
        ),
        "command": message(TopicKey.COMMANDS, "One order of an operator"),
        "state": message(
            TopicKey.CHANGELOG,
            "State of consolidation, of no use to anyone else",
            contentType="application/octet-stream",
        ),
    }


def _payload(subject: str) -> dict[str, Any]:
    return {"schemaFormat": JSON_SCHEMA, "schema": {"$ref": f"./{subject}/{SCHEMA_VERSIONS[subject]}/schema.json"}}
