"""Server: the console's HTTP server with its rules for every request."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, Self

from aiohttp import web

from streams.console.api import Api
from streams.console.assets import Assets
from streams.console.board import Board
from streams.console.gate import Gate
from streams.console.source import Source
from streams.metrics import Metrics
from streams.settings import Settings

log = logging.getLogger(__name__)

MAX_BODY: Final = 64 * 1024
"""Largest request body, in bytes."""

SECURITY_HEADERS: Final = {
    # Nothing but our own files; no inline script or style; no framing; DOM sinks that parse markup are shut.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PAGES: Final = ("/", "/incidents/{id}", "/why-not", "/desk")
_FILE: Final = "/static/{version}/{name}"
_OPEN: Final = frozenset({*_PAGES, _FILE, "/healthz", "/readyz", "/api/session"})
"""Addresses that need nobody signed in: they tell nothing of any incident."""


class Console:
    """A console: open it, let it serve, close it; or use it as an async context manager. ``url`` is where it is."""

    def __init__(
        self, settings: Settings, source: Source, board: Board | None = None, metrics: Metrics | None = None
    ) -> None:
        self.board = board or Board()
        self._metrics = metrics or Metrics()
        self._metrics.begin_console()
        self._metrics.console_lag.set_function(lambda: self.board.lag)
        self.url = ""
        self._settings = settings
        self._source = source
        self._gate = Gate(settings)
        self._api = Api(self.board, source, self._gate, self._metrics)
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        self._following: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Serve and follow the source.

        Raises:
            OSError: the address cannot be bound.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._settings.console_host, self._settings.console_port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        host, port, *_ = self._runner.addresses[0]
        self.url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
        self._following = asyncio.create_task(self._source.run(self.board), name="console source")

    async def close(self) -> None:
        """End all live connections, stop following the source, and free the port."""
        self._api.closing = True
        self.board.feed.wake()
        if self._following:
            self._following.cancel()
            # What it ended with is told by `serve`; leaving must not fail on it, or the port would stay taken.
            await asyncio.gather(self._following, return_exceptions=True)
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def serve(self) -> None:
        """Return only when the source ends, with its error: a console that follows nothing must not look alive."""
        if self._following:
            await self._following

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard], client_max_size=MAX_BODY)
        assets = Assets()

        async def shell(request: web.Request) -> web.Response:
            return assets.shell(request)

        async def file(request: web.Request) -> web.Response:
            return assets.file(request)

        async def ready(request: web.Request) -> web.Response:
            del request
            live = self.board.source_state == "live"
            return web.Response(text=f"{self.board.source_state}\n", status=200 if live else 503)

        async def alive(request: web.Request) -> web.Response:
            del request
            return web.Response(text="alive\n")

        application.add_routes(
            [
                *(web.get(page, shell) for page in _PAGES),
                web.get(_FILE.replace("{name}", "{name:.+}"), file),
                web.get("/healthz", alive),
                web.get("/readyz", ready),
                *self._api.routes(),
            ]
        )

        async def harden(request: web.Request, response: web.StreamResponse) -> None:
            del request
            for name, value in SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)

        application.on_response_prepare.append(harden)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Refuse strange hosts, orders from other sites, and anyone who is not signed in, before all else."""
        if not self._gate.knows_host(request):
            self._metrics.console_refusals.labels("strange_host").inc()
            raise web.HTTPMisdirectedRequest(text="this console has another name: see console_names\n")
        if request.method not in ("GET", "HEAD") and not self._gate.same_origin(request):
            self._metrics.console_refusals.labels("other_site").inc()
            raise web.HTTPForbidden(text="orders come from the console's own page, or with the header X-Tocsin\n")
        resource = request.match_info.route.resource
        guarded = resource is not None and resource.canonical not in _OPEN
        if guarded and self._gate.who(request) is None:
            self._metrics.console_refusals.labels("not_signed_in").inc()
            raise web.HTTPUnauthorized(text="sign in\n")
        return await handler(request)
