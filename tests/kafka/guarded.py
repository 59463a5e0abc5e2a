"""Guarded: a Kafka whose listeners demand TLS, a client's certificate, SASL, or SASL within TLS."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from certificates import Authority

from streams.local.apache import ApacheKafka
from streams.local.jars import java, kafka_jars
from streams.local.ports import free_ports

USER = "ringer"
PASSWORD = "b3ll-r0pe-Xq"
SCRAM = "SCRAM-SHA-512"
LISTENERS = {"TLS": "SSL", "MUTUAL": "SSL", "SASL": "SASL_PLAINTEXT", "SASLTLS": "SASL_SSL"}
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
_PLAIN = (
    "org.apache.kafka.common.security.plain.PlainLoginModule required "
    f'username="broker" password="unused" user_{USER}="{PASSWORD}";'
)


class Guarded:
    """Addresses of the listeners by name, and the authority that signed the broker's certificate."""

    def __init__(self, addresses: dict[str, str], authority: Authority, broker: ApacheKafka) -> None:
        self.addresses = addresses
        self.authority = authority
        self.broker = broker


@contextmanager
def guarded(folder: Path) -> Iterator[Guarded]:
    """One node that runs for the length of a ``with`` block."""
    authority = Authority(folder / "ca")
    own = authority.issue("broker")
    ports = dict(zip(LISTENERS, free_ports(len(LISTENERS)), strict=True))
    addresses = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    listeners = [
        "PLAINTEXT://127.0.0.1:{port}",
        "CONTROLLER://127.0.0.1:{controller_port}",
        *(f"{name}://{address}" for name, address in addresses.items()),
    ]
    protocols = {"PLAINTEXT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT"} | LISTENERS
    config = {
        "listeners": ",".join(listeners),
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
        "inter.broker.listener.name": "PLAINTEXT",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(own.both),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(authority.file),
        "listener.name.mutual.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": f"{SCRAM},PLAIN",
    }
    for name in ("sasl", "sasltls"):
        config[f"listener.name.{name}.{SCRAM.lower()}.sasl.jaas.config"] = _SCRAM
        config[f"listener.name.{name}.plain.sasl.jaas.config"] = _PLAIN
    with ApacheKafka(config=config) as broker:
        _make_user(broker.bootstrap)
        yield Guarded(addresses, authority, broker)


def _make_user(bootstrap: str) -> None:
    """Give the user a password for SCRAM. No client of ours can, so Kafka's own tool does."""
    tool = [java(), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", f"{kafka_jars()}/*", "kafka.admin.ConfigCommand"]
    secret = f"{SCRAM}=[password={PASSWORD}]"
    alter = ["--bootstrap-server", bootstrap, "--alter", "--entity-type", "users", "--entity-name", USER]
    subprocess.run([*tool, *alter, "--add-config", secret], check=True, capture_output=True, timeout=120)
