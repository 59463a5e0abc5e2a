"""Address: the one form of an article's URL, by which the same article is known again."""

from urllib.parse import urldefrag, urljoin, urlsplit

import xxhash
from courlan import normalize_url

URL_MOST = 2000


def canonical(url: str, base: str = "") -> str | None:
    """``url``, relative to ``base``, in one form: no tracking parameters, no fragment, parameters in order.

    None where it is no http or https address, or longer than 2000 characters.
    """
    try:
        whole = urldefrag(urljoin(base, url.strip())).url
        parts = urlsplit(whole)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname or parts.port == 0:
            return None
        found = normalize_url(whole)
    except ValueError:
        return None
    return found if found.isprintable() and len(found) <= URL_MOST else None


def publisher(url: str) -> str:
    """The host of ``url`` without ``www.``: what an article's source is where nobody says otherwise."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def key_of(url: str) -> str:
    """What ``url`` (in its one form) is remembered by: http or https, with or without ``www.`` and a last slash."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def article_id(key: str) -> str:
    """The id of the article that is remembered by ``key``: the same wherever and whenever it is seen."""
    return f"feed:{xxhash.xxh3_128_hexdigest(key.encode('utf-8', 'surrogatepass'))}"
