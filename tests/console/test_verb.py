import click
import pytest
from click.testing import CliRunner

from streams.cli import tocsin


def test_the_verb_is_listed_and_described() -> None:
    shown = CliRunner().invoke(tocsin, ["console", "--help"])
    assert shown.exit_code == 0
    assert "for the people on call" in shown.output


def test_an_open_door_to_the_network_is_refused() -> None:
    refused = CliRunner().invoke(tocsin, ["console", "--host", "192.0.2.1"])
    assert refused.exit_code == click.UsageError.exit_code
    assert "console_token" in refused.output


def test_without_brokers_to_follow_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("TOCSIN_KAFKA_BOOTSTRAP_SERVERS", raising=False)
    ended = CliRunner().invoke(tocsin, ["console", "--port", "0"])
    assert ended.exit_code == 2
    assert "TOCSIN_KAFKA_BOOTSTRAP_SERVERS" in caplog.text
