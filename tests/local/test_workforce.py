import pytest

from streams.local.workforce import environment_of
from streams.settings import load_settings


def test_a_child_gets_just_our_settings_wherever_they_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_CONFIG", "elsewhere.toml")
    monkeypatch.setenv("TOCSIN_PARTITIONS", "77")
    monkeypatch.setenv("UNRELATED", "kept")
    settings = load_settings(
        {
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
            "TOCSIN_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
            "TOCSIN_KAFKA_SASL_USERNAME": "reader",
            "TOCSIN_KAFKA_SASL_PASSWORD": "not for the log",
        },
        partitions=3,
    )
    environment = environment_of(settings, metrics_port=1234)
    assert environment["UNRELATED"] == "kept"
    own = {name: value for name, value in environment.items() if name.startswith("TOCSIN_")}
    assert load_settings(own) == settings.model_copy(update={"metrics_port": 1234})
    assert own["TOCSIN_KAFKA_SASL_PASSWORD"] == "not for the log"
