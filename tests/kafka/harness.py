"""What the tests against real brokers share: workers as processes, invented sightings, and whole topics read back."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from aiokafka import ConsumerRecord
from pydantic import SecretStr

from streams.model import (
    AlertEvent,
    ArticleRef,
    Certainty,
    Kind,
    Place,
    Precision,
    Reading,
    Severity,
    Sighting,
    Status,
    Urgency,
)
from streams.settings import Settings, load_settings
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing, encode
from streams.workers.tail import tail

START = datetime(2031, 5, 4, 8, 0, tzinfo=UTC)
PARTITIONS = 4
COUNTRIES = ("KE", "FR", "DE", "BR", "JP", "US", "IN", "EG")


class Worker:
    """A worker as a process of its own, killed at the end of the ``with`` block if it still runs."""

    def __init__(self, kind: str, settings: Settings, folder: Path, name: str = "") -> None:
        self._log = folder / f"{kind}{name}-{time.monotonic_ns()}.log"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streams", "worker", kind],
                env=environment | variables(settings),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            if error is not None:
                self.process.send_signal(signal.SIGUSR1)
                time.sleep(0.5)
            self.process.kill()
            self.process.wait()
        if error is not None:
            print(self.log[-20000:])

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def stop(self, within_s: float = 30.0) -> int:
        """SIGTERM, and the exit code."""
        self.process.terminate()
        return self.process.wait(within_s)

    def get(self, path: str) -> tuple[int, str]:
        """An answer of the worker's HTTP server: status and body."""
        found = re.search(r"on http://(\S+)", self.log)
        assert found, "the worker has not said where it serves"
        try:
            with urllib.request.urlopen(f"http://{found[1]}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    async def until_ready(self, within_s: float = 60.0) -> None:
        def ready() -> bool:
            assert self.process.poll() is None, f"ended with {self.process.returncode}"
            return " on http://" in self.log and self.get("/readyz")[0] == 200

        await until(lambda: asyncio.to_thread(ready), within_s)

    async def until_logged(self, text: str, within_s: float = 30.0) -> None:
        async def logged() -> bool:
            return text in self.log

        await until(logged, within_s)


def settings_at(bootstrap: str) -> Settings:
    """Settings for a broker of a test's own, where names clash with nobody's."""
    return load_settings({}, kafka_bootstrap_servers=bootstrap, partitions=4)


def settings_on(bootstrap: str, test: str) -> Settings:
    """Settings with topics and groups that begin with a name made of the test's and a random part."""
    prefix = f"{re.sub(r'[^A-Za-z0-9_-]', '_', test)[:60]}-{uuid.uuid4().hex[:8]}"
    fields = [field for field in Settings.model_fields if field.startswith("topic_")]
    return load_settings(
        {},
        kafka_bootstrap_servers=bootstrap,
        group_triage=f"{prefix}.triage",
        group_consolidate=f"{prefix}.consolidate",
        partitions=PARTITIONS,
        **{field: f"{prefix}.{field.removeprefix('topic_')}" for field in fields},
    )


def variables(settings: Settings) -> dict[str, str]:
    """``settings`` as environment variables."""
    plain = {
        field: value.get_secret_value() if isinstance(value, SecretStr) else value
        for field, value in settings
        if value is not None and value != type(settings).model_fields[field].default
    }
    return {f"TOCSIN_{field.upper()}": str(value) for field, value in plain.items()}


def environment(settings: Settings) -> dict[str, str]:
    """What a child of ours with just these settings runs in."""
    foreign = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
    return foreign | variables(settings) | {"PYTHONUNBUFFERED": "1"}


def tocsin(settings: Settings, *arguments: str, input_: str = "") -> subprocess.CompletedProcess[str]:
    """A verb that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "streams", *arguments],
        env=environment(settings),
        input=input_,
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=90,
    )


async def until(true: Callable[[], Awaitable[bool]], within_s: float = 30.0, every_s: float = 0.2) -> None:
    """Return as soon as ``true`` is; fail when it is not in time."""
    deadline = time.monotonic() + within_s
    while not await true():
        assert time.monotonic() < deadline, f"not so within {within_s} s"
        await asyncio.sleep(every_s)


async def send(settings: Settings, records: Iterable[Outgoing]) -> None:
    producer = new_producer(settings)
    await producer.start()
    try:
        await Outbox(producer).publish(records)
    finally:
        await producer.stop()


async def read(settings: Settings, *topics: str) -> list[ConsumerRecord]:
    """All records of ``topics``, in order within each partition."""
    return [record async for record in tail(settings, topics, until_end=True)]


async def until_records(settings: Settings, count: int, *topics: str, within_s: float = 60.0) -> None:
    """Wait until ``topics`` together hold ``count`` records with different values and keys."""

    async def enough() -> bool:
        return len({(r.topic, r.key, r.value, r.headers) for r in await read(settings, *topics)}) >= count

    await until(enough, within_s, every_s=0.5)


def article(number: int, title: str = "Council plans new benches", **more: Any) -> bytes:
    """An article line of our own."""
    fields = {"id": f"art-{number}", "title": title, "text": "The benches will be green.", "source": "bench.example"}
    return json.dumps(fields | more).encode()


def sighting(number: int, *, country: str = "KE", town: int = 0, minute: int = 0, **more: Any) -> Sighting:
    """An invented sighting. Towns of one country are far apart, so that what is told of two is never one event."""
    status = more.pop("status", Status.CURRENT)
    kinds = more.pop("kinds", (Kind.ACTIVE_SHOOTER,))
    at = START + timedelta(minutes=minute)
    name, publisher = f"Ville{town}", f"p{number % 5}.example"
    name_of = f"s-{country}-{number}"
    return Sighting(
        id=name_of,
        article=ArticleRef(article_id=name_of, title=f"Shots in {name}", source=publisher),
        reading=Reading(
            kinds=kinds,
            status=status,
            severity=more.pop("severity", Severity.SEVERE),
            urgency=Urgency.IMMEDIATE if status is Status.CURRENT else Urgency.PAST,
            certainty=Certainty.OBSERVED,
            confidence=0.9,
            reason="invented",
        ),
        place=Place(
            name=name,
            country_code=country,
            country=country,
            admin1=f"Region{town}",
            admin1_code=f"{country}.{town}",
            lat=-40.0 + 2.0 * (town % 40),
            lon=-170.0 + 3.0 * (town // 40),
            precision=Precision.CITY,
            geoname_id=1_000_000 + town,
        ),
        published_at=at,
        seen_at=at + timedelta(seconds=30),
        publisher=publisher,
        tokens=(name.lower(),),
        **more,
    )


def as_records(settings: Settings, sightings: Iterable[Sighting]) -> list[Outgoing]:
    return [
        Outgoing(topic=settings.topic_sightings, key=each.partition_key.encode(), value=encode(each))
        for each in sightings
    ]


def stories(count: int, towns: int = 6) -> list[Sighting]:
    """``count`` sightings in event time over several countries and towns, with escalations and all-clears."""
    told = []
    for number in range(count):
        country = COUNTRIES[number % len(COUNTRIES)]
        step = number // len(COUNTRIES)
        town = step % towns
        chapter = (step // towns) % 7
        more: dict[str, Any] = {}
        if chapter == 3:
            more = {"kinds": (Kind.ACTIVE_SHOOTER, Kind.LOCKDOWN_ADVISORY), "severity": Severity.EXTREME}
        elif chapter == 6:
            more = {"status": Status.ALL_CLEAR}
        told.append(sighting(number, country=country, town=town, minute=number, **more))
    return told


def alerts_of(records: Iterable[ConsumerRecord]) -> dict[str, set[bytes]]:
    """By alert id, the different contents that were published under it."""
    found: dict[str, set[bytes]] = {}
    for record in records:
        if record.value is not None:
            found.setdefault(msgspec.json.decode(record.value, type=AlertEvent).id, set()).add(record.value)
    return found
