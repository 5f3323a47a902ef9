"""Whose certificates are believed: the public ones, and those of the operator's own authority."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from foundation.base.outgoing import Call, NoAnswerError, OutgoingReach, breaker, call

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


def certified(name: str, folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that certifies itself, with its key; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(encoding, form, serialization.NoEncryption())
    path.write_bytes(certificate.public_bytes(encoding) + private)
    return path


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return certified("ours", tmp_path)


@pytest.fixture
def receiver(authority: Path) -> Iterator[str]:
    """Yield the address of a receiver behind that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
                    # Closed with something unread, the connection would be reset.
                    received = tls.recv(65536)
                    while received and not received.endswith(b"{}"):
                        received += tls.recv(65536)
                    tls.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    threading.Thread(target=accept, daemon=True).start()
    yield f"https://127.0.0.1:{server.getsockname()[1]}/hook"
    server.close()
    breaker.clear()


def test_an_authority_of_the_operator_is_believed(receiver: str, authority: Path) -> None:
    reach = OutgoingReach(networks=LOOPBACK, ca_file=str(authority))

    assert call(Call(receiver, body=b"{}"), reach).status == 204


def test_nobody_else_is(receiver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ours.pem"))
    others = certified("others", tmp_path)

    for ca_file in ("", str(others)):
        with pytest.raises(NoAnswerError):
            call(Call(receiver, body=b"{}"), OutgoingReach(networks=LOOPBACK, ca_file=ca_file))
        breaker.clear()
