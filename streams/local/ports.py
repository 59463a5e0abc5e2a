"""Port: free TCP ports on loopback."""

import random
import socket
from collections.abc import Collection
from typing import Final

from streams.local.errors import LocalError, PortTakenError

LOOPBACK: Final = "127.0.0.1"

_FIRST: Final = 20_000
_LAST: Final = 32_000
"""Below the range from which operating systems take the ports of outgoing connections (Linux from 32768, macOS and
IANA from 49152): while a broker is down, a client that keeps calling its port must not be given that very port, for
TCP would then connect the client to itself and the broker could not come back."""

_TRIES: Final = 400


def free_ports(count: int, besides: Collection[int] = ()) -> tuple[int, ...]:
    """``count`` different ports that nothing listens on now, none of them in ``besides``.

    Raises:
        LocalError: none could be found.
    """
    found: set[int] = set()
    for candidate in random.sample(range(_FIRST, _LAST), _TRIES):
        if len(found) == count:
            break
        if candidate not in besides and is_free(candidate):
            found.add(candidate)
    if len(found) < count:
        raise LocalError(f"no {count} free ports on {LOOPBACK} between {_FIRST} and {_LAST}: stop what listens there")
    return tuple(found)


def claim(port: int, count: int) -> tuple[int, ...]:
    """``count`` ports from ``port`` upwards, or any free ones when ``port`` is 0.

    Raises:
        PortTakenError: one of them is in use.
        LocalError: no free ports could be found.
    """
    if port == 0:
        return free_ports(count)
    wanted = tuple(range(port, port + count))
    for candidate in wanted:
        if candidate > 65_535 or not is_free(candidate):
            raise PortTakenError(
                f"port {candidate} on {LOOPBACK} is in use or beyond 65535: "
                "stop what listens there, choose another port, or give 0 for any free one"
            )
    return wanted


def is_free(port: int) -> bool:
    """True when ``port`` can be listened on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Servers set this too: without it the port of a broker that stopped a moment ago would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
