"""Settings: precedence, every fault at once, and no secret in any message."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from streams.settings import CONFIG_VARIABLE, PREFIX, Settings, SettingsError, load_settings

SECRET = "correct-horse-battery-staple"
SECRETS = [name for name, field in Settings.model_fields.items() if SecretStr.__name__ in str(field.annotation)]


def faults(environment: dict[str, str], file: Path | None = None, **overrides: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment, file, **overrides)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return caught.value.faults


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tocsin.toml"
    path.write_text('partitions = 12\ntopic_articles = "news"\n', encoding="utf-8")
    return path


def test_nothing_set_is_a_whole_configuration() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert settings.kafka_bootstrap_servers is None
    assert settings.metrics_port == 0


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_command_line_over_environment_over_file_over_default(file: Path) -> None:
    assert load_settings({}).partitions == 6
    assert load_settings({}, file).partitions == 12
    assert load_settings({"TOCSIN_PARTITIONS": "3"}, file).partitions == 3
    assert load_settings({"TOCSIN_PARTITIONS": "3"}, file, partitions=9).partitions == 9
    assert load_settings({"TOCSIN_PARTITIONS": "3"}, file).topic_articles == "news"


def test_a_flag_that_is_not_given_overrides_nothing(file: Path) -> None:
    assert load_settings({}, file, partitions=None).partitions == 12


def test_the_file_can_be_named_by_a_variable(file: Path) -> None:
    assert load_settings({CONFIG_VARIABLE: str(file)}).partitions == 12
    assert load_settings({CONFIG_VARIABLE: ""}).partitions == 6


def test_a_named_file_wins_over_the_variable(file: Path) -> None:
    assert load_settings({CONFIG_VARIABLE: "no such file"}, file).partitions == 12


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TOCSIN_METRICS_PORT", "9464")
    assert load_settings().metrics_port == 9464


def test_variables_of_others_are_none_of_ours() -> None:
    assert load_settings({"PARTITIONS": "x", "KAFKA_TOCSIN_PARTITIONS": "x"}) == Settings()


def test_all_faults_of_all_sources_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "tocsin.toml"
    file.write_text('log_level = "LOUD"\nno_such_thing = 1\n', encoding="utf-8")
    told = faults(
        {
            "TOCSIN_PARTITIONS": "many",
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS": "kafka-1:9092,kafka-2",
            "TOCSIN_TOPIC_ARTICLES": "two words",
            "TOCSIN_TOPIC_SIGHTINGS": "tocsin.incidents",
            "TOCSIN_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "TOCSIN_KAFKA_SSL_CERT_FILE": str(file),
            "TOCSIN_TYPO": "1",
        },
        file,
        metrics_port=70_000,
    )
    for part in (
        f"{file}: log_level is 'LOUD'",
        f"{file}: there is no setting 'no_such_thing'",
        "TOCSIN_PARTITIONS: partitions is 'many'",
        "TOCSIN_KAFKA_BOOTSTRAP_SERVERS: kafka_bootstrap_servers is 'kafka-1:9092,kafka-2': 'kafka-2' is not HOST:PORT",
        "TOCSIN_TOPIC_ARTICLES: topic_articles is 'two words'",
        "TOCSIN_TYPO: there is no setting 'typo'",
        "the command line: metrics_port is '70000'",
        "kafka_sasl_username is needed",
        "give one of kafka_sasl_password and kafka_sasl_password_file",
        "kafka_ssl_cert_file and kafka_ssl_key_file go together",
        "'tocsin.incidents' is used twice",
    ):
        assert sum(part in fault for fault in told) == 1, part
    assert len(told) == 11


def test_faults_between_settings_are_told_once_each_is_right(tmp_path: Path) -> None:
    told = faults({"TOCSIN_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT", "TOCSIN_KAFKA_SASL_PASSWORD": SECRET})
    assert told == ["kafka_sasl_username is needed with SASL"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"partitions =", "mend the TOML"), (b"\xff", "mend the TOML"), (None, "name a file that can be read")],
)
def test_a_bad_file_does_not_hide_other_faults(tmp_path: Path, content: bytes | None, fault: str) -> None:
    file = tmp_path / "tocsin.toml"
    if content is not None:
        file.write_bytes(content)
    told = faults({"TOCSIN_PARTITIONS": "0"}, file)
    assert len(told) == 2
    assert told[0].startswith(str(file))
    assert fault in told[0]
    assert "partitions is '0'" in told[1]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "name a file that can be read" in faults({}, tmp_path)[0]


@pytest.mark.parametrize(
    "wrong", ["kafka", "kafka:", ":9092", "kafka:0", "kafka:65536", "kafka:٣", "kafka:²", "a:1,", ""]
)
def test_what_is_no_address(wrong: str) -> None:
    [fault] = faults({"TOCSIN_KAFKA_BOOTSTRAP_SERVERS": wrong})
    assert "is not HOST:PORT" in fault


@pytest.mark.parametrize("right", ["kafka:9092", "a:1,b:65535", "a:1, b:2", "[::1]:9092"])
def test_what_is_an_address(right: str) -> None:
    assert load_settings({"TOCSIN_KAFKA_BOOTSTRAP_SERVERS": right}).kafka_bootstrap_servers == right


@pytest.mark.parametrize("wrong", ["", ".", "..", "a b", "a/b", "naïve", "a\n", "x" * 250])
def test_what_is_no_topic_name(wrong: str) -> None:
    [fault] = faults({"TOCSIN_TOPIC_ARTICLES": wrong})
    assert "is no Kafka topic name" in fault


@pytest.mark.parametrize("name", ["commit_interval_s", "drain_timeout_s", "stall_timeout_s", "kafka_request_timeout_s"])
@pytest.mark.parametrize("wrong", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_is_a_positive_number_of_seconds(name: str, wrong: str) -> None:
    [fault] = faults({PREFIX + name.upper(): wrong})
    assert f"{name} is {wrong!r}" in fault


def test_files_must_be_there(tmp_path: Path) -> None:
    [fault] = faults({"TOCSIN_KAFKA_SSL_CA_FILE": str(tmp_path / "ca.pem")})
    assert "kafka_ssl_ca_file" in fault
    assert "no such file" in fault


def test_a_file_behind_a_closed_folder_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", closed)
    [fault] = faults({"TOCSIN_KAFKA_SSL_CA_FILE": "/vault/ca.pem"})
    assert "no such file" in fault


def test_there_are_secrets_to_keep() -> None:
    assert {"kafka_sasl_password", "kafka_ssl_key_password"} <= set(SECRETS)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_in_no_output(name: str) -> None:
    settings = load_settings({PREFIX + name.upper(): SECRET})
    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert SECRET not in shown


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("wrong", [[SECRET], {"value": SECRET}])
def test_a_secret_of_the_wrong_type_is_in_no_message(tmp_path: Path, name: str, wrong: Any) -> None:
    file = tmp_path / "tocsin.toml"
    value = json.dumps(wrong) if isinstance(wrong, list) else f'{{ value = "{SECRET}" }}'
    file.write_text(f"{name} = {value}\npartitions = 0\n", encoding="utf-8")
    told = faults({}, file)
    assert any(name in fault for fault in told)
    assert SECRET not in "\n".join(told)


@pytest.mark.parametrize("name", SECRETS)
def test_a_misspelt_secret_is_in_no_message(name: str) -> None:
    [fault] = faults({PREFIX + name.upper() + "S": SECRET})
    assert SECRET not in fault


def test_a_secret_is_in_no_message_about_another_setting() -> None:
    told = faults(
        {
            "TOCSIN_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "TOCSIN_KAFKA_SASL_PASSWORD": SECRET,
            "TOCSIN_PARTITIONS": "none",
        }
    )
    assert len(told) == 2
    assert SECRET not in "\n".join(told)


def test_the_password_comes_from_its_setting_or_its_file(tmp_path: Path) -> None:
    kept = tmp_path / "password"
    kept.write_text(f"{SECRET}\n", encoding="utf-8")
    user = {"TOCSIN_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "TOCSIN_KAFKA_SASL_USERNAME": "bell"}
    assert load_settings({}).sasl_password() is None
    assert load_settings(user | {"TOCSIN_KAFKA_SASL_PASSWORD": SECRET}).sasl_password() == SECRET
    assert load_settings(user | {"TOCSIN_KAFKA_SASL_PASSWORD_FILE": str(kept)}).sasl_password() == SECRET
    both = user | {"TOCSIN_KAFKA_SASL_PASSWORD": SECRET, "TOCSIN_KAFKA_SASL_PASSWORD_FILE": str(kept)}
    assert faults(both) == ["give one of kafka_sasl_password and kafka_sasl_password_file with SASL"]


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)) | st.text(max_size=8), st.text(max_size=20)))
def test_any_environment_gives_settings_or_faults(values: dict[str, str]) -> None:
    environment = {PREFIX + name.upper(): value for name, value in values.items() if name.upper() != "CONFIG"}
    try:
        load_settings(environment)
    except SettingsError as error:
        told = error.faults
    else:
        told = ["nothing is wrong"]
    assert told
    assert all(told)


def test_a_secret_given_in_the_place_of_its_file_is_not_shown() -> None:
    given = {"TOCSIN_KAFKA_SSL_KEY_PASSWORD_FILE": "cl4pper", "TOCSIN_KAFKA_SASL_PASSWORD_FILE": "b3ll"}
    with pytest.raises(SettingsError) as caught:
        load_settings(given)
    assert "kafka_ssl_key_password_file: no such file" in caught.value.faults
    assert "cl4pper" not in str(caught.value)
    assert "b3ll" not in str(caught.value)


def test_a_key_has_one_password(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("clapper")
    with pytest.raises(SettingsError, match="give one of kafka_ssl_key_password and kafka_ssl_key_password_file"):
        load_settings({}, kafka_ssl_key_password="clapper", kafka_ssl_key_password_file=tmp_path / "secret")
