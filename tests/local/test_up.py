import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from streams.analysis import Analyst
from streams.incidents import Policy
from streams.local import SAMPLES
from streams.local.apache import ApacheKafka
from streams.model import ArticleError, decode_article
from streams.replay import replay

RUN = """
import json, sys
from pathlib import Path
from streams.local import up as room
from streams.settings import load_settings
options = json.loads(sys.argv[1])
if options["break"]:
    check = room.Workforce.check
    def broken(self):
        self._children[options["break"]].kill()
        check(self)
    room.Workforce.check = broken
lines = Path(options["play"]).read_bytes().splitlines() if options["play"] else None
settings = load_settings(drain_timeout_s=10)
render = lambda event: f"{event.change} {event.id} {event.notify}"
room.up(settings, render, play=lines, exit_after_play=bool(lines))
"""


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder that pytest clears away, for a failed run leaves its logs; and no settings from outside."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        monkeypatch.delenv(name)


@contextmanager
def running(play: Path | None = None, broken: str = "", bootstrap: str = "") -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", RUN, json.dumps({"play": play and str(play), "break": broken})]
    environment = os.environ | ({"TOCSIN_KAFKA_BOOTSTRAP_SERVERS": bootstrap} if bootstrap else {})
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def children_of(pid: int) -> set[int]:
    found = set()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.add(int(entry.parent.name))
    return found


def said(process: subprocess.Popen[str], word: str) -> list[str]:
    """The lines on stderr up to the first that begins with ``word``."""
    assert process.stderr is not None
    lines: list[str] = []
    for line in process.stderr:
        lines.append(line.rstrip())
        if line.startswith(word):
            return lines
    raise AssertionError("\n".join(lines))


def summary(errors: str) -> list[int]:
    """Articles, sightings, suppressed, dead letters, alerts and active incidents of the last line."""
    last = [line for line in errors.splitlines() if line.startswith("stopped")][-1]
    return [int(number) for number in re.findall(r"\d+", last)]


def replayed(path: Path) -> list[list[str]]:
    """What a replay of the articles in ``path`` alerts of, in the form that the run prints."""
    articles = []
    for line in path.read_bytes().splitlines():
        with suppress(ArticleError):
            articles.append(decode_article(line))
    steps = replay(articles, Analyst(), Policy())
    return [f"{event.change} {event.id} {event.notify}".split() for step in steps for event in step.events]


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_bytes(SAMPLES.read_bytes() + b'{"id": "broken"\n')
    return path


@pytest.mark.tansu
def test_the_samples_give_the_alerts_of_a_replay_on_the_embedded_broker(samples: Path) -> None:
    with running(samples) as process:
        output, errors = process.communicate(timeout=150)
    assert process.returncode == 0, errors
    lines = [line.split() for line in output.splitlines()]
    assert {"opened", "escalated", "all_clear"} <= {change for change, _, _ in lines}
    assert lines == replayed(samples)
    articles, sightings, suppressed, dead_letters, alerts, _ = summary(errors)
    assert articles == len(samples.read_bytes().splitlines())
    assert dead_letters == 1
    assert articles == sightings + suppressed + dead_letters
    assert alerts == len(lines)


@pytest.mark.kafka
def test_the_samples_are_played_through_a_kafka_that_runs_already(
    samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_PARTITIONS", "1")  # One partition keeps the articles in their order.
    with ApacheKafka() as kafka, running(samples, bootstrap=kafka.bootstrap) as process:
        output, errors = process.communicate(timeout=150)
    assert process.returncode == 0, errors
    assert f"broker       {kafka.bootstrap} (Kafka)" in errors
    assert [line.split() for line in output.splitlines()] == replayed(samples)
    assert summary(errors)[0] == len(samples.read_bytes().splitlines())


@pytest.mark.tansu
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_in_order(number: signal.Signals) -> None:
    with running() as process:
        lines = said(process, "ready")
        assert re.fullmatch(r"broker +127\.0\.0\.1:\d+ \(embedded, .*\)", lines[0])
        assert sum("/metrics" in line for line in lines) == 2
        started = children_of(process.pid)
        assert len(started) >= 3
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "")
    assert "Traceback" not in errors
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)


@pytest.mark.tansu
def test_a_signal_before_it_is_ready_stops_it_too() -> None:
    with running() as process:
        said(process, "broker")
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "")
    assert "Traceback" not in errors


@pytest.mark.tansu
@pytest.mark.parametrize("worker", ["triage", "consolidate"])
def test_a_worker_that_ends_is_reported_and_ends_everything(worker: str) -> None:
    with running(broken=worker) as process:
        started: set[int] = set()
        said(process, "consolidate")
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            started |= children_of(process.pid)
            time.sleep(0.05)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"the {worker} worker ended with exit code -9, so all stops. Its log, " in errors
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)
