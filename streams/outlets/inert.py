"""Inert text: words from articles that no reader of a message will act on, whatever they were written to do."""

from typing import Final
from urllib.parse import quote, urlsplit

from streams.terminal import plain

_LOOKALIKES: Final = str.maketrans(
    {
        "@": "＠",
        "#": "＃",
        "<": "‹",
        ">": "›",
        "&": "＆",
        "*": "∗",
        "_": "＿",
        "~": "∼",
        "`": "ˋ",
        "|": "｜",
        "\\": "＼",
        "[": "［",
        "]": "］",
    }
)
"""What chats and mail read as mentions, channels, tags, entities and markup, and what looks the same and is read as
nothing. Escapes would not do: each chat has its own, and Apprise turns one format into another on the way."""

_URL_SAFE: Final = "/:?=&%,;+~@-._!$"
_URL_MOST: Final = 2000


def for_chat(text: str, limit: int = 500) -> str:
    """``text`` on one line without mentions, markup or addresses that a chat would turn into links.

    White space and ``://`` are broken up, so that an address in a headline cannot be clicked.
    """
    calm = plain(text, limit).translate(_LOOKALIKES)
    return calm.replace("://", ": //").replace("www.", "www .").lstrip("-+=!/. ")


def link(url: str) -> str | None:
    """``url`` if it is a plain http or https address, with everything unusual percent-encoded; None otherwise.

    Scripts, data, files and addresses with user or password are nothing that an alert should lead to.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
        if parts.scheme.lower() not in ("http", "https") or not host or parts.username or parts.password:
            return None
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
        port = f":{parts.port}" if parts.port is not None else ""
    except (ValueError, UnicodeError):
        return None
    if not all(letter.isalnum() or letter in ".-:" for letter in host):
        return None
    host = f"[{host}]" if ":" in host else host
    path = quote(parts.path, safe=_URL_SAFE)
    query = f"?{quote(parts.query, safe=_URL_SAFE)}" if parts.query else ""
    whole = f"{parts.scheme.lower()}://{host}{port}{path}{query}"
    return whole if len(whole) <= _URL_MOST else None
