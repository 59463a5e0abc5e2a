"""Connection: how the Kafka clients are made from the settings, and the patience to wait for brokers."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterator
from typing import Any, Final

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.helpers import create_ssl_context

from streams.settings import Settings
from streams.workers.refusal import refusal

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 5.0
PROBE_TIMEOUT_S: Final = 10.0
REFUSALS: Final = 3
"""How often brokers must refuse the settings before we give up: while they start, they may not know a user yet."""

HOPELESS: Final = (
    errors.TopicAuthorizationFailedError,
    errors.GroupAuthorizationFailedError,
    errors.ClusterAuthorizationFailedError,
    errors.InvalidTopicError,
    errors.UnsupportedVersionError,
    errors.UnsupportedCodecError,
    errors.ProducerFenced,
    errors.ProducerClosed,
    errors.ConsumerStoppedError,
)
"""Errors that trying again does not mend. Every other KafkaError is trouble of the brokers or of the way to them."""


class ConnectionSettingsError(RuntimeError):
    """The settings do not lead to a broker; the message names the setting, the reason and the next step."""


def growing_pauses(first_s: float = FIRST_PAUSE_S, longest_s: float = LONGEST_PAUSE_S) -> Iterator[float]:
    """Pauses in seconds between attempts, each twice the one before, up to ``longest_s``; without end."""
    pause = first_s
    while True:
        yield pause
        pause = min(longest_s, 2 * pause)


def is_passing(error: BaseException) -> bool:
    """True for an error that may pass by itself, so that trying again makes sense."""
    if isinstance(error, TimeoutError | OSError):
        return True
    return isinstance(error, errors.KafkaError) and not isinstance(error, HOPELESS)


def bootstrap(settings: Settings) -> str:
    """The addresses of the brokers, HOST:PORT with commas.

    Raises:
        ConnectionSettingsError: none is set.
    """
    if not settings.kafka_bootstrap_servers:
        raise ConnectionSettingsError(
            "TOCSIN_KAFKA_BOOTSTRAP_SERVERS is not set: give HOST:PORT of a broker, or start one with `tocsin broker`"
        )
    return settings.kafka_bootstrap_servers


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context of the settings; None where the protocol has no TLS.

    Raises:
        ConnectionSettingsError: a certificate or key cannot be loaded.
    """
    if not settings.kafka_security_protocol.endswith("SSL"):
        return None
    try:
        context: ssl.SSLContext = create_ssl_context(
            cafile=_path(settings.kafka_ssl_ca_file),
            certfile=_path(settings.kafka_ssl_cert_file),
            keyfile=_path(settings.kafka_ssl_key_file),
            # Never None: for an encrypted key OpenSSL would ask at the terminal, and wait there for ever.
            password=_secret(settings.ssl_key_password, "kafka_ssl_key_password_file") or "",
        )
    except (OSError, ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise ConnectionSettingsError(
            f"kafka_ssl_ca_file, kafka_ssl_cert_file or kafka_ssl_key_file cannot be loaded ({reason}): "
            "give PEM files, and kafka_ssl_key_password (or kafka_ssl_key_password_file) where the key has one"
        ) from None
    return context


def client_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments that every aiokafka client takes: addresses, security, timeouts.

    Raises:
        ConnectionSettingsError: no address, or TLS files or the password file cannot be read.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": bootstrap(settings),
        "client_id": settings.kafka_client_id,
        "request_timeout_ms": int(settings.kafka_request_timeout_s * 1000),
        "security_protocol": settings.kafka_security_protocol,
        "ssl_context": ssl_context(settings),
        "metadata_max_age_ms": 30_000,
    }
    if settings.kafka_security_protocol.startswith("SASL"):
        password = _secret(settings.sasl_password, "kafka_sasl_password_file")
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": password,
        }
    return options


def consumer_options(settings: Settings, group: str | None) -> dict[str, Any]:
    """Keyword arguments of a consumer that commits by itself, or of one without a group where ``group`` is None."""
    options = client_options(settings) | {"enable_auto_commit": False, "auto_offset_reset": "earliest"}
    if group is None:
        return options
    session_ms = int(settings.kafka_session_timeout_s * 1000)
    return options | {
        "group_id": group,
        "group_instance_id": settings.instance_id,
        "session_timeout_ms": session_ms,
        "heartbeat_interval_ms": max(100, session_ms // 10),
        "rebalance_timeout_ms": max(session_ms, 60_000),
        "request_timeout_ms": max(options["request_timeout_ms"], session_ms + 5_000),
    }


async def await_brokers(settings: Settings) -> None:
    """Return when a broker lets us in; until then wait with growing pauses and say why in the log.

    Raises:
        ConnectionSettingsError: the settings cannot lead to a broker however long one waits, or the brokers have
            refused them several times in a row.
    """
    options = client_options(settings)
    refused = 0
    for pause in growing_pauses():
        client = AIOKafkaAdminClient(**options)
        try:
            async with asyncio.timeout(PROBE_TIMEOUT_S):
                await client.start()
        except (errors.KafkaError, OSError, TimeoutError):
            why = await refusal(options)
        else:
            return
        finally:
            await client.close()
        refused = refused + 1 if why.final else 0
        if refused == REFUSALS:
            raise ConnectionSettingsError(why.reason)
        log.warning(
            "no Kafka broker answers at %s (%s): start it or set TOCSIN_KAFKA_BOOTSTRAP_SERVERS; next try in %.1f s",
            options["bootstrap_servers"],
            why.reason,
            pause,
        )
        await asyncio.sleep(pause)


def _secret(read: Callable[[], str | None], file: str) -> str | None:
    """A secret from its setting or its file.

    Raises:
        ConnectionSettingsError: the file cannot be read.
    """
    try:
        return read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise ConnectionSettingsError(f"{file}: {reason}: name a file that can be read") from None


def _path(value: object) -> str | None:
    return None if value is None else str(value)
