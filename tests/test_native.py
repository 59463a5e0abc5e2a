"""The compiled rooms: what says that they are, and that they decide as the pure ones do, byte for byte.

The last part runs where the rooms are compiled (`make test-native`).
"""

import os
import subprocess
import sys
import tomllib
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from tools import ROOT

import streams.native
from streams import __version__
from streams.local import SAMPLES
from streams.native import ROOMS, compiled_rooms, described

HOOK = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
    "wheel"
]["hooks"]["custom"]


def test_a_tree_without_compiled_modules_is_pure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in ROOMS:
        (tmp_path / room).mkdir()
    monkeypatch.setattr(streams.native, "__file__", str(tmp_path / "native.py"))
    assert described() == "pure"
    (tmp_path / "places" / f"finder{EXTENSION_SUFFIXES[0]}").touch()
    assert compiled_rooms() == ("places",)
    assert described() == "compiled: places"


def test_the_hook_compiles_rooms_that_there_are() -> None:
    assert set(HOOK["rooms"]) <= set(ROOMS)
    assert all((ROOT / path).is_file() for path in HOOK["interpreted"])
    assert HOOK["enable-by-default"] is False


def test_the_work_tree_is_pure() -> None:
    found = [path for path in (ROOT / "streams").rglob("*") if path.name.endswith(tuple(EXTENSION_SUFFIXES))]
    assert not found, "a compiled module hides the source beside it from whoever edits that"


@pytest.mark.native
def test_a_replay_is_the_same_pure_and_compiled(tmp_path: Path) -> None:
    found = {}
    for name, paths in (("compiled", {}), ("pure", {"PYTHONPATH": str(ROOT)})):
        alerts = tmp_path / name
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | paths
        command = [sys.executable, "-P", "-m", "streams"]
        version = subprocess.run([*command, "--version"], env=environment, capture_output=True, text=True, check=True)
        assert version.stdout.startswith(f"tocsin, version {__version__} ({name}")
        done = subprocess.run(
            [*command, "replay", str(SAMPLES), "--alerts", str(alerts)],
            env=environment,
            capture_output=True,
            check=True,
        )
        found[name] = (alerts.read_bytes(), done.stdout)
    assert found["compiled"][0]
    assert found["compiled"] == found["pure"]


@pytest.mark.native
def test_every_room_that_the_hook_names_is_compiled() -> None:
    assert set(compiled_rooms()) == set(HOOK["rooms"])
    assert Path(streams.native.__file__).parent != ROOT / "streams"
