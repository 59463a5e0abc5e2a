"""Real brokers for the tests in this folder: one Apache Kafka and one embedded broker for all of them."""

from collections.abc import Iterator

import pytest
from harness import settings_on

from streams.local.apache import ApacheKafka
from streams.local.embedded import EmbeddedBroker
from streams.settings import Settings


@pytest.fixture(scope="session")
def kafka() -> Iterator[ApacheKafka]:
    """One node of Apache Kafka for the whole session. A test that kills or pauses nodes starts its own cluster."""
    with ApacheKafka() as broker:
        yield broker


@pytest.fixture(scope="session")
def tansu() -> Iterator[EmbeddedBroker]:
    """One embedded broker for the whole session."""
    with EmbeddedBroker() as broker:
        yield broker


@pytest.fixture
def kafka_settings(kafka: ApacheKafka, request: pytest.FixtureRequest) -> Settings:
    """Settings for a test by itself on the shared Kafka: no other test uses its topics and groups."""
    return settings_on(kafka.bootstrap, request.node.name)


@pytest.fixture
def tansu_settings(tansu: EmbeddedBroker, request: pytest.FixtureRequest) -> Settings:
    """Settings for a test by itself on the shared embedded broker: no other test uses its topics and groups."""
    return settings_on(tansu.bootstrap, request.node.name)
