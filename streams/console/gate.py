"""Gate: who may use the console, and by which names it may be reached."""

import base64
import hashlib
import hmac
import ipaddress
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from streams.forms import is_loopback
from streams.settings import Settings
from streams.terminal import plain

COOKIE: Final = "tocsin-session"
SESSION_S: Final = 14 * 24 * 3600
"""How long a sign-in holds, in seconds: a rota of two weeks."""
COMMAND_HEADER: Final = "X-Tocsin"
"""A header that a page of another site cannot send along (it would need this server's leave, which is never given)."""
NAME_LENGTH: Final = 60
NOBODY: Final = "operator"
"""Who orders things where nobody has to sign in."""


class Gate:
    """Decides on hosts and people. Without token and proxy header it is open, which the settings allow on loopback.

    A session cookie is ``<name>.<expiry>.<signature>``, signed with a key derived from the token: every console with
    the same token knows it, and a new token ends all sessions.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        secret = settings.console_secret()
        self._token = secret.encode() if secret else None
        self._key = hashlib.sha256(b"tocsin console session\0" + self._token).digest() if self._token else b""
        self._header = settings.console_user_header
        self._proxies = {ipaddress.ip_address(part) for part in _parts(settings.console_proxies)}
        self._names = {name.lower() for name in _parts(settings.console_names)}
        self._bound_to = settings.console_host.lower()
        self._clock = clock

    @property
    def takes_token(self) -> bool:
        """True when people sign in with the token."""
        return self._token is not None

    @property
    def open(self) -> bool:
        """True when nobody has to sign in."""
        return self._token is None and self._header is None

    def knows_host(self, request: web.Request) -> bool:
        """True when the request names a host that is ours: DNS rebinding makes a browser name another one."""
        try:
            host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
        except ValueError:
            return False
        if not host:
            return False
        if is_loopback(host) or host in self._names:
            return True
        bound, asked = _address(self._bound_to), _address(host)
        # An address cannot be rebound; by which one a wildcard is reached is not known beforehand.
        return host == self._bound_to or (bound is not None and bound.is_unspecified and asked is not None)

    def same_origin(self, request: web.Request) -> bool:
        """True when a request that orders something comes from our own page or from a program, not another site."""
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        if COMMAND_HEADER not in request.headers or site != "same-origin":
            return False
        origin = request.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc == request.headers.get("Host")

    def who(self, request: web.Request) -> str | None:
        """The name of who sends ``request``; None where that is nobody who may."""
        if self._header and _address(request.remote or "") in self._proxies:
            named = plain(request.headers.get(self._header, ""), NAME_LENGTH)
            if named:
                return named
        if self._token:
            scheme, _, given = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() == "bearer" and self._is_token(given.strip()):
                return "token"
            return self._session_name(request.cookies.get(COOKIE, ""))
        return NOBODY if self.open else None

    def sign_in(self, name: str, token: str) -> str | None:
        """A new session cookie for ``name``; None where the token is wrong or there is no name."""
        shown = plain(name, NAME_LENGTH)
        if not shown or not self._is_token(token):
            return None
        named = base64.urlsafe_b64encode(shown.encode()).decode().rstrip("=")
        body = f"{named}.{int(self._clock()) + SESSION_S}"
        return f"{body}.{self._sign(body)}"

    def _is_token(self, given: str) -> bool:
        return self._token is not None and hmac.compare_digest(given.encode(errors="replace"), self._token)

    def _session_name(self, cookie: str) -> str | None:
        body, _, signature = cookie.rpartition(".")
        named, _, expiry = body.partition(".")
        if not hmac.compare_digest(signature.encode(errors="replace"), self._sign(body).encode()):
            return None
        if int(expiry) <= self._clock():
            return None
        return base64.urlsafe_b64decode(named + "=" * (-len(named) % 4)).decode()

    def _sign(self, body: str) -> str:
        return hmac.new(self._key, body.encode(errors="replace"), hashlib.sha256).hexdigest()


def _parts(listed: str) -> list[str]:
    return [part.strip() for part in listed.split(",") if part.strip()]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
