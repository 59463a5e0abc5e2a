"""Api: what the page asks for and orders, as JSON."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from aiohttp import web

from streams.console.board import Board, utc_now
from streams.console.gate import COOKIE, SESSION_S, Gate
from streams.console.orders import OrderError, command_of
from streams.console.source import Source
from streams.console.summary import safe_url
from streams.console.words import STATUSES, shown
from streams.metrics import Metrics
from streams.model import Suppressed
from streams.workers.ledger import LedgerError

log = logging.getLogger(__name__)

BEAT_S: Final = 10.0
"""Longest silence of a live connection, in seconds: a browser that hears nothing for longer connects anew."""
MAX_STREAMS: Final = 500
TAIL: Final = 5000
"""Suppressed articles that the "why not" view searches."""
SHOWN: Final = 200
WRONG_TOKEN_PAUSE_S: Final = 1.0

_encode = msgspec.json.Encoder().encode


def answer(value: Any, status: int = 200) -> web.Response:
    """``value`` as JSON that is never stored."""
    response = web.Response(
        body=_encode(value), status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
    if status == 200:
        response.enable_compression()
    return response


class Api:
    """The handlers. ``closing`` is set when the server stops, so that live connections end."""

    def __init__(self, board: Board, source: Source, gate: Gate, metrics: Metrics) -> None:
        self._board = board
        self._source = source
        self._gate = gate
        self._metrics = metrics
        self._streams = 0
        self.closing = False

    def routes(self) -> list[web.RouteDef]:
        """Every address of the API. All but the session need someone signed in."""
        return [
            web.get("/api/session", self.session),
            web.post("/api/session", self.sign_in),
            web.delete("/api/session", self.sign_out),
            web.get("/api/board", self.board),
            web.get("/api/stream", self.stream),
            web.get("/api/incidents/{id}", self.incident),
            web.get("/api/suppressed", self.suppressed),
            web.get("/api/commands", self.commands),
            web.post("/api/commands", self.order),
        ]

    async def session(self, request: web.Request) -> web.Response:
        """Who is signed in, and whether one may."""
        who = self._gate.who(request)
        return answer({"user": who, "open": self._gate.open, "token": self._gate.takes_token})

    async def sign_in(self, request: web.Request) -> web.Response:
        """Give a session cookie for name and token; a wrong token is answered slowly."""
        try:
            given = msgspec.json.decode(await request.read(), type=dict[str, str])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            given = {}
        cookie = self._gate.sign_in(given.get("name", ""), given.get("token", ""))
        self._metrics.console_sign_ins.labels("refused" if cookie is None else "accepted").inc()
        if cookie is None:
            log.warning("sign-in refused: %r from %s", shown(given.get("name", ""), 60), request.remote)
            await asyncio.sleep(WRONG_TOKEN_PAUSE_S)
            return answer({"error": "give your name and the console's token"}, 403)
        response = answer({"user": shown(given["name"], 60)})
        secure = request.secure or request.headers.get("X-Forwarded-Proto") == "https"
        response.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="Strict", secure=secure)
        return response

    async def sign_out(self, request: web.Request) -> web.Response:
        """Take the session cookie back."""
        del request
        response = answer({})
        response.del_cookie(COOKIE)
        return response

    async def board(self, request: web.Request) -> web.Response:
        """All incidents on the board, and where the live connection goes on from here."""
        return answer(
            {
                "cursor": self._board.feed.cursor,
                "user": self._gate.who(request),
                "pulse": self._pulse(),
                "incidents": self._board.summaries(),
                "silences": self._board.silences(),
            }
        )

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events from the cursor on that the browser names; ``reset`` where that is unknown here."""
        if self._streams >= MAX_STREAMS:
            raise web.HTTPServiceUnavailable(text="too many live connections")
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        self._streams += 1
        self._metrics.console_clients.set(self._streams)
        try:
            await response.prepare(request)
            # A browser that goes away is no fault: it comes back with the id of the last event it had.
            with contextlib.suppress(ConnectionError):
                await self._follow(request, response)
        finally:
            self._streams -= 1
            self._metrics.console_clients.set(self._streams)
        return response

    async def _follow(self, request: web.Request, response: web.StreamResponse) -> None:
        feed = self._board.feed
        number = feed.place_of(request.headers.get("Last-Event-ID") or request.query.get("after", ""))
        await response.write(b"retry: 1000\n\n")
        while not self.closing:
            news = feed.after(number) if number is not None else None
            if number is None or news is None:
                await response.write(b"event: reset\ndata: {}\n\n")
                return
            lines = [
                f"id: {feed.cursor_of(change.number)}\nevent: {change.name}\ndata: ".encode() + change.data + b"\n\n"
                for change in news
            ]
            lines.append(b"event: pulse\ndata: " + _encode(self._pulse()) + b"\n\n")
            number += len(news)
            await response.write(b"".join(lines))
            await feed.wait(number, BEAT_S)

    def _pulse(self) -> dict[str, Any]:
        board = self._board
        return {
            "now": utc_now(),
            "state": board.source_state,
            "note": board.source_note,
            "articles_per_minute": board.articles_per_minute,
            "articles_at": board.articles_at,
        }

    async def incident(self, request: web.Request) -> web.Response:
        """All there is to show of one incident."""
        dossier = self._board.dossier(request.match_info["id"])
        if dossier is None:
            return answer({"error": "this console knows no such incident: it may be forgotten, or not read yet"}, 404)
        return answer(dossier)

    async def suppressed(self, request: web.Request) -> web.Response:
        """The newest suppressed articles that match ``q``, ``status`` and ``reason``, with counts for choosing."""
        try:
            tail = await self._source.suppressed(TAIL)
        except LedgerError as error:
            return answer({"error": str(error)}, 503)
        return answer(_why_not(tail, {key: request.query.get(key, "") for key in ("q", "status", "reason")}))

    async def commands(self, request: web.Request) -> web.Response:
        """What was ordered, the newest first."""
        del request
        return answer({"commands": self._board.commands()[:SHOWN]})

    async def order(self, request: web.Request) -> web.Response:
        """Publish a command; its effect comes back by the live connection, here and on every other console."""
        who = self._gate.who(request)
        if who is None:
            raise web.HTTPUnauthorized
        try:
            command = command_of(await request.read(), who, utc_now())
            await self._source.send(command)
        except OrderError as error:
            return self._ordered("faulty", {"error": str(error)}, 400)
        except LedgerError as error:
            return self._ordered("failed", {"error": str(error)}, 503)
        return self._ordered("published", {"id": command.id}, 202)

    def _ordered(self, outcome: str, told: dict[str, str], status: int) -> web.Response:
        self._metrics.console_orders.labels(outcome).inc()
        return answer(told, status)


def _why_not(tail: Sequence[Suppressed], wanted: dict[str, str]) -> dict[str, Any]:
    words = wanted["q"].casefold().split()

    def matches(record: Suppressed) -> bool:
        text = f"{record.title} {record.source} {record.article_id}".casefold()
        return all(word in text for word in words)

    found = [record for record in tail if matches(record)]
    chosen = [
        record
        for record in found
        if wanted["status"] in ("", record.status) and wanted["reason"] in ("", record.reason)
    ]
    return {
        "searched": len(tail),
        "matching": len(chosen),
        "statuses": Counter(record.status for record in found),
        "reasons": Counter(record.reason for record in chosen),
        "articles": [
            {
                "id": record.article_id,
                "title": shown(record.title),
                "url": safe_url(record.url),
                "source": shown(record.source, 80),
                "status": record.status,
                "status_words": STATUSES.get(record.status, record.status),
                "reason": shown(record.reason.replace("_", " "), 80),
                "confidence": record.confidence,
                "published_at": record.published_at,
            }
            for record in chosen[:SHOWN]
        ],
    }
