"""Units: systemd takes them, and they are locked down."""

import re
from pathlib import Path

import pytest
from tools import DEPLOY, judge

from streams.settings import PREFIX, load_settings

UNITS = sorted((DEPLOY / "systemd").glob("tocsin*.service"))


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units with a program that is on this machine, and the instances of templates that the target wants."""
    for file in (DEPLOY / "systemd").iterdir():
        (tmp_path / file.name).write_text(
            file.read_text(encoding="utf-8").replace("/opt/tocsin/bin/tocsin", "/bin/true")
        )
    for wanted in re.findall(r"[a-z-]+@\d+\.service", (tmp_path / "tocsin.target").read_text()):
        template = re.sub(r"@\d+", "@", wanted)
        (tmp_path / wanted).write_text((tmp_path / template).read_text())
        (tmp_path / template).unlink()
    return tmp_path


def test_systemd_takes_the_units(units: Path) -> None:
    said = judge("systemd-analyze", "verify", *sorted(units.glob("tocsin*.service")), units / "tocsin.target")
    assert "tocsin" not in said, said


def test_units_are_locked_down(units: Path) -> None:
    for unit in sorted(units.glob("tocsin*.service")):
        said = judge("systemd-analyze", "security", "--offline=yes", "--threshold=25", unit)
        assert "OK" in said, said


def test_every_service_stops_with_patience_and_comes_again() -> None:
    assert len(UNITS) == 5
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        [patience] = re.findall(r"^TimeoutStopSec=(\d+)s$", text, re.MULTILINE)
        assert int(patience) > load_settings({}).drain_timeout_s
        assert "\nRestart=always\n" in text
        assert "\nRestartPreventExitStatus=2\n" in text


def test_the_target_wants_services_that_there_are() -> None:
    wanted = re.findall(r"tocsin-[a-z]+@?", (DEPLOY / "systemd" / "tocsin.target").read_text(encoding="utf-8"))
    assert {f"{name}.service" for name in wanted} <= {unit.name for unit in UNITS}


def test_the_environment_is_sound() -> None:
    lines = (DEPLOY / "systemd" / "tocsin.env").read_text(encoding="utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert all(name.startswith(PREFIX) for name in values)
    load_settings(values)
