"""ApacheKafka: one or three nodes of Apache Kafka 4 on loopback, as the tests and benchmarks need them."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

from streams.local.errors import LocalError
from streams.local.jars import java, kafka_jars
from streams.local.ports import LOOPBACK, claim, free_ports
from streams.local.probe import wait_until_serving
from streams.local.process import Child, Keeper, tail

START_TIMEOUT_S: Final = 120.0
STOP_GRACE_S: Final = 20.0
MESSAGE_MAX_BYTES: Final = 32 * 1024 * 1024
"""Above the largest article, so that tests can send records that triage must refuse."""

_JVM: Final = ("-Xms96m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true")
_CLUSTER_ID: Final = "VG9jc2luTG9jYWxLYWZrYQ"
"""16 bytes in base64url, as Kafka asks for; one and the same, so that a data folder fits every later start."""

_LOGGING: Final = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


class Seat(NamedTuple):
    """Where a node runs: the address that it listens on, and what its command line begins with to run there."""

    host: str = LOOPBACK
    prefix: tuple[str, ...] = ()


class ApacheKafka:
    """A cluster in KRaft mode whose nodes, numbered from 1, are broker and controller at once.

    With three nodes every internal topic has three replicas, of which two must be in sync. Nothing outlives this
    process. Calls block; from a coroutine use :func:`asyncio.to_thread`.

    Args:
        nodes: 1 or 3.
        folder: where data and logs are kept; None: a temporary folder that goes with :meth:`stop`.
        port: port of the first node, the others follow; 0: any free ones.
        config: broker settings that win over the ones made here. In their values ``{node}``, ``{port}``,
            ``{controller_port}`` and ``{folder}`` stand for those of the node: with them ``listeners`` can be given
            anew to add SASL or TLS. Keep the first listener plaintext on ``{port}``: it is the one that is probed.
        data_dir: where the jars are cached; None: the default of the setting ``data_dir``.
        seats: where each node runs, such as in a network namespace of its own; empty: all on loopback.
    """

    def __init__(
        self,
        nodes: int = 1,
        folder: Path | None = None,
        port: int = 0,
        config: Mapping[str, str] | None = None,
        *,
        data_dir: Path | None = None,
        seats: Sequence[Seat] = (),
    ) -> None:
        if nodes not in (1, 3):
            raise LocalError(f"{nodes} nodes: a local Kafka has 1 or 3")
        self.nodes = nodes
        self._wanted_folder = folder
        self._wanted_port = port
        self._config = dict(config or {})
        self._data_dir = data_dir
        self._seats = tuple(seats) or (Seat(),) * nodes
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._keeper = Keeper()
        self._ports: tuple[int, ...] = ()
        self._children: dict[int, Child] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *details: object) -> None:
        self.stop()

    @property
    def bootstrap(self) -> str:
        """HOST:PORT of every node, comma-separated."""
        return ",".join(f"{seat.host}:{port}" for seat, port in zip(self._seats, self._ports, strict=True))

    def check(self) -> None:
        """Raise LocalError, with the end of its log, when a node has ended."""
        for node in self._children:
            self._check(node)

    def log(self, node: int = 1) -> Path:
        """The file with what ``node`` printed (warnings and worse)."""
        return self._child(node).log

    def start(self) -> None:
        """Fetch the jars if need be, start all nodes and return when the cluster serves.

        Raises:
            ToolMissingError: Java or Maven is missing.
            PortTakenError: the asked-for port is in use.
            LocalError: anything else; with the end of the log where a node failed.
        """
        if self._children:
            raise LocalError("this Kafka was started already: stop it first")
        program, jars = java(), kafka_jars(self._data_dir)
        self._ports = claim(self._wanted_port, self.nodes)
        try:
            self._prepare(program, jars)
            for child in self._children.values():
                child.start()
            wanted = frozenset(self._children)
            wait_until_serving(self.bootstrap, lambda found: found >= wanted, START_TIMEOUT_S, self.check)
        except BaseException:
            self._throw_away()
            raise

    def stop(self) -> None:
        """Stop all nodes: in good order where the data is kept, at once where it is thrown away."""
        if self._temporary is None:
            for child in self._children.values():
                child.terminate()
            for child in self._children.values():
                child.stop(STOP_GRACE_S)
        self._throw_away()

    def kill(self, node: int) -> None:
        """SIGKILL: the node is gone without a farewell."""
        self._child(node).kill()

    def pause(self, node: int) -> None:
        """SIGSTOP: the node keeps its connections and answers nothing."""
        self._child(node).pause()

    def resume(self, node: int) -> None:
        """SIGCONT: a paused node goes on."""
        self._child(node).resume()

    def restart(self, node: int) -> None:
        """Start a killed node, or stop a running one in good order and start it; return when it serves again.

        Raises:
            LocalError: it did not come back; with the end of its log.
        """
        child = self._child(node)
        child.stop(STOP_GRACE_S)
        child.start()
        address = f"{self._seats[node - 1].host}:{self._ports[node - 1]}"
        wait_until_serving(address, lambda found: node in found, START_TIMEOUT_S, lambda: self._check(node))

    def _child(self, node: int) -> Child:
        if node not in self._children:
            raise LocalError(f"there is no node {node} running: nodes are {sorted(self._children) or 'not started'}")
        return self._children[node]

    def _check(self, node: int) -> None:
        child = self._children[node]
        if not child.alive:
            raise LocalError(
                f"Apache Kafka node {node} ended with exit code {child.exit_code}. Its log, {child.log}, "
                f"ends with:\n{child.tail()}"
            )

    def _throw_away(self) -> None:
        for child in self._children.values():
            child.kill()
        self._children = {}
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    def _prepare(self, program: str, jars: Path) -> None:
        """Lay out the folder, format the nodes' storage and make their children."""
        if self._wanted_folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="tocsin-kafka-")
            base = Path(self._temporary.name)
        else:
            base = self._wanted_folder.absolute()
        controller_ports = free_ports(self.nodes, besides=self._ports)
        hosts = [seat.host for seat in self._seats]
        addresses = zip(hosts, controller_ports, strict=True)
        voters = ",".join(f"{node}@{host}:{port}" for node, (host, port) in enumerate(addresses, 1))
        formatting = []
        try:
            base.mkdir(parents=True, exist_ok=True)
            logging = base / "log4j2.properties"
            logging.write_text(_LOGGING, encoding="utf-8")
            run = [program, *_JVM, f"-Dlog4j2.configurationFile={logging}", "-cp", f"{jars}/*"]
            for node, (port, controller_port) in enumerate(zip(self._ports, controller_ports, strict=True), 1):
                folder = base / f"node-{node}"
                folder.mkdir(exist_ok=True)
                properties = folder / "server.properties"
                seat = self._seats[node - 1]
                lines = self._properties(node, port, controller_port, folder, voters)
                properties.write_text("".join(f"{key}={value}\n" for key, value in lines.items()), encoding="utf-8")
                log = folder / "server.log"
                self._children[node] = Child(
                    f"Kafka node {node}", [*seat.prefix, *run, "kafka.Kafka", str(properties)], log, self._keeper
                )
                if not (folder / "data" / "meta.properties").is_file():
                    tool = [*run, "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", str(properties)]
                    formatting.append(Child(f"storage of Kafka node {node}", tool, folder / "format.log", self._keeper))
        except OSError as error:
            raise LocalError(f"Kafka's data folder {base}: {error.strerror}: choose one that can be written") from error
        self._format(formatting)

    @staticmethod
    def _format(formatting: list[Child]) -> None:
        try:
            for child in formatting:
                child.start()
            for child in formatting:
                if child.wait(START_TIMEOUT_S) != 0:
                    raise LocalError(f"the {child.name} could not be formatted:\n{tail(child.log, 15)}")
        finally:
            for child in formatting:
                child.kill()

    def _properties(self, node: int, port: int, controller_port: int, folder: Path, voters: str) -> dict[str, str]:
        host = self._seats[node - 1].host
        replicas, in_sync = str(self.nodes), str(max(1, self.nodes - 1))
        made = {
            "process.roles": "broker,controller",
            "node.id": str(node),
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}",
            "log.dirs": str(folder / "data"),
            "auto.create.topics.enable": "false",
            "default.replication.factor": replicas,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": in_sync,
            "share.coordinator.state.topic.replication.factor": replicas,
            "share.coordinator.state.topic.min.isr": in_sync,
            # Few partitions and threads: each costs memory and start time, and all serve one machine.
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.num.partitions": "4",
            "share.coordinator.state.topic.num.partitions": "4",
            "num.network.threads": "2",
            "num.io.threads": "4",
            "background.threads": "2",
            "log.cleaner.dedupe.buffer.size": str(8 * 1024 * 1024),
            "message.max.bytes": str(MESSAGE_MAX_BYTES),
            "replica.fetch.max.bytes": str(MESSAGE_MAX_BYTES),
            # Quick to notice what comes and goes, for tests kill and join all the time.
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            "broker.heartbeat.interval.ms": "500",
            # A killed node may register again only after this. Alone it fences nobody else by answering late.
            "broker.session.timeout.ms": "3000" if self.nodes == 1 else "6000",
        }
        own = {"node": node, "port": port, "controller_port": controller_port, "folder": folder}
        for key, value in self._config.items():
            for name, mine in own.items():
                value = value.replace(f"{{{name}}}", str(mine))  # noqa: PLW2901 - filled in step by step
            made[key] = value
        return made
