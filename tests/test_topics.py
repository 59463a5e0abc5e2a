"""Topics: named, kept and replicated as the settings say; every kind of alert has its own."""

import pytest

from streams.model import Kind
from streams.settings import Settings, load_settings
from streams.topics import HOUR_MS, Topic, TopicKey, changelog_name, topics

DAY_MS = 24 * HOUR_MS


def made(**environment: str) -> dict[TopicKey, Topic]:
    settings = load_settings({f"TOCSIN_{name.upper()}": value for name, value in environment.items()})
    return {topic.key: topic for topic in topics(settings)}


def test_every_key_is_one_topic() -> None:
    assert list(made()) == list(TopicKey)
    assert len(topics(Settings())) == len(TopicKey)


def test_names_are_those_of_the_contract() -> None:
    names = {key.value: topic.name for key, topic in made().items()}
    assert (
        names
        | {
            "articles": "articles",
            "sightings": "tocsin.sightings",
            "terror_alert": "tocsin.alerts.terror-alert",
            "active_shooter": "tocsin.alerts.active-shooter",
            "lockdown_advisory": "tocsin.alerts.lockdown-advisory",
            "incidents": "tocsin.incidents",
            "suppressed": "tocsin.suppressed",
            "dead_letters": "tocsin.dead-letters",
        }
        == names
    )


def test_names_differ() -> None:
    names = [topic.name for topic in topics(Settings())]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("key", [key for key in TopicKey if key is not TopicKey.CHANGELOG])
def test_every_name_can_be_set(key: TopicKey) -> None:
    assert made(**{f"topic_{key}": "bell.tower"})[key].name == "bell.tower"


def test_the_changelog_is_named_as_faust_derives_it() -> None:
    settings = load_settings({"TOCSIN_GROUP_CONSOLIDATE": "belfry"})
    assert changelog_name(settings) == "belfry-incidents-changelog"
    assert {topic.key: topic.name for topic in topics(settings)}[TopicKey.CHANGELOG] == changelog_name(settings)


def test_every_kind_has_a_topic_of_alerts() -> None:
    alerts = [topic for key, topic in made().items() if key.value in set(Kind)]
    assert len(alerts) == len(Kind)
    assert {(topic.schema, topic.record_key) for topic in alerts} == {("alert", "incident id")}


def test_state_is_compacted_and_the_rest_expires() -> None:
    for key, topic in made().items():
        kept = key in (TopicKey.INCIDENTS, TopicKey.CHANGELOG)
        assert (topic.config.get("cleanup.policy") == "compact") is kept, key
        assert ("retention.ms" in topic.config) is not kept, key
        assert kept or int(topic.config["retention.ms"]) >= 3 * DAY_MS, key


@pytest.mark.parametrize(("replicas", "in_sync"), [(1, 1), (2, 1), (3, 2), (5, 4)])
def test_writes_survive_the_loss_of_one_replica(replicas: int, in_sync: int) -> None:
    for topic in made(replication_factor=str(replicas)).values():
        assert topic.replication_factor == replicas
        assert topic.config["min.insync.replicas"] == str(in_sync)


def test_partitions_are_set_for_all_and_fixed_where_state_depends_on_them() -> None:
    every = made(partitions="17")
    assert {topic.partitions for topic in every.values()} == {17}
    fixed = {key for key, topic in every.items() if topic.keeps_partitions}
    assert fixed == {TopicKey.SIGHTINGS, TopicKey.CHANGELOG}, (
        "sightings and the state built from them are co-partitioned"
    )


def test_a_dead_letter_fits_whatever_it_holds() -> None:
    every = made()
    largest = int(every[TopicKey.DEAD_LETTERS].config["max.message.bytes"])
    assert largest > 20_000_000, "the original bytes of a 20 MB record are kept"


def test_everything_is_described() -> None:
    assert all(topic.purpose and topic.record_key for topic in made().values())
    assert all(value == str(value) for topic in made().values() for value in topic.config.values())
