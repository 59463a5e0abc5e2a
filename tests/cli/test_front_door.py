"""The front door: help, versions, settings and exit codes."""

import subprocess
import sys

import click
import pytest

from streams import __version__
from streams.cli import Verbs, tocsin


def run(*arguments: str, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "streams", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == code, done.stderr
    return done


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found: list[tuple[str, ...]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
    return found


@pytest.mark.parametrize("verb", commands(tocsin), ids=" ".join)
def test_help_of_every_verb_has_an_example(verb: tuple[str, ...]) -> None:
    command: click.Command = tocsin
    for name in verb:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    text = command.get_help(click.Context(command, info_name=verb[-1]))
    assert "Example: " in text
    assert "tocsin " in text.split("Example: ")[1]
    assert command.help


def test_the_list_of_verbs_says_what_their_own_help_says() -> None:
    assert isinstance(tocsin, Verbs)
    listed = run("--help").stdout
    for name in tocsin.list_commands(click.Context(tocsin)):
        assert name in listed


def test_version() -> None:
    assert run("--version").stdout.startswith(f"tocsin, version {__version__} (")


def test_a_wrong_setting_lists_every_fault_and_exits_with_2() -> None:
    done = run("config", "check", code=2, TOCSIN_METRICS_PORT="seventy", TOCSIN_PARTITIONS="0", TOCSIN_NONSENSE="1")
    for name in ("TOCSIN_METRICS_PORT", "TOCSIN_PARTITIONS", "TOCSIN_NONSENSE"):
        assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_config_show_masks_secrets() -> None:
    done = run("config", "show", TOCSIN_KAFKA_SASL_PASSWORD="hunter2-in-the-open")
    assert "hunter2" not in done.stdout + done.stderr
    assert "TOCSIN_KAFKA_SASL_PASSWORD=**" in done.stdout


def test_an_unknown_verb_is_misuse() -> None:
    assert "No such command" in run("ring", code=2).stderr


def test_a_worker_without_brokers_in_its_settings_says_which_setting() -> None:
    assert "TOCSIN_KAFKA_BOOTSTRAP_SERVERS" in run("watch", code=2).stderr
