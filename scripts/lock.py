"""Resolve the lock files: one resolution for development, and its subsets that a run needs, and a build of wheels.

The bench-only packages bound some of the others, so the largest file is resolved first and the smaller ones under it.
No index address is recorded.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--no-emit-index-url", "--no-header", "--generate-hashes", "pyproject.toml"),
)


def main() -> None:
    """Write requirements-dev.lock, then requirements.lock and requirements-native.lock."""
    development = (
        "--all-extras",
        "--group",
        "dev",
        "--group",
        "bench",
        "--group",
        "train",
        "-o",
        "requirements-dev.lock",
    )
    run = ("-c", "requirements-dev.lock", "--all-extras", "-o", "requirements.lock")
    native = ("-c", "requirements-dev.lock", "--group", "native", "-o", "requirements-native.lock")
    for arguments in (development, run, native):
        subprocess.run([*COMMAND, *arguments], cwd=ROOT, check=True)  # noqa: S603 - fixed arguments, no shell


if __name__ == "__main__":
    main()
