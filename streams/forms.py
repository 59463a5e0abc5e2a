"""Form: what the value of a setting must look like, where its type alone does not say."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field

ANY_SOURCE: Final = "any"
"""The source group that every article belongs to."""
MOST_SOURCE_GROUPS: Final = 50
"""Each is a time series of every triage worker."""


def is_file(path: Path) -> bool:
    """True when ``path`` is a file that can be reached."""
    try:
        return path.is_file()
    except OSError:  # a folder on the way may not be entered
        return False


def _addresses(value: str | None) -> str | None:
    for address in (value or "").split(",") if value is not None else ():
        host, _, port = address.strip().rpartition(":")
        if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
            raise ValueError(f"{address.strip()!r} is not HOST:PORT")
    return value


def _topic_name(value: str) -> str:
    legal = value and len(value) <= 249 and value not in (".", "..")
    if not legal or not all(c.isascii() and (c.isalnum() or c in "._-") for c in value):
        raise ValueError(f"{value!r} is no Kafka topic name (letters, digits, '.', '_', '-'; at most 249)")
    return value


def is_loopback(host: str) -> bool:
    """True when ``host`` can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _ip_addresses(value: str) -> str:
    for part in value.split(","):
        ipaddress.ip_address(part.strip())
    return value


def source_groups(value: str) -> dict[str, tuple[str, ...]]:
    """Read ``NAME=PUBLISHER,PUBLISHER;NAME=…`` into publishers by group.

    Raises:
        ValueError: it is not of that form, or names more groups than there may be series.
    """
    groups: dict[str, tuple[str, ...]] = {}
    for entry in filter(None, (part.strip() for part in value.split(";"))):
        name, _, members = entry.partition("=")
        publishers = tuple(filter(None, (member.strip() for member in members.split(","))))
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name) or not publishers:
            raise ValueError(f"{entry[:80]!r} is not NAME=PUBLISHER,PUBLISHER (a name of a-z, 0-9, '_' and '-')")
        if name in groups or name == ANY_SOURCE:
            raise ValueError(f"the source group {name!r} is there already")
        groups[name] = publishers
    if len(groups) > MOST_SOURCE_GROUPS:
        raise ValueError(f"{len(groups)} source groups are more than {MOST_SOURCE_GROUPS}")
    return groups


def _source_groups(value: str) -> str:
    source_groups(value)
    return value


Addresses = Annotated[str | None, AfterValidator(_addresses)]
"""HOST:PORT, several with commas."""
IpAddresses = Annotated[str, AfterValidator(_ip_addresses)]
"""IP addresses with commas."""
SourceGroups = Annotated[str, AfterValidator(_source_groups)]
"""What :func:`source_groups` reads."""
TopicName = Annotated[str, AfterValidator(_topic_name)]
Port = Annotated[int, Field(ge=0, le=65535)]
