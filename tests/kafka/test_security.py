"""TLS, mutual TLS and SASL against a broker that demands them: all that speaks to Kafka, and every way to fail."""

import asyncio
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from certificates import Authority
from guarded import PASSWORD, USER, Guarded, guarded
from harness import Worker, as_records, environment, send, settings_on, sighting, tocsin, until, until_records

from streams.settings import Settings
from streams.workers.connection import ConnectionSettingsError, await_brokers

KEY_PASSWORD = "cl4pper-Zw"
WRONG = "wr0ng-sw1ng"
SECRETS = (PASSWORD, KEY_PASSWORD, WRONG)
EXIT_SETTINGS = 2

NOTIFY = """
[[receivers]]
name = "files"
type = "cap"
start = "earliest"
folder = "{folder}"
sender = "tocsin@newsroom.example"
restriction = "For us"

[[routes]]
name = "all"
receivers = ["files"]
"""


class Gate:
    """The broker, and the settings for each way in."""

    def __init__(self, broker: Guarded, folder: Path) -> None:
        self.broker = broker
        self.stranger = Authority(folder / "stranger", "A stranger")
        self.client = broker.authority.issue("client", password=KEY_PASSWORD)
        self.alien = self.stranger.issue("alien")
        self.password_file = folder / "sasl-password"
        self.password_file.write_text(f"{PASSWORD}\n", encoding="utf-8")
        self.key_password_file = folder / "key-password"
        self.key_password_file.write_text(f"{KEY_PASSWORD}\n", encoding="utf-8")
        trust = {"kafka_ssl_ca_file": broker.authority.file}
        sasl: dict[str, Any] = {"kafka_sasl_username": USER, "kafka_sasl_password": PASSWORD}
        tls = {"kafka_security_protocol": "SSL", **trust}
        self.ways: dict[str, tuple[str, dict[str, Any]]] = {
            "tls": ("TLS", tls),
            "mutual": (
                "MUTUAL",
                tls
                | {
                    "kafka_ssl_cert_file": self.client.certificate,
                    "kafka_ssl_key_file": self.client.key,
                    "kafka_ssl_key_password_file": self.key_password_file,
                },
            ),
            "scram": (
                "SASL",
                sasl | {"kafka_security_protocol": "SASL_PLAINTEXT"},
            ),
            "scram_in_tls": (
                "SASLTLS",
                {
                    "kafka_security_protocol": "SASL_SSL",
                    "kafka_sasl_username": USER,
                    "kafka_sasl_password_file": self.password_file,
                    **trust,
                },
            ),
            "plain_in_tls": (
                "SASLTLS",
                sasl | trust | {"kafka_security_protocol": "SASL_SSL", "kafka_sasl_mechanism": "PLAIN"},
            ),
        }

    def settings(self, way: str, test: str = "", *, listener: str = "", **changes: Any) -> Settings:
        """Settings for ``way``, of which ``changes`` are wrong where a test wants so; None takes a setting away."""
        name, values = self.ways[way]
        made = settings_on(self.broker.addresses[listener or name], test or way)
        whole = made.model_dump(exclude_unset=True) | values | changes
        return Settings.model_validate({key: value for key, value in whole.items() if value is not None})


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    folder = tmp_path_factory.mktemp("gate")
    with guarded(folder) as broker:
        yield Gate(broker, folder)


@contextmanager
def running(settings: Settings, log: Path, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A verb that goes on until it is ended."""
    stream: IO[bytes]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "streams", *arguments],
            env=environment(settings),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def arguments_of(pid: int) -> str:
    """What anybody on the machine sees of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")


def on_the_board(log: Path) -> int:
    """How many incidents the console shows that writes to ``log``."""
    found = re.search(r"console http://([^/\s]+)", log.read_text(errors="replace"))
    if found is None:
        return 0
    with urllib.request.urlopen(f"http://{found[1]}/api/board", timeout=5) as answer:
        return len(json.load(answer)["incidents"])


def told_nobody(outputs: dict[str, str]) -> None:
    for name, output in outputs.items():
        for secret in SECRETS:
            assert secret not in output, f"{name} shows a secret"


@pytest.mark.kafka
@pytest.mark.parametrize("way", ["tls", "scram", "plain_in_tls"])
async def test_a_record_goes_in_and_comes_back(gate: Gate, way: str) -> None:
    settings = gate.settings(way)
    outputs = {"config": tocsin(settings, "config", "show").stdout}
    applied = tocsin(settings, "topics", "apply")
    assert applied.returncode == 0, applied.stderr
    await send(settings, as_records(settings, [sighting(1)]))
    await until_records(settings, 1, settings.topic_sightings)
    told_nobody(outputs | {"apply": applied.stdout + applied.stderr})


@pytest.mark.kafka
@pytest.mark.parametrize("way", ["mutual", "scram_in_tls"])
async def test_everything_gets_in_and_no_secret_gets_out(gate: Gate, way: str, tmp_path: Path) -> None:
    quiet = gate.settings(way)
    # Everything that can be logged is.
    settings = quiet.model_copy(update={"log_level": "DEBUG", "console_port": 0})
    config = tmp_path / "notify.toml"
    config.write_text(NOTIFY.format(folder=tmp_path / "cap"), encoding="utf-8")
    outputs = {"config": tocsin(settings, "config", "show").stdout}
    assert tocsin(quiet, "topics", "apply").returncode == 0
    sample = Path(__file__).parents[2] / "streams" / "local" / "samples" / "articles.jsonl"
    article = next(line for line in sample.read_text(encoding="utf-8").splitlines() if "gunman" in line)
    now = {"published_at": None, "arrived_at": None}
    produced = tocsin(quiet, "produce", "-", input_=json.dumps(json.loads(article) | now) + "\nno article\n")
    assert produced.returncode == 0, produced.stderr
    logs = {name: tmp_path / f"{name}.log" for name in ("console", "watch", "notify")}
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(kind, settings, tmp_path)) for kind in ("triage", "consolidate")]
        verbs = {
            "console": ["console"],
            "watch": ["watch", "--since", "beginning", "--json"],
            "notify": ["notify", "--config", str(config)],
        }
        processes = {name: stack.enter_context(running(settings, logs[name], *verbs[name])) for name in verbs}
        for worker in workers:
            await worker.until_ready()
        await until_records(quiet, 1, settings.topic_incidents)

        async def all_told() -> bool:
            assert {name: process.poll() for name, process in processes.items()} == dict.fromkeys(processes)
            filed = list((tmp_path / "cap").glob("*.xml"))
            return bool(filed and on_the_board(logs["console"])) and b"incident_id" in logs["watch"].read_bytes()

        await until(all_told, 60)
        letters = tocsin(settings, "dead-letters", "list")
        assert "not_json" in letters.stdout
        outputs |= {
            "dead letters": letters.stdout + letters.stderr,
            "metrics": workers[0].get("/metrics")[1] + workers[1].get("/metrics")[1],
            "arguments": "".join(arguments_of(each.pid) for each in processes.values()),
        }
        assert [worker.stop() for worker in workers] == [0, 0]
        outputs |= {f"log of worker {number}": worker.log for number, worker in enumerate(workers)}
    told_nobody(outputs | {name: log.read_text(errors="replace") for name, log in logs.items()})


