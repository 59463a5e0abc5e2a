"""Settings: everything that can be set, from ``TOCSIN_…`` variables over a TOML file over the defaults."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from streams.forms import Addresses, IpAddresses, Port, SourceGroups, TopicName, is_file, is_loopback

PREFIX: Final = "TOCSIN_"
CONFIG_VARIABLE: Final = "TOCSIN_CONFIG"
"""Names the TOML file; it is no setting itself."""
TOKEN_LENGTH: Final = 16
"""Fewest characters of a console token: it is all that stands between the network and the console."""
_FILES: Final = (
    "kafka_sasl_password_file",
    "kafka_ssl_ca_file",
    "kafka_ssl_cert_file",
    "kafka_ssl_key_file",
    "kafka_ssl_key_password_file",
    "console_token_file",
)


class SettingsError(ValueError):
    """The configuration has faults; ``faults`` lists every one, each with its name, the reason and a next step."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseModel):
    """All settings of all commands. A setting ``x`` is the variable ``TOCSIN_X`` and the key ``x`` of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kafka_bootstrap_servers: Addresses = Field(
        None, description="HOST:PORT of the Kafka brokers, comma-separated; unset: `tocsin up` starts an embedded one"
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How to talk to the brokers"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="SASL mechanism, where the protocol asks for one"
    )
    kafka_sasl_username: str | None = Field(None, description="SASL user")
    kafka_sasl_password: SecretStr | None = Field(None, description="SASL password; never printed")
    kafka_sasl_password_file: Path | None = Field(None, description="File that holds the SASL password instead")
    kafka_ssl_ca_file: Path | None = Field(None, description="PEM file of the authorities to trust")
    kafka_ssl_cert_file: Path | None = Field(None, description="PEM certificate of this client, for mutual TLS")
    kafka_ssl_key_file: Path | None = Field(None, description="PEM key of that certificate")
    kafka_ssl_key_password: SecretStr | None = Field(None, description="Password of that key; never printed")
    kafka_ssl_key_password_file: Path | None = Field(None, description="File that holds that password instead")
    kafka_request_timeout_s: float = Field(30.0, gt=0, description="Longest wait for one request to a broker, seconds")
    kafka_session_timeout_s: float = Field(
        30.0, gt=0, description="A worker that is silent this long loses its partitions, seconds"
    )
    kafka_client_id: str = Field("tocsin", min_length=1, description="Client id shown in broker logs and quotas")

    group_triage: str = Field("tocsin-triage", min_length=1, description="Consumer group of the triage workers")
    group_consolidate: str = Field(
        "tocsin-consolidate", min_length=1, description="Consumer group of the consolidators, and their Faust app id"
    )
    instance_id: str | None = Field(
        None, min_length=1, description="Static group membership id of this worker; unset: dynamic"
    )

    topic_articles: TopicName = Field("articles", description="Input: articles")
    topic_sightings: TopicName = Field("tocsin.sightings", description="Alertable articles, keyed by country")
    topic_terror_alert: TopicName = Field("tocsin.alerts.terror-alert", description="Alert events of that kind")
    topic_active_shooter: TopicName = Field("tocsin.alerts.active-shooter", description="Alert events of that kind")
    topic_lockdown_advisory: TopicName = Field(
        "tocsin.alerts.lockdown-advisory", description="Alert events of that kind"
    )
    topic_incidents: TopicName = Field("tocsin.incidents", description="Newest alert event per incident, compacted")
    topic_suppressed: TopicName = Field("tocsin.suppressed", description="Why an article did not page")
    topic_dead_letters: TopicName = Field("tocsin.dead-letters", description="Records that could not be read")
    topic_commands: TopicName = Field("tocsin.commands", description="What operators ordered at the console")
    replication_factor: int = Field(1, ge=1, le=9, description="Replicas of every topic; 3 in production")
    partitions: int = Field(6, ge=1, le=1000, description="Partitions of articles, sightings and what follows")

    batch_records: int = Field(2000, ge=1, le=100_000, description="Most articles triage takes in one batch")
    batch_wait_ms: int = Field(50, ge=1, le=60_000, description="Longest wait of triage for a batch, milliseconds")
    breaker_run: int = Field(
        1000, ge=0, description="Triage stops after so many records in a row that cannot be read; 0: never"
    )
    breaker_share: float = Field(
        0.5, gt=0, le=1, description="Triage stops when more than this share of them cannot be read; 1: never"
    )
    breaker_window: int = Field(5000, ge=1, le=1_000_000, description="Records over which that share is counted")
    commit_interval_s: float = Field(1.0, gt=0, le=60, description="Time between commits of the consolidator, seconds")
    drain_timeout_s: float = Field(20.0, gt=0, description="Longest time a stop may take to finish its work, seconds")
    stall_timeout_s: float = Field(
        120.0, gt=0, description="Lag without a commit for this long makes /healthz fail, seconds"
    )

    metrics_host: str = Field("127.0.0.1", description="Address that /metrics, /healthz and /readyz bind to")
    metrics_port: Port = Field(0, description="Their port; 0: any free one, printed")
    console_host: str = Field("127.0.0.1", min_length=1, description="Address that the console binds to")
    console_port: Port = Field(8642, description="Its port; 0: any free one, printed")
    console_names: str = Field(
        "", description="Host names, comma-separated, by which browsers may reach it besides its address"
    )
    console_token: SecretStr | None = Field(
        None, min_length=TOKEN_LENGTH, description="What people sign in with; never printed"
    )
    console_token_file: Path | None = Field(None, description="File that holds that token instead")
    console_user_header: str | None = Field(
        None, min_length=1, description="Header in which a reverse proxy says who signed in, such as X-User"
    )
    console_proxies: IpAddresses = Field(
        "127.0.0.1,::1", description="IP addresses, comma-separated, to believe that header from"
    )
    source_groups: SourceGroups = Field(
        "", description="Publishers to watch for silence together, as NAME=PUBLISHER,PUBLISHER;NAME=PUBLISHER"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged")
    data_dir: Path = Field(Path("~/.cache/tocsin").expanduser(), description="Where local brokers keep jars and data")

    @model_validator(mode="after")
    def _security_is_whole(self) -> Self:
        faults = []
        if self.kafka_security_protocol.startswith("SASL"):
            if not self.kafka_sasl_username:
                faults.append("kafka_sasl_username is needed with SASL")
            if (self.kafka_sasl_password is None) == (self.kafka_sasl_password_file is None):
                faults.append("give one of kafka_sasl_password and kafka_sasl_password_file with SASL")
        if (self.kafka_ssl_cert_file is None) != (self.kafka_ssl_key_file is None):
            faults.append("kafka_ssl_cert_file and kafka_ssl_key_file go together")
        if self.kafka_ssl_key_password is not None and self.kafka_ssl_key_password_file is not None:
            faults.append("give one of kafka_ssl_key_password and kafka_ssl_key_password_file")
        faults += self._console_faults()
        for name in _FILES:
            path = getattr(self, name)
            if path is not None and not is_file(path):
                # Not what was given for a file with a secret: it may well be the secret itself.
                given = "" if _is_secret(name) else f" is {str(path)!r}"
                faults.append(f"{name}{given}: no such file")
        names = [getattr(self, field) for field in type(self).model_fields if field.startswith("topic_")]
        repeated = sorted({name for name in names if names.count(name) > 1})
        faults += [f"the topic name {name!r} is used twice: every topic needs its own" for name in repeated]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _console_faults(self) -> list[str]:
        faults = []
        if self.console_token is not None and self.console_token_file is not None:
            faults.append("give one of console_token and console_token_file")
        guarded = self.console_token or self.console_token_file or self.console_user_header
        if not guarded and not is_loopback(self.console_host):
            faults.append(
                f"console_host is {self.console_host!r}, which others can reach: set console_token, console_token_file"
                " or console_user_header"
            )
        return faults

    def sasl_password(self) -> str | None:
        """The SASL password from its setting or its file; None where there is none.

        Raises:
            OSError: the file cannot be read.
            UnicodeDecodeError: it is no text.
        """
        return _secret(self.kafka_sasl_password, self.kafka_sasl_password_file)

    def ssl_key_password(self) -> str | None:
        """The password of the client's key from its setting or its file; None where there is none.

        Raises:
            OSError: the file cannot be read.
            UnicodeDecodeError: it is no text.
        """
        return _secret(self.kafka_ssl_key_password, self.kafka_ssl_key_password_file)

    def console_secret(self) -> str | None:
        """The console's token from its setting or its file; None where there is none.

        Raises:
            SettingsError: the file is too short for a token.
            OSError: the file cannot be read.
        """
        if self.console_token_file is None:
            return self.console_token.get_secret_value() if self.console_token else None
        secret = self.console_token_file.read_text(encoding="utf-8").strip()
        if len(secret) < TOKEN_LENGTH:
            raise SettingsError([f"console_token_file: give a token of at least {TOKEN_LENGTH} characters"])
        return secret


def _secret(value: SecretStr | None, file: Path | None) -> str | None:
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    return value.get_secret_value() if value is not None else None


def load_settings(
    environment: Mapping[str, str] | None = None, file: Path | None = None, **overrides: object
) -> Settings:
    """Read settings: ``overrides`` (command-line flags; None is "not given") over environment over file.

    Raises:
        SettingsError: with every fault of every source at once.
    """
    environment = os.environ if environment is None else environment
    faults: list[str] = []
    chosen = file or (Path(environment[CONFIG_VARIABLE]) if environment.get(CONFIG_VARIABLE) else None)
    values: dict[str, Any] = _read_file(chosen, faults) if chosen else {}
    origin = dict.fromkeys(values, str(chosen))
    for variable, value in environment.items():
        if variable.startswith(PREFIX) and variable != CONFIG_VARIABLE:
            values[variable.removeprefix(PREFIX).lower()] = value
            origin[variable.removeprefix(PREFIX).lower()] = variable
    given = {name: value for name, value in overrides.items() if value is not None}
    values |= given
    origin |= dict.fromkeys(given, "the command line")
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        faults += [fault for detail in error.errors() for fault in _sentences(detail, origin)]
        wrong = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
        faults += _faults_between({name: value for name, value in values.items() if name not in wrong}) if wrong else []
    if faults:
        raise SettingsError(faults)
    return settings


def _is_secret(name: str) -> bool:
    return "password" in name or "token" in name


def _faults_between(values: Mapping[str, Any]) -> list[str]:
    """What is wrong between settings that are right by themselves: looked for only once those are."""
    try:
        Settings.model_validate(values)
    except ValidationError as error:
        return [fault for detail in error.errors() if not detail["loc"] for fault in _sentences(detail, {})]
    return []


def _read_file(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        faults.append(f"{path}: {error.strerror}: name a file that can be read")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{path}: {error}: mend the TOML")
    return {}


def _sentences(detail: Any, origin: Mapping[str, str]) -> list[str]:
    if not detail["loc"]:
        return [line for line in str(detail["msg"]).removeprefix("Value error, ").split("\n") if line]
    name = str(detail["loc"][0])
    where = origin.get(name, PREFIX + name.upper())
    if detail["type"] == "extra_forbidden":
        return [f"{where}: there is no setting {name!r}: `tocsin config show` lists them all"]
    shown = "" if _is_secret(name) else f" is {str(detail['input'])[:80]!r}"
    return [f"{where}: {name}{shown}: {str(detail['msg']).removeprefix('Value error, ')}"]
