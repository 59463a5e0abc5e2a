"""A real Prometheus for the length of a ``with`` block."""

import json
import math
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml
from tools import find_prometheus

from streams.local.ports import free_ports

LOOK_S = 1
"""Seconds between two scrapes, and between two evaluations of the rules."""


class Prometheus:
    """Scrapes ``jobs`` (name to HOST:PORT) and evaluates the rules in ``rules`` every second."""

    def __init__(self, folder: Path, jobs: Mapping[str, str], rules: Path) -> None:
        groups = yaml.safe_load(rules.read_text(encoding="utf-8"))
        for group in groups["groups"]:
            group["interval"] = f"{LOOK_S}s"
        (folder / "rules.yml").write_text(yaml.safe_dump(groups))
        config = {
            "global": {
                "scrape_interval": f"{LOOK_S}s",
                "scrape_timeout": f"{LOOK_S}s",
                "evaluation_interval": f"{LOOK_S}s",
            },
            "rule_files": ["rules.yml"],
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [address]}]} for job, address in jobs.items()
            ],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        self._folder = folder
        [self._port] = free_ports(1)

    def __enter__(self) -> Self:
        command = [
            find_prometheus()[1],
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
            "--enable-feature=exemplar-storage",
        ]
        with (self._folder / "prometheus.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "prometheus.log").read_text()
            assert time.monotonic() < deadline, "Prometheus is not ready"
            time.sleep(0.1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(20)

    def ask(self, path: str, **parameters: str) -> Any:
        """The data of an answer of its HTTP API."""
        url = f"http://127.0.0.1:{self._port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as refused:
            told = json.load(refused)
        assert told["status"] == "success", f"{parameters}: {told}"
        return told["data"]

    def value(self, expr: str) -> float:
        """The value of the one series that ``expr`` has now; NaN where it has none."""
        found = self.ask("query", query=expr)["result"]
        return float(found[0]["value"][1]) if found else math.nan

    def has_data(self, expr: str) -> bool:
        """True when ``expr`` has had a finite value in the last moments."""
        now = time.time()
        found = self.ask("query_range", query=expr, start=str(now - 10), end=str(now), step=str(LOOK_S))["result"]
        return any(math.isfinite(float(value)) for series in found for _, value in series["values"])

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/-/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
