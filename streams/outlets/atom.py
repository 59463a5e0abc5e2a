"""Atom: the newest CAP messages of a folder as a feed (RFC 4287)."""

import uuid
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

import msgspec

from streams.outlets.words import NOTICE

NAMESPACE: Final = "http://www.w3.org/2005/Atom"
CAP_TYPE: Final = "application/cap+xml"
_UUID_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tocsin:cap")


class Entry(msgspec.Struct, frozen=True):
    """One message: its CAP identifier, which names its file too, when it was sent, and a line for people."""

    identifier: str
    sent: datetime
    title: str


def feed(entries: tuple[Entry, ...], sender: str, base_url: str | None) -> bytes:
    """The feed of ``entries`` in the order given.

    ``base_url`` is where the folder is served; links are relative without it.
    """
    root = ET.Element("feed", {"xmlns": NAMESPACE})
    _add(root, "id", _urn(sender))
    _add(root, "title", f"Tocsin: {sender}")
    _add(root, "subtitle", NOTICE)
    _add(root, "updated", _time(max((entry.sent for entry in entries), default=datetime.fromtimestamp(0, UTC))))
    _add(ET.SubElement(root, "author"), "name", sender)
    prefix = f"{base_url.rstrip('/')}/" if base_url else ""
    if prefix:
        ET.SubElement(root, "link", {"rel": "self", "href": f"{prefix}feed.xml"})
    for entry in entries:
        node = ET.SubElement(root, "entry")
        _add(node, "id", _urn(f"{sender}\n{entry.identifier}"))
        _add(node, "title", entry.title)
        _add(node, "updated", _time(entry.sent))
        _add(node, "summary", NOTICE)
        ET.SubElement(node, "link", {"rel": "alternate", "type": CAP_TYPE, "href": f"{prefix}{entry.identifier}.xml"})
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _urn(name: str) -> str:
    return uuid.uuid5(_UUID_SPACE, name).urn


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text
