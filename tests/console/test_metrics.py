"""The console's own metrics: who looks, who was turned away, how far behind it is."""

import asyncio

import pytest
from aiohttp import ClientSession, CookieJar
from console_stand_in import StandIn
from console_stories import stories
from prometheus_client import generate_latest

from streams.console.presence import Presence
from streams.console.server import Console
from streams.metrics import Metrics
from streams.settings import load_settings

TOKEN = "a-token-of-enough-letters"
ORDER = {"X-Tocsin": "test"}


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


async def test_refusals_clients_and_orders_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    metrics, source = Metrics(), StandIn(stories())
    settings = load_settings({}, console_port=0, console_token=TOKEN)
    async with (
        Console(settings, source, metrics=metrics) as console,
        ClientSession(console.url, cookie_jar=CookieJar(unsafe=True)) as client,
    ):
        await source.told.wait()
        assert value(metrics, "tocsin_console_sign_ins_total", outcome="refused") == 0
        await client.get("/api/board")
        await client.get("/api/board", headers={"Host": "elsewhere.example"})
        await client.post("/api/session", json={"name": "Ines", "token": TOKEN})
        assert value(metrics, "tocsin_console_refusals_total", reason="not_signed_in") == 1
        assert value(metrics, "tocsin_console_refusals_total", reason="strange_host") == 1
        assert value(metrics, "tocsin_console_refusals_total", reason="other_site") == 1
        await client.post("/api/session", json={"name": "Ines\n", "token": "wrong"}, headers=ORDER)
        assert [record.getMessage() for record in caplog.records] == ["sign-in refused: 'Ines' from 127.0.0.1"]
        await client.post("/api/session", json={"name": "Ines", "token": TOKEN}, headers=ORDER)
        assert value(metrics, "tocsin_console_sign_ins_total", outcome="refused") == 1
        assert value(metrics, "tocsin_console_sign_ins_total", outcome="accepted") == 1
        await client.post("/api/commands", json={"action": "lift"}, headers=ORDER)
        await client.post("/api/commands", json={"action": "lift", "target": "s"}, headers=ORDER)
        assert value(metrics, "tocsin_console_orders_total", outcome="faulty") == 1
        assert value(metrics, "tocsin_console_orders_total", outcome="published") == 1
        stream = await client.get(f"/api/stream?after={console.board.feed.cursor}")
        assert value(metrics, "tocsin_console_clients") == 1
        stream.close()
        async with asyncio.timeout(20):
            while value(metrics, "tocsin_console_clients") != 0:
                source.board.articles(1.0)
                console.board.feed.publish("order", b"{}")
                await asyncio.sleep(0.05)


async def test_a_console_is_ready_while_it_follows_and_tells_how_far_behind_it_is() -> None:
    metrics, source = Metrics(), StandIn(stories())
    async with Console(load_settings({}, console_port=0), source, metrics=metrics) as console:
        presence = Presence(console.board, metrics)
        await source.told.wait()
        assert presence.ready(0.0) == (True, "live")
        assert presence.alive(1e9)[0]
        console.board.behind(17)
        console.board.state("lost", "The brokers do not answer")
        assert presence.ready(0.0) == (False, "The brokers do not answer")
        page = generate_latest(metrics.registry).decode()
        assert "tocsin_console_lag_records 17.0" in page
        assert 'tocsin_ready{worker="console"} 0.0' in page
