"""Watch: what a process holds and how far behind it is, looked at every few seconds. Linux only (/proc)."""

import re
import urllib.request
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tests.bench.meter import cpu_seconds, resident_mb

_SERIES = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One look at one worker. ``cpu_s`` is processor time since its start; ``lag`` is None where it has no group."""

    rss_mb: float
    descriptors: int
    threads: int
    cpu_s: float
    lag: int | None = None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One look at everything, ``at_s`` seconds after the start. ``held_s`` is how long the producer held back so far.

    ``open_incidents`` are those that are not closed; ``load`` is the machine's load average over a minute.
    """

    at_s: float
    sent: int
    looks: dict[str, Look]
    open_incidents: int
    held_s: float
    load: float


def look(pid: int, lag: int | None = None) -> Look:
    """What the process ``pid`` holds now."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    threads = re.search(r"^Threads:\s+(\d+)$", status, re.MULTILINE)
    return Look(
        rss_mb=resident_mb(pid),
        descriptors=sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()),
        threads=int(threads[1]) if threads else 0,
        cpu_s=cpu_seconds(pid),
        lag=lag,
    )


def series(port: int, name: str) -> dict[str, float]:
    """The values of a worker's metric by their labels, as its own page of metrics tells them.

    Raises:
        OSError: it does not answer.
    """
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return {labels or "": float(value) for found, labels, value in _SERIES.findall(text) if found == name}


def total(values: Iterable[float]) -> int:
    """The sum of counts."""
    return round(sum(values))
