"""Admin: the topics on the brokers compared with how they should be, and made so."""

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import msgspec
from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.settings import Settings
from streams.topics import Topic, topics
from streams.workers.connection import client_options, growing_pauses

log = logging.getLogger(__name__)

SETTLE_S: Final = 10.0
SETTLE_LOOK_S: Final = 0.1
"""How long a change may take to show, and the time between two looks for it."""

_DYNAMIC_TOPIC_CONFIG: Final = 1
"""``config_source`` of a value that was set on the topic itself (Kafka protocol, DescribeConfigs)."""


class AdminError(RuntimeError):
    """The brokers refused a change to a topic; the message names the topic, the reason and a next step."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which a topic is not as it should be.

    ``what`` is ``missing``, ``partitions``, ``replication`` or the name of a configuration key. ``applicable`` is
    False where `tocsin topics apply` leaves it alone: partitions cannot be taken away, and replicas are moved by the
    brokers' own tools.
    """

    topic: str
    what: str
    current: str | None
    wanted: str
    applicable: bool = True

    def __str__(self) -> str:
        """One line for people."""
        if self.what == "missing":
            return f"{self.topic}: missing, to be created with {self.wanted}"
        left = "" if self.applicable else " (left as it is)"
        return f"{self.topic}: {self.what} is {self.current}, wanted {self.wanted}{left}"


class _Found(msgspec.Struct, frozen=True):
    partitions: int
    led: bool
    replication: int
    config: dict[str, str]
    own: dict[str, str]


async def plan_topics(settings: Settings) -> list[Difference]:
    """How the topics on the brokers differ from what ``settings`` ask for; empty when all is well.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError, OSError: the brokers do not answer.
    """
    async with _Client(settings) as client:
        found = await _describe(client, [topic.name for topic in topics(settings)])
    return [difference for topic in topics(settings) for difference in _differences(topic, found.get(topic.name))]


async def apply_topics(settings: Settings) -> list[Difference]:
    """Create what is missing, add partitions, adjust configuration; returns what was changed. Never shrinks.

    Raises:
        AdminError: the brokers refuse a change.
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError, OSError: the brokers do not answer.
    """
    async with _Client(settings) as client:
        wanted = {topic.name: topic for topic in topics(settings)}
        found = await _describe(client, list(wanted))
        done = [
            difference
            for topic in wanted.values()
            for difference in _differences(topic, found.get(topic.name))
            if difference.applicable
        ]
        await _create(client, [wanted[difference.topic] for difference in done if difference.what == "missing"])
        for difference in done:
            if difference.what == "partitions":
                await _widen(client, wanted[difference.topic])
        for name in sorted(
            {difference.topic for difference in done if difference.what not in ("missing", "partitions")}
        ):
            await _configure(client, wanted[name], found[name])
        await _settle(client, wanted, done)
    return done


async def _settle(client: AIOKafkaAdminClient, wanted: Mapping[str, Topic], done: list[Difference]) -> None:
    """Return when what was ``done`` shows, partitions with leaders: the brokers tell each other only afterwards."""
    changed = {difference.topic for difference in done}
    deadline = time.monotonic() + SETTLE_S
    while changed and time.monotonic() < deadline:
        found = await _describe(client, sorted(changed))
        changed = {
            name
            for name in changed
            if name not in found
            or not found[name].led
            or any(difference.applicable for difference in _differences(wanted[name], found[name]))
        }
        if changed:
            await asyncio.sleep(SETTLE_LOOK_S)


async def await_topics(settings: Settings, names: Iterable[str]) -> None:
    """Return when every topic of ``names`` exists; until then wait with growing pauses and say so in the log."""
    wanted = frozenset(names)
    for pause in growing_pauses(1.0):
        try:
            async with _Client(settings) as client:
                missing = wanted - (await _describe(client, sorted(wanted), with_config=False)).keys()
        except (errors.KafkaError, OSError, TimeoutError) as error:
            log.warning("cannot ask for topics (%s): trying again in %.1f s", type(error).__name__, pause)
        else:
            if not missing:
                return
            log.warning(
                "no topic %s: run `tocsin topics apply`; looking again in %.1f s", ", ".join(sorted(missing)), pause
            )
        await asyncio.sleep(pause)


