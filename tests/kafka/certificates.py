"""Certificates: an authority of a test's own, and what it signs for brokers and clients."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

_LIFE = timedelta(days=2)


class Authority:
    """Signs certificates that are valid from yesterday until tomorrow."""

    def __init__(self, folder: Path, name: str = "Tocsin test authority") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        certificate = (
            _begin(self._name, self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self._pem = certificate.public_bytes(Encoding.PEM)
        self.file = folder / "ca.pem"
        self.file.write_bytes(self._pem)

    def issue(self, name: str, *, host: str = "127.0.0.1", password: str | None = None) -> "Issued":
        """A certificate for ``host`` with its key, which is encrypted where a password is given."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _begin(_named(name), self._name, key)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        encryption: KeySerializationEncryption = (
            BestAvailableEncryption(password.encode()) if password else NoEncryption()
        )
        issued = Issued(
            certificate=self._folder / f"{name}.crt",
            key=self._folder / f"{name}.key",
            both=self._folder / f"{name}.pem",
        )
        pem = certificate.public_bytes(Encoding.PEM)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
        issued.certificate.write_bytes(pem)
        issued.key.write_bytes(private)
        # As Kafka wants it in one file: the key, the certificate, and who signed it.
        issued.both.write_bytes(private + pem + self._pem)
        return issued


class Issued:
    """The files of one certificate: alone, its key, and both with the chain."""

    def __init__(self, *, certificate: Path, key: Path, both: Path) -> None:
        self.certificate = certificate
        self.key = key
        self.both = both


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begin(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LIFE / 2)
        .not_valid_after(now + _LIFE / 2)
    )
