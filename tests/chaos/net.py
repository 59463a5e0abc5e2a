"""Net: a network namespace for each broker on one bridge, so that a node can be cut off while it runs on."""

import os
import subprocess
from collections.abc import Sequence
from shutil import which
from types import TracebackType
from typing import Final, Self

from streams.local.apache import Seat

_NETWORK: Final = "10.231"


class Net:
    """Namespaces for ``nodes`` brokers for the length of a ``with`` block; needs root and `ip` of iproute2."""

    def __init__(self, nodes: int) -> None:
        third = os.getpid() % 250
        self._name = f"toc{os.getpid() % 100_000}"
        self._gate = f"{_NETWORK}.{third}.254"
        self._hosts = [f"{_NETWORK}.{third}.{node}" for node in range(1, nodes + 1)]

    @property
    def seats(self) -> list[Seat]:
        """Where each node is to run."""
        ip = which("ip") or "ip"
        return [Seat(host, (ip, "netns", "exec", f"{self._name}n{n}")) for n, host in enumerate(self._hosts, 1)]

    def __enter__(self) -> Self:
        try:
            _ip("link", "add", self._name, "type", "bridge")
            _ip("addr", "add", f"{self._gate}/24", "dev", self._name)
            _ip("link", "set", self._name, "up")
            for node, host in enumerate(self._hosts, 1):
                space, outer, inner = f"{self._name}n{node}", self._cable(node), f"{self._name}i{node}"
                _ip("netns", "add", space)
                _ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", space)
                _ip("link", "set", outer, "master", self._name, "up")
                _ip("-n", space, "addr", "add", f"{host}/24", "dev", inner)
                _ip("-n", space, "link", "set", inner, "up")
                _ip("-n", space, "link", "set", "lo", "up")
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._remove()

    def cut(self, node: int) -> None:
        """Take the cable of ``node`` out: nothing reaches it, and nothing comes from it."""
        _ip("link", "set", self._cable(node), "down")

    def heal(self, node: int) -> None:
        """Put the cable back."""
        _ip("link", "set", self._cable(node), "up")

    def _cable(self, node: int) -> str:
        return f"{self._name}v{node}"

    def _remove(self) -> None:
        for node in range(1, len(self._hosts) + 1):
            _ip("link", "del", self._cable(node), check=False)
            _ip("netns", "del", f"{self._name}n{node}", check=False)
        _ip("link", "del", self._name, check=False)


def allowed() -> bool:
    """True where this process may make network namespaces."""
    if which("ip") is None or os.geteuid() != 0:
        return False
    try:
        with Net(1):
            return True
    except subprocess.CalledProcessError:
        return False


def _ip(*words: str, check: bool = True) -> None:
    command: Sequence[str] = [which("ip") or "ip", *words]
    subprocess.run(command, check=check, capture_output=True)
