import os
import socket
import subprocess
import sys

import click
from click.testing import CliRunner

from streams.cli import tocsin


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The verb in a process of its own, for it ends its process; without settings from outside."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    command = [sys.executable, "-m", "streams", "console", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)


def test_the_verb_is_described() -> None:
    shown = CliRunner().invoke(tocsin, ["console", "--help"])
    assert shown.exit_code == 0
    assert "for the people on call" in shown.output


def test_an_open_door_to_the_network_is_refused() -> None:
    refused = CliRunner().invoke(tocsin, ["console", "--host", "192.0.2.1"])
    assert refused.exit_code == click.UsageError.exit_code
    assert "console_token" in refused.output


def test_without_brokers_to_follow_it_says_what_to_set() -> None:
    ended = run("--port", "0")
    assert ended.returncode == 2
    assert "TOCSIN_KAFKA_BOOTSTRAP_SERVERS" in ended.stderr


def test_a_taken_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = run("--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert "choose another --host or --port" in ended.stderr
    assert "Traceback" not in ended.stderr
