"""Connection: what the settings say reaches the clients, and secrets reach nobody else."""

import logging
import socket
from itertools import islice
from pathlib import Path

import pytest
from aiokafka import errors

from streams.settings import Settings, load_settings
from streams.workers.connection import (
    ConnectionSettingsError,
    client_options,
    consumer_options,
    growing_pauses,
    is_passing,
    ssl_context,
)
from streams.workers.process import configure_logging
from streams.workers.refusal import explain

HERE = {"kafka_bootstrap_servers": "127.0.0.1:9092"}


def made(**values: object) -> Settings:
    return load_settings({}, **HERE, **values)


def test_pauses_grow_up_to_the_longest() -> None:
    assert list(islice(growing_pauses(1.0, 5.0), 5)) == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_no_address_names_the_setting() -> None:
    with pytest.raises(ConnectionSettingsError, match="TOCSIN_KAFKA_BOOTSTRAP_SERVERS"):
        client_options(load_settings({}))


def test_a_plain_connection_has_no_secrets() -> None:
    options = client_options(made())
    assert options["security_protocol"] == "PLAINTEXT"
    assert options["ssl_context"] is None
    assert not any("sasl" in name for name in options)


def test_the_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("bell\n")
    options = client_options(
        made(
            kafka_security_protocol="SASL_PLAINTEXT",
            kafka_sasl_username="ringer",
            kafka_sasl_password_file=tmp_path / "secret",
        )
    )
    assert (options["sasl_mechanism"], options["sasl_plain_username"]) == ("SCRAM-SHA-512", "ringer")
    assert options["sasl_plain_password"] == "bell"


def test_wrong_certificates_are_told_without_their_content(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate, but s3cret")
    settings = made(kafka_security_protocol="SSL", kafka_ssl_ca_file=wrong)
    with pytest.raises(ConnectionSettingsError, match="kafka_ssl_ca_file") as caught:
        ssl_context(settings)
    assert "s3cret" not in str(caught.value)


def test_members_of_a_group_commit_by_themselves() -> None:
    options = consumer_options(made(kafka_session_timeout_s=20, instance_id="north"), "ringers")
    assert options["enable_auto_commit"] is False
    assert (options["group_id"], options["group_instance_id"]) == ("ringers", "north")
    assert (options["session_timeout_ms"], options["heartbeat_interval_ms"]) == (20_000, 2_000)
    assert options["request_timeout_ms"] > options["session_timeout_ms"]


def test_readers_without_a_group_have_none() -> None:
    assert "group_id" not in consumer_options(made(), None)


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (errors.KafkaConnectionError(), True),
        (errors.NotLeaderForPartitionError(), True),
        (errors.KafkaTimeoutError(), True),
        (TimeoutError(), True),
        (ConnectionResetError(), True),
        (errors.TopicAuthorizationFailedError(), False),
        (errors.ProducerFenced(), False),
        (ValueError(), False),
    ],
)
def test_what_may_pass_by_itself(error: Exception, *, passing: bool) -> None:
    assert is_passing(error) is passing


def test_the_password_of_a_key_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("clapper\n")
    assert made(kafka_ssl_key_password_file=tmp_path / "secret").ssl_key_password() == "clapper"


def test_a_password_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe\x00")
    settings = made(
        kafka_security_protocol="SASL_PLAINTEXT",
        kafka_sasl_username="ringer",
        kafka_sasl_password_file=tmp_path / "secret",
    )
    with pytest.raises(ConnectionSettingsError, match="kafka_sasl_password_file: it is no text"):
        client_options(settings)


@pytest.mark.parametrize(
    ("error", "protocol", "words", "final"),
    [
        (ConnectionRefusedError(111, "refused"), "PLAINTEXT", "nothing listens at", False),
        (socket.gaierror(-2, "unknown"), "PLAINTEXT", "cannot be resolved: check kafka_bootstrap_servers", False),
        (TimeoutError(), "SASL_SSL", "does not answer", False),
        (ConnectionResetError(), "SSL", "check that kafka_security_protocol fits this port", False),
        (ConnectionResetError(), "PLAINTEXT", "set kafka_security_protocol", False),
        (errors.SaslAuthenticationFailed("no"), "SASL_SSL", "check kafka_sasl_username and kafka_sasl_password", True),
        (errors.UnsupportedSaslMechanismError(), "SASL_SSL", "set another kafka_sasl_mechanism", True),
        (errors.KafkaConnectionError(), "PLAINTEXT", "KafkaConnectionError", False),
    ],
)
def test_a_refusal_is_told_with_the_next_step(error: Exception, protocol: str, words: str, *, final: bool) -> None:
    found = explain(error, "kafka.example:9092", {"security_protocol": protocol, "sasl_mechanism": "PLAIN"})
    assert words in found.reason
    assert found.final is final


def test_the_client_never_logs_what_it_sends() -> None:
    # With SASL PLAIN the request to sign in holds the password.
    configure_logging(made(log_level="DEBUG"))
    assert not logging.getLogger("aiokafka.conn").isEnabledFor(logging.DEBUG)