WRONGS: dict[str, tuple[str, dict[str, Any], str]] = {
    "wrong password": ("scram", {"kafka_sasl_password": WRONG}, "kafka_sasl_password"),
    "wrong user": ("scram", {"kafka_sasl_username": "nobody"}, "kafka_sasl_username"),
    "wrong password in tls": ("plain_in_tls", {"kafka_sasl_password": WRONG}, "kafka_sasl_password_file"),
    "sasl where there is none": ("scram", {"listener": "PLAIN"}, "kafka_security_protocol"),
    "no certificate": (
        "mutual",
        dict.fromkeys(("kafka_ssl_cert_file", "kafka_ssl_key_file", "kafka_ssl_key_password_file")),
        "kafka_ssl_cert_file",
    ),
    "a stranger's certificate": ("mutual", {"alien": True}, "kafka_ssl_cert_file"),
    "an authority not trusted": ("tls", {"stranger": True}, "kafka_ssl_ca_file"),
    "another name": ("tls", {"renamed": True}, "kafka_bootstrap_servers"),
}


@pytest.mark.kafka
@pytest.mark.parametrize("wrong", WRONGS)
async def test_a_refusal_names_the_setting(gate: Gate, wrong: str) -> None:
    way, changes, named = WRONGS[wrong]
    changes = dict(changes)
    if changes.pop("alien", None):
        changes |= {
            "kafka_ssl_cert_file": gate.alien.certificate,
            "kafka_ssl_key_file": gate.alien.key,
            "kafka_ssl_key_password_file": None,
        }
    if changes.pop("stranger", None):
        changes["kafka_ssl_ca_file"] = gate.stranger.file
    if changes.pop("renamed", None):
        changes["kafka_bootstrap_servers"] = gate.broker.addresses["TLS"].replace("127.0.0.1", "localhost")
    if changes.pop("listener", None):
        changes["kafka_bootstrap_servers"] = gate.broker.broker.bootstrap
    with pytest.raises(ConnectionSettingsError, match=named) as caught:
        await await_brokers(gate.settings(way, **changes))
    told_nobody({"error": str(caught.value) + repr(caught.value)})


@pytest.mark.kafka
async def test_what_may_pass_is_waited_for_with_a_hint(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    settings = settings_on(gate.broker.addresses["SASL"], "plain")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await await_brokers(settings)
    assert "if it demands TLS or SASL, set kafka_security_protocol" in caplog.text


@pytest.mark.kafka
async def test_a_wrong_key_password_is_told_at_once_and_never_asked_for(gate: Gate, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text(WRONG, encoding="utf-8")
    for change in ({"kafka_ssl_key_password_file": wrong}, {"kafka_ssl_key_password_file": None}):
        done = tocsin(gate.settings("mutual", **change), "topics", "plan")
        assert done.returncode == EXIT_SETTINGS
        assert "kafka_ssl_key_password_file" in done.stderr
        told_nobody({"error": done.stderr + done.stdout})


@pytest.mark.kafka
@pytest.mark.parametrize("kind", ["triage", "consolidate"])
async def test_a_worker_that_is_refused_ends_with_the_code_for_settings(gate: Gate, kind: str, tmp_path: Path) -> None:
    settings = gate.settings("plain_in_tls", kafka_sasl_password=WRONG, log_level="DEBUG")
    with Worker(kind, settings, tmp_path) as worker:
        assert await asyncio.to_thread(worker.process.wait, 60) == EXIT_SETTINGS
        assert "check kafka_sasl_username and kafka_sasl_password" in worker.log
        told_nobody({"log": worker.log})
