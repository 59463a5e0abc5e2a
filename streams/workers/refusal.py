"""Refusal: why brokers do not let us in, in words that name the setting and the next step.

The client library says no more than that it could not connect; what the broker or the TLS library said is in its log
only. So the way in is tried once more, step by step, where the error can be seen.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiokafka import errors
from aiokafka.conn import create_conn
from aiokafka.protocol.metadata import MetadataRequest

_CONNECT_S: Final = 5.0
_NOT_FOR_THIS_NAME: Final = (62, 64)
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""
_OUT_OF_DATE: Final = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""


class Refusal(msgspec.Struct, frozen=True):
    """Why an address does not let us in. ``final`` where only other settings help, False where it may pass."""

    reason: str
    final: bool


async def refusal(options: Mapping[str, Any]) -> Refusal:
    """Why the brokers of the client ``options`` do not let us in: the first final reason, else the last one."""
    found = Refusal("no answer", final=False)
    for address in options["bootstrap_servers"].split(","):
        try:
            await _try(address.strip(), options)
        except (errors.KafkaError, OSError) as error:
            found = explain(error, address.strip(), options)
            if found.final:
                break
    return found


async def _try(address: str, options: Mapping[str, Any]) -> None:
    host, _, port = address.rpartition(":")
    security = {name: value for name, value in options.items() if name.startswith(("sasl", "security", "ssl"))}
    async with asyncio.timeout(_CONNECT_S):
        timeout_ms = int(_CONNECT_S * 1000)
        connection = await create_conn(host.strip("[]"), int(port), request_timeout_ms=timeout_ms, **security)
        try:
            # A listener that demands SASL lets anybody ask for its versions, and nobody for more.
            await connection.send(MetadataRequest([]))
        finally:
            connection.close()


def explain(error: BaseException, address: str, options: Mapping[str, Any]) -> Refusal:
    """What ``error`` on the way to ``address`` means for the settings. No secret is in it."""
    cause = error if isinstance(error, OSError) else error.__cause__ or error
    encrypted = options["security_protocol"].endswith("SSL")
    found = _of_sasl(error, address, options)
    if found is None and isinstance(cause, ssl.SSLError):
        found = _of_tls(cause, address)
    if found is not None:
        return found
    if isinstance(cause, socket.gaierror):
        reason = f"the name in {address} cannot be resolved: check kafka_bootstrap_servers"
    elif isinstance(error, TimeoutError):
        reason = f"{address} does not answer in {_CONNECT_S:.0f} s"
    elif isinstance(cause, ConnectionRefusedError):
        reason = f"nothing listens at {address}"
    elif encrypted:
        reason = f"{address} ends the connection: check that kafka_security_protocol fits this port"
    elif isinstance(cause, asyncio.IncompleteReadError | ConnectionResetError):
        reason = f"{address} ends the connection at once: if it demands TLS or SASL, set kafka_security_protocol"
    else:
        reason = f"{address}: {type(error).__name__}"
    return Refusal(reason, final=False)


def _of_sasl(error: BaseException, address: str, options: Mapping[str, Any]) -> Refusal | None:
    if isinstance(error, errors.SaslAuthenticationFailed):
        return Refusal(
            f"{address} refuses user {options.get('sasl_plain_username')!r} ({options.get('sasl_mechanism')}): "
            "check kafka_sasl_username and kafka_sasl_password (or kafka_sasl_password_file)",
            final=True,
        )
    if isinstance(error, errors.UnsupportedSaslMechanismError):
        return Refusal(
            f"{address} has no {options.get('sasl_mechanism')}: set another kafka_sasl_mechanism", final=True
        )
    if isinstance(error, errors.IllegalSaslStateError):
        return Refusal(
            f"{address} takes no SASL: set kafka_security_protocol to what this port speaks, or give another port",
            final=True,
        )
    return None


def _of_tls(error: ssl.SSLError, address: str) -> Refusal | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _NOT_FOR_THIS_NAME:
            advice = "give brokers in kafka_bootstrap_servers by the names in their certificates"
        elif error.verify_code in _OUT_OF_DATE:
            advice = "renew the broker's certificate, and check the clocks"
        else:
            advice = "give the PEM file of the authority that signed it in kafka_ssl_ca_file"
        return Refusal(f"the certificate of {address} is not trusted ({error.verify_message}): {advice}", final=True)
    if "CERTIFICATE" in (error.reason or ""):
        own = "kafka_ssl_cert_file and kafka_ssl_key_file"
        return Refusal(
            f"{address} does not take the certificate of this client ({error.reason}): set {own} to one that the "
            "brokers trust",
            final=True,
        )
    return None
