"""Metrics as they are used: real workers on Kafka, scraped by a real Prometheus, asked by every panel and rule."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from harness import Worker, send, until
from prometheus_server import Prometheus
from promql import RULES, of_panels, of_rules, rules

from streams.console import work as console
from streams.feed.config import FeedConfig
from streams.local.ports import free_ports
from streams.outlets.config import NotifyConfig
from streams.settings import Settings
from streams.workers import feed, notify
from streams.workers.admin import apply_topics
from streams.workers.records import Outgoing

SECRET = "whsec_" + "bm90IGEgcmVhbCBrZXksIG9ubHkgZm9yIHRoZSB0ZXN0cyE="
JOBS = ("triage", "consolidate", "notify", "feed", "console")
STORIES = {
    "Gunman opens fire in market hall of {town}, {land}": (
        "A gunman opened fire inside the market hall in {town}, {land}, this morning and killed at least two people, "
        "police said. The attacker is still at large. Residents were told to stay indoors and lock their doors."
    ),
    "Bomb goes off at railway station in {town}; minister speaks of terror attack": (
        "A bomb exploded at the railway station in {town}, {land}, an hour ago, killing five people and injuring "
        "twenty, police said. The interior minister called it a terrorist attack."
    ),
    "Choir of {town} sings again": "After a long winter break the choir of {town}, {land}, sings again on Sunday.",
}
"""Titles and texts."""
LEVEL = "{land} raises its terrorism threat level to {level}"
LEVEL_TEXT = (
    "{land} has raised its national terrorism threat level from substantial to {level} today, the interior minister "
    "said. An attack is highly likely, she said."
)
WAVES = (
    ((("Tampere", "Finland"), ("Bergen", "Norway")), ("The United Kingdom", "severe")),
    ((("Porto", "Portugal"), ("Graz", "Austria"), ("Aarhus", "Denmark")), ("The Netherlands", "4")),
)


def article(name: str, title: str, text: str) -> bytes:
    at = datetime.now(UTC).isoformat()
    told = {"id": name, "title": title, "text": text, "published_at": at, "source": "Harbour Wire"}
    return json.dumps(told).encode()


def wave(settings: Settings, number: int) -> list[Outgoing]:
    """News of one wave, an article that is none, and a sighting that is none."""
    towns, (land, level) = WAVES[number]
    values = [
        article(f"{town}-{part}", title.format(town=town, land=home), text.format(town=town, land=home))
        for town, home in towns
        for part, (title, text) in enumerate(STORIES.items())
    ]
    told = (part.format(land=land, level=level) for part in (LEVEL, LEVEL_TEXT))
    values.append(article(f"level-{number}", *told))
    values.append(b"this is no article")
    return [
        *(Outgoing(topic=settings.topic_articles, key=None, value=value) for value in values),
        Outgoing(topic=settings.topic_sightings, key=b"XX", value=b"this is no sighting"),
    ]


class Web:
    """A feed that has a new entry at each poll, a receiver that takes everything, and one that takes nothing."""

    def __init__(self) -> None:
        self.polls = 0

    async def feed(self, request: web.Request) -> web.Response:
        self.polls += 1
        item = {
            "id": f"entry-{self.polls}",
            "url": f"http://{request.host}/entry/{self.polls}",
            "title": f"Bench number {self.polls} is painted",
            "content_text": "The benches of the park become green again, one by one.",
            "date_published": datetime.now(UTC).isoformat(),
        }
        body = {"version": "https://jsonfeed.org/version/1.1", "title": "Bench News", "items": [item]}
        return web.json_response(body, content_type="application/feed+json")

    async def take(self, request: web.Request) -> web.Response:
        return web.Response(status=200 if request.path == "/takes" else 503)


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    served = Web()
    app = web.Application()
    app.add_routes([web.get("/feed.json", served.feed), web.post("/{receiver}", served.take)])
    async with TestServer(app) as server:
        yield str(server.make_url("/")).rstrip("/")


def notifications(site: str) -> NotifyConfig:
    patience = {"takes": 60.0, "refuses": 2.0}
    return NotifyConfig.model_validate(
        {
            "receivers": [
                {
                    "name": name,
                    "type": "webhook",
                    "url": f"{site}/{name}",
                    "secret": {"env": "HOOK_SECRET"},
                    "start": "earliest",
                    "give_up_after_s": seconds,
                    "first_pause_s": 0.5,
                }
                for name, seconds in patience.items()
            ],
            "routes": [{"name": "all", "receivers": list(patience)}],
        }
    )


def feeds(site: str, folder: Path) -> FeedConfig:
    config = FeedConfig.model_validate(
        {
            "state": folder / "feeds.sqlite",
            "contact": "desk@example.org",
            "host_interval_s": 0,
            "private_hosts": True,
            "feeds": [{"url": f"{site}/feed.json"}],
        }
    )
    hasty = tuple(source.model_copy(update={"every_s": 2.0}) for source in config.feeds)
    return config.model_copy(update={"feeds": hasty})


@pytest.fixture
def of(kafka_settings: Settings) -> dict[str, Settings]:
    """The settings of each worker, which differ in the port of the metrics alone."""
    changes = {"kafka_session_timeout_s": 10.0, "source_groups": "wires=Harbour Wire"}
    ports = dict(zip(JOBS, free_ports(len(JOBS)), strict=True))
    return {
        job: kafka_settings.model_copy(update={**changes, "metrics_port": port, "console_port": 0})
        for job, port in ports.items()
    }


@pytest.fixture
def prometheus(tmp_path: Path, of: dict[str, Settings]) -> Iterator[Prometheus]:
    folder = tmp_path / "prometheus"
    folder.mkdir()
    jobs = {f"tocsin-{job}": f"127.0.0.1:{settings.metrics_port}" for job, settings in of.items()}
    with Prometheus(folder, jobs, RULES) as running:
        yield running


@pytest.mark.prometheus
@pytest.mark.timeout(240)
async def test_every_query_of_every_panel_and_rule_returns_data(
    of: dict[str, Settings], site: str, prometheus: Prometheus, tmp_path: Path
) -> None:
    settings = of["triage"]
    await apply_topics(settings)

    def ask(expr: str, least: float) -> "asyncio.Future[bool]":
        return asyncio.ensure_future(asyncio.to_thread(lambda: prometheus.value(expr) >= least))

    stop = asyncio.Event()
    with ExitStack() as running:
        workers = [running.enter_context(Worker(kind, of[kind], tmp_path)) for kind in ("triage", "consolidate")]
        tasks = [
            asyncio.create_task(notify.work(of["notify"], notifications(site), stop)),
            asyncio.create_task(feed.work(of["feed"], feeds(site, tmp_path), stop)),
            asyncio.create_task(console.work(of["console"], stop, lambda _: None)),
        ]
        try:
            await asyncio.gather(*(worker.until_ready() for worker in workers))
            # Between the waves everything is scraped, for a rate wants two looks at a series.
            await until(lambda: ask('count(up{job=~"tocsin-.+"} == 1)', len(JOBS)))
            await send(settings, wave(settings, 0))
            await until(lambda: ask("count(count by (country) (tocsin_threat_level_rank))", 1), 60.0)
            await until(lambda: ask('sum(tocsin_notifications_total{outcome="dead_letter"})', 1), 60.0)
            await send(settings, wave(settings, 1))
            await until(lambda: ask("count(count by (country) (tocsin_threat_level_rank))", 2), 60.0)
            await until(lambda: ask('sum(tocsin_notifications_total{outcome="delivered"})', 6), 60.0)
            await asyncio.sleep(3)
            assert not any(task.done() for task in tasks)

            silent = [asked for asked in of_panels() if not prometheus.has_data(asked.over("30s"))]
            assert silent == [], "these panels would be empty"
            records = [rule["record"] for rule in rules() if "record" in rule]
            assert [name for name in records if not prometheus.has_data(name)] == []
            for asked in of_rules():
                prometheus.ask("query", query=asked.expr)
            looked = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
            assert len(looked) == len(rules())
            assert [rule for rule in looked if rule["health"] != "ok" or rule.get("lastError")] == []

            # What fires is what we did: an article, a sighting and a receiver that were no good.
            firing = {rule["name"] for rule in looked if rule.get("state") == "firing"}
            assert {"TocsinWatchdog", "TocsinDeadSightings", "TocsinNotifierFailing"} == firing

            [*exemplars] = prometheus.ask(
                "query_exemplars", query="tocsin_article_to_alert_seconds_bucket", start="0", end="4000000000"
            )
            assert any(each["labels"]["alert_id"] for series in exemplars for each in series["exemplars"])
            assert prometheus.value('source_group:tocsin_last_article_age:seconds{source_group="wires"}') < 60
        finally:
            stop.set()
            await asyncio.gather(*tasks)