class _Client:
    """An admin client for the length of a ``with`` block."""

    def __init__(self, settings: Settings) -> None:
        self._client = AIOKafkaAdminClient(**client_options(settings))

    async def __aenter__(self) -> AIOKafkaAdminClient:
        try:
            await self._client.start()
        except BaseException:
            await self._client.close()
            raise
        return self._client

    async def __aexit__(self, *_: object) -> Literal[False]:
        await self._client.close()
        return False


async def _describe(client: AIOKafkaAdminClient, names: list[str], *, with_config: bool = True) -> dict[str, _Found]:
    """The topics among ``names`` that exist. All topics are listed: asking for one by name may create it."""
    listed = {entry["topic"]: entry for entry in await client.describe_topics() if not entry["error_code"]}
    present = [name for name in names if name in listed]
    configs = await _configs(client, present) if with_config and present else {}
    if with_config:
        present = [name for name in present if name in configs]
    return {
        name: _Found(
            partitions=len(listed[name]["partitions"]),
            led=all(partition["leader"] >= 0 for partition in listed[name]["partitions"]),
            replication=len(listed[name]["partitions"][0]["replicas"]),
            config={key: value for key, value, _ in configs.get(name, ())},
            own={key: value for key, value, source in configs.get(name, ()) if source == _DYNAMIC_TOPIC_CONFIG},
        )
        for name in present
    }


async def _configs(client: AIOKafkaAdminClient, names: list[str]) -> dict[str, list[tuple[str, str, int]]]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found: dict[str, list[tuple[str, str, int]]] = {}
    for response in await client.describe_configs(resources):
        for code, message, _, name, entries in response.resources:
            if code == errors.UnknownTopicOrPartitionError.errno:
                # Made a moment ago, and this broker has not heard of it yet.
                continue
            if code:
                raise AdminError(f"{name}: its configuration cannot be read ({message or code}): check the ACLs")
            found[name] = [(entry[0], entry[1], entry[3]) for entry in entries]
    return found


def _differences(topic: Topic, found: _Found | None) -> list[Difference]:
    def differ(what: str, current: object, wanted: object, *, applicable: bool = True) -> Difference:
        shown = None if current is None else str(current)
        return Difference(topic=topic.name, what=what, current=shown, wanted=str(wanted), applicable=applicable)

    if found is None:
        shape = f"{topic.partitions} partitions, {topic.replication_factor} replicas"
        return [differ("missing", None, ", ".join([shape, *(f"{key}={value}" for key, value in topic.config.items())]))]
    differences = []
    if found.partitions != topic.partitions:
        grows = found.partitions < topic.partitions and not topic.keeps_partitions
        differences.append(differ("partitions", found.partitions, topic.partitions, applicable=grows))
    if found.replication != topic.replication_factor:
        differences.append(differ("replication", found.replication, topic.replication_factor, applicable=False))
    differences += [
        differ(key, found.config.get(key), value)
        for key, value in topic.config.items()
        if found.config.get(key) != value
    ]
    return differences


async def _create(client: AIOKafkaAdminClient, wanted: list[Topic]) -> None:
    if not wanted:
        return
    response = await client.create_topics(
        [
            NewTopic(topic.name, topic.partitions, topic.replication_factor, topic_configs=dict(topic.config))
            for topic in wanted
        ]
    )
    for name, code, *rest in response.topic_errors:
        if code and code != errors.TopicAlreadyExistsError.errno:
            raise AdminError(_refusal(name, code, rest[0] if rest else None))


async def _widen(client: AIOKafkaAdminClient, topic: Topic) -> None:
    try:
        await client.create_partitions({topic.name: NewPartitions(total_count=topic.partitions)})
    except errors.KafkaError as error:
        raise AdminError(f"{topic.name}: partitions cannot be added ({error}): check the ACLs") from error


async def _configure(client: AIOKafkaAdminClient, topic: Topic, found: _Found) -> None:
    """Set the wanted values. The request replaces all that was set on the topic, so that goes along."""
    merged: Mapping[str, str] = found.own | topic.config
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=dict(merged))
    responses: list[Any] = await client.alter_configs([resource])
    for response in responses:
        for code, message, *_ in response.resources:
            if code:
                raise AdminError(_refusal(topic.name, code, message))


def _refusal(name: str, code: int, message: str | None) -> str:
    kind = errors.for_code(code).__name__
    hint = (
        "set replication_factor to at most the number of brokers"
        if code == errors.InvalidReplicationFactorError.errno
        else "check the name, the values and the ACLs"
    )
    return f"{name}: the brokers refuse it ({kind}: {message or 'no reason given'}): {hint}"
