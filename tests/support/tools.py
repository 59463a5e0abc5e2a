"""Programs that the tests of deploy/ judge with."""

import shutil
import subprocess
from pathlib import Path

import pytest

from streams.local.errors import ToolMissingError

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def find_prometheus() -> tuple[str, str]:
    """The paths of promtool and of Prometheus.

    Raises:
        ToolMissingError: this machine lacks one of them.
    """
    paths = [shutil.which(name) for name in ("promtool", "prometheus")]
    if None in paths:
        raise ToolMissingError("Prometheus is not installed: on Debian, `apt-get install prometheus`")
    return str(paths[0]), str(paths[1])


def judge(*command: str | Path, text: str | None = None) -> str:
    """Run a program that says whether files, or ``text`` on its input, are sound; returns what it says.

    Skips the test where it is missing.
    """
    path = shutil.which(command[0])
    if path is None:
        pytest.skip(f"there is no {command[0]} on this machine")
    done = subprocess.run(
        [path, *map(str, command[1:])], input=text, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr
