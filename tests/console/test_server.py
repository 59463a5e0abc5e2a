import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession, CookieJar
from console_stand_in import StandIn
from console_stories import event, put_aside, stories

from streams.console.gate import COOKIE
from streams.console.server import Console
from streams.settings import load_settings
from streams.workers.ledger import Follower

TOKEN = "a-token-of-enough-letters"
ORDER = {"X-Tocsin": "test"}


@asynccontextmanager
async def served(source: StandIn | None = None, **settings: object) -> AsyncIterator[tuple[Console, ClientSession]]:
    source = source or StandIn(stories(), put_aside(40))
    async with (
        Console(load_settings({}, console_port=0, **settings), source) as console,
        ClientSession(console.url, cookie_jar=CookieJar(unsafe=True)) as client,
    ):
        await source.told.wait()
        yield console, client


async def events(client: ClientSession, wanted: int, **request: object) -> list[tuple[str, str, dict]]:
    """The first events of a live connection but the pulse: id, name, data."""
    found: list[tuple[str, str, dict]] = []
    id_ = name = ""
    async with asyncio.timeout(10), client.get("/api/stream", **request) as response:
        assert response.content_type == "text/event-stream"
        async for line in response.content:
            key, _, value = line.decode().strip().partition(": ")
            if key == "id":
                id_ = value
            elif key == "event":
                name = value
            elif key == "data" and name != "pulse":
                found.append((id_, name, json.loads(value)))
            if len(found) == wanted:
                break
    return found


async def test_every_page_is_the_same_hardened_shell() -> None:
    async with served() as (_, client):
        for page in ("/", "/incidents/tampere", "/why-not", "/desk"):
            async with client.get(page) as response:
                assert response.status == 200
                policy = response.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert response.headers["X-Content-Type-Options"] == "nosniff"
                assert "Tampere" not in await response.text()


async def test_files_have_names_that_change_with_them() -> None:
    async with served() as (_, client):
        shell = await (await client.get("/")).text()
        path = next(part for part in shell.split('"') if part.endswith("/js/app.js"))
        async with client.get(path) as response:
            assert response.status == 200
            assert "immutable" in response.headers["Cache-Control"]
            assert response.headers["Content-Encoding"] == "gzip"
        async with client.get(path.replace(path.split("/")[2], "0" * 12)) as response:
            assert response.status == 404
        async with client.get("/static/x/../../etc/passwd") as response:
            assert response.status == 404


async def test_the_board_has_all_incidents_and_a_cursor() -> None:
    async with served() as (console, client):
        board = await (await client.get("/api/board")).json()
        assert {one["id"] for one in board["incidents"]} == {"tampere", "valparaiso", "dayton", "denmark", "recife"}
        assert board["cursor"] == console.board.feed.cursor
        assert board["pulse"]["state"] == "live"


async def test_a_live_connection_goes_on_where_it_was() -> None:
    source = StandIn(stories())
    async with served(source) as (_, client):
        cursor = (await (await client.get("/api/board")).json())["cursor"]
        now = datetime.now(UTC)
        source.board.alert(event("turku", 1), now)
        source.board.alert(event("turku", 2), now)
        first = await events(client, 2, params={"after": cursor})
        assert [(name, data["revision"]) for _, name, data in first] == [("incident", 1), ("incident", 2)]
        resumed = await events(client, 1, params={"after": cursor}, headers={"Last-Event-ID": first[0][0]})
        assert resumed == first[1:]


async def test_a_live_connection_with_an_unknown_place_starts_anew() -> None:
    async with served() as (_, client):
        assert [name for _, name, _ in await events(client, 1, params={"after": "0-1"})] == ["reset"]


async def test_an_incident_has_a_dossier_and_an_unknown_one_has_words() -> None:
    async with served() as (_, client):
        dossier = await (await client.get("/api/incidents/tampere")).json()
        assert len(dossier["revisions"]) == 4
        async with client.get("/api/incidents/nothing") as response:
            assert response.status == 404
            assert "no such incident" in (await response.json())["error"]


async def test_suppressed_articles_are_searched() -> None:
    async with served() as (_, client):
        everything = await (await client.get("/api/suppressed")).json()
        assert (everything["searched"], everything["matching"]) == (40, 40)
        found = await (
            await client.get("/api/suppressed", params={"q": "STORM tonight", "status": "other_hazard"})
        ).json()
        assert found["matching"] == 10
        assert found["reasons"] == {"weather": 10}
        assert found["articles"][0]["status_words"] == "weather, fire, disease or accident"


async def test_an_order_is_published_and_comes_back() -> None:
    source = StandIn(stories())
    async with served(source) as (_, client):
        body = {"action": "acknowledge", "incident_id": "tampere", "revision": 4}
        async with client.post("/api/commands", json=body, headers=ORDER) as response:
            assert response.status == 202
        assert [command.by for command in source.sent] == ["operator"]
        board = await (await client.get("/api/board")).json()
        assert not next(one for one in board["incidents"] if one["id"] == "tampere")["needs"]
        log = await (await client.get("/api/commands")).json()
        assert log["commands"][0]["incident_id"] == "tampere"


async def test_orders_that_make_no_sense_or_cannot_be_kept_are_told() -> None:
    source = StandIn(stories())
    async with served(source) as (_, client):
        async with client.post("/api/commands", json={"action": "lift"}, headers=ORDER) as response:
            assert response.status == 400
        source.fails = "the brokers did not take it"
        async with client.post("/api/commands", json={"action": "lift", "target": "x"}, headers=ORDER) as response:
            assert (response.status, await response.json()) == (503, {"error": source.fails})
        async with client.get("/api/suppressed") as response:
            assert response.status == 503
        async with client.post("/api/commands", data=b"x" * 100_000, headers=ORDER) as response:
            assert response.status == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-Tocsin": "1", "Origin": "http://evil.example"}, 403),
        ({"X-Tocsin": "1", "Host": "evil.example"}, 421),
    ],
)
async def test_orders_of_other_sites_are_refused(headers: dict[str, str], status: int) -> None:
    source = StandIn(stories())
    async with (
        served(source) as (_, client),
        client.post("/api/commands", json={"action": "lift", "target": "x"}, headers=headers) as response,
    ):
        assert response.status == status
        assert source.sent == []
        assert "Content-Security-Policy" in response.headers


async def test_a_guarded_console_shows_nothing_before_the_sign_in() -> None:
    source = StandIn(stories())
    async with served(source, console_token=TOKEN) as (_, client):
        for path in ("/api/board", "/api/stream", "/api/incidents/tampere", "/api/suppressed", "/api/commands"):
            async with client.get(path) as response:
                assert response.status == 401, path
        async with client.get("/") as response:
            assert response.status == 200
        session = await (await client.get("/api/session")).json()
        assert session == {"user": None, "open": False, "token": True}
        async with client.post("/api/session", json={"name": "Ines", "token": TOKEN}, headers=ORDER) as response:
            assert response.status == 200
            cookie = response.cookies[COOKIE]
            assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
        body = {"action": "acknowledge", "incident_id": "tampere", "revision": 4}
        async with client.post("/api/commands", json=body, headers=ORDER) as response:
            assert response.status == 202
        assert source.sent[0].by == "Ines"
        async with client.delete("/api/session", headers=ORDER):
            pass
        async with client.get("/api/board") as response:
            assert response.status == 401


async def test_a_wrong_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.console.api.WRONG_TOKEN_PAUSE_S", 0.0)
    async with served(console_token=TOKEN) as (_, client):
        for body in (b"", b"[]", b'{"name": "Ines"}', b'{"name": "Ines", "token": "wrong"}', b"\xff"):
            async with client.post("/api/session", data=body, headers=ORDER) as response:
                assert response.status == 403
                assert COOKIE not in response.cookies


async def test_health_tells_how_the_source_is() -> None:
    async with served() as (console, client):
        assert (await client.get("/healthz")).status == 200
        assert (await client.get("/readyz")).status == 200
        console.board.state("lost")
        assert (await client.get("/readyz")).status == 503


async def test_a_source_that_ends_ends_the_console() -> None:
    class Broken(StandIn):
        async def run(self, board: Follower) -> None:
            del board
            self.told.set()
            raise RuntimeError("no way on")

    async with served(Broken()) as (console, _):
        with pytest.raises(RuntimeError, match="no way on"):
            await console.serve()
