"""Publisher and agency: whose word an article is, so that one origin counts once."""

import functools
import re
import unicodedata
from importlib import resources
from typing import Final

import msgspec

_HEAD: Final = 400
_TAIL: Final = 300
_NAME: Final = r"[^\W\d_][\w.&'’/ -]{0,38}"
_DATELINE: Final = re.compile(rf"^[^\n]{{0,80}}?\(({_NAME})\)\s*[-–—:]", re.MULTILINE)
_BRACKETED: Final = re.compile(rf"\(({_NAME})\)\s*$", re.MULTILINE)
_BYLINE: Final = re.compile(
    rf"^(?:by|from|source|via|copyright(?: \d{{4}})?|©(?: \d{{4}})?)[: ]+({_NAME})", re.IGNORECASE | re.MULTILINE
)
_DOMAIN: Final = re.compile(r"^(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:[/:].*)?$", re.IGNORECASE)
_SECOND_LEVEL: Final = frozenset({"co", "com", "org", "net", "gov", "ac", "edu", "gob", "gouv", "or", "ne", "go"})
_LEADING: Final = re.compile(r"^(?:the|der|die|das|le|la|les|el|il) ")
_INITIALS_FROM: Final = 3


class _Agencies(msgspec.Struct, frozen=True):
    agencies: dict[str, str]
    owners: dict[str, str]


@functools.cache
def _known() -> _Agencies:
    data = resources.files("streams.incidents").joinpath("data", "agencies.toml").read_bytes()
    return msgspec.toml.decode(data, type=_Agencies)


def fold_name(name: str) -> str:
    """A publisher's name without case, punctuation and article: how two spellings are told to be one."""
    kept = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", name).casefold())
    return _LEADING.sub("", " ".join(kept.split()))


def publisher_of(source: str, url: str = "") -> str:
    """The publisher's folded name, from ``source`` (a name or a domain), else from the address; "" when unknown.

    The owner of a family of stations stands for its members: of a domain only the registrable label counts.
    """
    for given in (source.strip(), url.strip()):
        if not given:
            continue
        domain = _DOMAIN.match(given)
        folded = _label(domain.group(1)) if domain else fold_name(given)
        if folded:
            return _known().owners.get(folded, folded)[:80]
    return ""


def _label(domain: str) -> str:
    """The label that was registered: ``cbslocal`` of ``denver.cbslocal.com``, ``smh`` of ``smh.com.au``."""
    labels = domain.casefold().split(".")
    labels.pop()
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    return fold_name(labels[-1])


def agency_key(name: str) -> str | None:
    """The key under which an agency counts: a known one's, or the initials of a long name; None for no name.

    An unknown agency of three words or more is known by its initials, as in its own datelines.
    """
    folded = fold_name(name)
    if not folded:
        return None
    agencies = _known().agencies
    known = agencies.get(folded) or agencies.get(name.casefold().strip())
    if known:
        return known
    parts = folded.split()
    if len(parts) >= _INITIALS_FROM:
        return "".join(part[0] for part in parts)
    return "".join(parts)


def wire_of(text: str) -> str | None:
    """The key of the agency that an article credits, or None.

    A credit is a bracketed name in the dateline (``NICE (HNA) - ...``), alone at the end (``(Reuters)``), or a short
    last line that names an agency; elsewhere only agencies that are known count.
    """
    head, tail = text[:_HEAD], text[-_TAIL:]
    if found := _DATELINE.search(head):
        key = agency_key(found.group(1))
        if key is not None and _plausible(found.group(1)):
            return key
    if found := _BRACKETED.search(tail):
        key = agency_key(found.group(1))
        if key is not None and _plausible(found.group(1)):
            return key
    agencies = _known().agencies
    for part in (head, tail):
        for found in _BYLINE.finditer(part):
            if (key := agencies.get(fold_name(found.group(1)))) is not None:
                return key
    for line in reversed(tail.splitlines()):
        if (key := _credit_line(line.strip())) is not None:
            return key
    return None


def _plausible(name: str) -> bool:
    """True for what looks like a name: capitals at the start and few words."""
    return name[:1].isupper() and len(name.split()) <= 5


def _credit_line(line: str) -> str | None:
    """The agency named by a short closing line such as ``HNA / editorial staff``."""
    if not line or len(line) > 60 or line.endswith((".", "!", "?")):
        return None
    first = line.split("/", maxsplit=1)[0].strip()
    folded = fold_name(first)
    if folded in _known().agencies:
        return _known().agencies[folded]
    if "/" in line and first.isupper() and 2 <= len(first) <= 6:
        return first.casefold()
    if re.search(r"(?i)\b(?:press service|news ?agency|newswire|news service|press agency)$", first):
        return agency_key(first)
    return None
