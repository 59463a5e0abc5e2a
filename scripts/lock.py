"""Resolve the two lock files: one resolution for development, and its subset that a run needs.

The bench-only packages bound some of the others, so the larger file is resolved first and the smaller one under it.
No index address is recorded.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--no-emit-index-url", "--no-header", "--generate-hashes", "--all-extras", "pyproject.toml"),
)


def main() -> None:
    """Write requirements-dev.lock, then requirements.lock."""
    development = ("--group", "dev", "--group", "bench", "--group", "train", "-o", "requirements-dev.lock")
    run = ("-c", "requirements-dev.lock", "-o", "requirements.lock")
    for arguments in (development, run):
        subprocess.run([*COMMAND, *arguments], cwd=ROOT, check=True)  # noqa: S603 - fixed arguments, no shell


if __name__ == "__main__":
    main()
