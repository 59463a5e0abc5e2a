"""Workforce: one triage worker and one consolidator as child processes, as `tocsin up` runs them."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from streams.local.errors import LocalError
from streams.local.ports import free_ports
from streams.local.process import Child, Keeper
from streams.settings import PREFIX, Settings
from streams.terminal import plain

KINDS: Final = ("triage", "consolidate")
"""In the order in which they stop: first who makes the work, then who does it."""

STOP_MARGIN_S: Final = 5.0
"""What a worker gets beyond its own drain timeout before it is killed, in seconds."""

_WORTH_SAYING: Final = re.compile(r" (?:WARNING|ERROR|CRITICAL) ")


class Workforce:
    """The children, their addresses and what they complain of.

    A child that ends is not started again: on the embedded broker the partitions of a member that left stay unread
    for long, so that a restart would look healthy and alert nobody. In production a supervisor restarts workers.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._grace_s = settings.drain_timeout_s + STOP_MARGIN_S
        first = settings.metrics_port
        ports = (first, first + 1) if first else free_ports(len(KINDS))
        host = settings.metrics_host
        self.addresses: dict[str, str] = {
            kind: f"{f'[{host}]' if ':' in host else host}:{port}" for kind, port in zip(KINDS, ports, strict=True)
        }
        keeper = Keeper()
        self._children = {
            kind: Child(
                f"the {kind} worker",
                [sys.executable, "-m", "streams", "worker", kind],
                folder / f"{kind}.log",
                keeper,
                environment_of(settings, metrics_port=port),
            )
            for kind, port in zip(KINDS, ports, strict=True)
        }
        self._read: dict[str, int] = dict.fromkeys(KINDS, 0)

    def start(self) -> None:
        """Start both.

        Raises:
            LocalError: one cannot be started.
        """
        for child in self._children.values():
            child.start()

    def check(self) -> None:
        """Raise LocalError, with the end of its log, when a worker has ended."""
        for child in self._children.values():
            if not child.alive:
                raise LocalError(
                    f"{child.name} ended with exit code {child.exit_code}, so all stops. Its log, {child.log}, "
                    f"ends with:\n{child.tail()}"
                )

    def complaints(self) -> Iterator[str]:
        """The warnings and errors that the workers logged since the last call, each on one inert line."""
        for kind, child in self._children.items():
            try:
                with child.log.open("rb") as stream:
                    stream.seek(self._read[kind])
                    fresh = stream.read()
            except OSError:
                continue
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._read[kind] += len(whole)
            for line in whole.decode("utf-8", errors="replace").splitlines():
                if _WORTH_SAYING.search(line[:80]):
                    yield f"{kind}: {plain(line)}"

    def stop(self) -> None:
        """Let each drain, commit and leave its group, one after the other."""
        for child in self._children.values():
            child.stop(self._grace_s)

    def kill(self) -> None:
        """End both at once; what they had not committed is read again next time."""
        for child in self._children.values():
            child.kill()


def environment_of(settings: Settings, **changes: object) -> Mapping[str, str]:
    """The environment that gives a child just these settings, wherever ours came from."""
    given = {name: getattr(settings, name) for name in settings.model_fields_set} | changes
    foreign = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    own = {PREFIX + name.upper(): _text(value) for name, value in given.items() if value is not None}
    return foreign | own | {"PYTHONUNBUFFERED": "1"}


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
