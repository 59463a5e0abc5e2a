"""Asset: the files that a browser loads, held in memory, compressed, under names that change with their content."""

import gzip
import hashlib
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import msgspec
from aiohttp import web

_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".html": "text/html",
}
_SHELL: Final = "index.html"
_VERSION_MARK: Final = b"{{version}}"
FOREVER: Final = "public, max-age=31536000, immutable"


class Asset(msgspec.Struct, frozen=True):
    """One file: its media type, its bytes, and those compressed by gzip."""

    media_type: str
    body: bytes
    compressed: bytes


class Assets:
    """All files of the page. ``version`` is a hash of them all and part of every address but the page's own."""

    def __init__(self) -> None:
        files = dict(sorted(_walk(resources.files("streams.console").joinpath("static"), "")))
        self.version: Final = hashlib.sha256(b"\0".join(part for _, part in files.items())).hexdigest()[:12]
        self._shell = _asset(_SHELL, files.pop(_SHELL).replace(_VERSION_MARK, self.version.encode()))
        self._files = {name: _asset(name, body) for name, body in files.items()}

    def shell(self, request: web.Request) -> web.Response:
        """The page itself. It holds no data, so that a link from a chat can open it before the cookie is sent."""
        return respond(request, self._shell, "no-cache")

    def file(self, request: web.Request) -> web.Response:
        """The file that ``request`` names.

        Raises:
            HTTPNotFound: there is no such file in this version.
        """
        asset = self._files.get(request.match_info["name"])
        if asset is None or request.match_info["version"] != self.version:
            raise web.HTTPNotFound(text="no such file; load the page again")
        return respond(request, asset, FOREVER)


def respond(request: web.Request, asset: Asset, caching: str) -> web.Response:
    """``asset`` as a response, compressed where the browser takes that."""
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
    body = asset.body
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = asset.compressed
    return web.Response(body=body, content_type=asset.media_type, charset="utf-8", headers=headers)


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _asset(name: str, body: bytes) -> Asset:
    return Asset(_TYPES[name[name.rindex(".") :]], body, gzip.compress(body, mtime=0))
