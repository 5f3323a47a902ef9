"""A throw-away OpenLDAP, with TLS of its own authority, in a folder of its own."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import programs
from tests.services.redis import START_TIMEOUT, free_port

BASE = "dc=example,dc=org"
PEOPLE = f"ou=people,{BASE}"
ROOT = f"cn=root,{BASE}"
ROOT_PASSWORD = "of-the-directory"
CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
sizelimit {limit}
database mdb
maxsize 1073741824
suffix "{base}"
rootdn "{root}"
rootpw {password}
directory {folder}/data
index objectClass,uid,mail,entryUUID eq
limits dn.exact="{root}" size=unlimited
dbnosync
overlay memberof
"""


@dataclass(frozen=True)
class Slapd:
    """A running server."""

    port: int
    tls_port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def authority(self) -> str:
        """PEM of who signed its certificate."""
        return (self.folder / "ca.pem").read_text("ascii")

    def change(self, ldif: str) -> None:
        """Apply changes (RFC 2849)."""
        command = [programs.find("ldapmodify", package="ldap-utils"), "-a", "-x", "-H"]
        where = [f"ldap://127.0.0.1:{self.port}", "-D", ROOT, "-w", ROOT_PASSWORD]
        done = subprocess.run(
            [*command, *where], input=ldif.encode(), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()


def entry(uid: str, *lines: str, password: str = "") -> str:
    """Return a person as LDIF; they sign in with `password`."""
    secret = [f"userPassword: {password}"] if password else []
    return "\n".join(
        [
            f"dn: uid={uid},{PEOPLE}", "objectClass: inetOrgPerson", f"uid: {uid}",
            f"cn: Person {uid}", f"sn: {uid}", f"mail: {uid}@example.org", *secret, *lines, "", "",
        ]
    )  # fmt: skip


def dn_of(uid: str) -> str:
    """Return the name of a person."""
    return f"uid={uid},{PEOPLE}"


def unit(name: str) -> str:
    """Return an organizational unit below the base, as LDIF."""
    return f"dn: ou={name},{BASE}\nobjectClass: organizationalUnit\nou: {name}\n\n"


def group(
    name: str, below: str, values: Sequence[str], *, kind: str = "groupOfNames", by: str = "member"
) -> str:
    """Return a group as LDIF."""
    rest = ["gidNumber: 1"] if kind == "posixGroup" else []
    lines = [f"dn: cn={name},{below}", f"objectClass: {kind}", f"cn: {name}", *rest]
    return "\n".join([*lines, *(f"{by}: {value}" for value in values), "", ""])


def tree() -> str:
    """Return what is above the people."""
    return (
        f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n"
        f"dn: {PEOPLE}\nobjectClass: organizationalUnit\nou: people\n\n"
    )


@contextmanager
def server(ldif: Sequence[str] = (), *, limit: int = 5000) -> Iterator[Slapd]:
    """Start one with these entries below the tree; stop and delete it afterwards."""
    program = programs.find("slapd", package="slapd")
    folder = Path(tempfile.mkdtemp(prefix="scopeward-slapd-"))
    (folder / "data").mkdir()
    _make_certificates(folder)
    configuration = folder / "slapd.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder, base=BASE, root=ROOT, password=ROOT_PASSWORD, limit=limit
        )
    )
    start = folder / "start.ldif"
    start.write_text(tree() + "".join(ldif))
    adding = [Path(program).with_name("slapadd"), "-q", "-f", configuration, "-l", start]
    subprocess.run(adding, check=True, capture_output=True)
    port, tls_port = free_port(), free_port()
    addresses = f"ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls_port}"
    process = subprocess.Popen(
        [program, "-f", configuration, "-h", addresses, "-d", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for each in (port, tls_port):
            _wait(process, each)
        yield Slapd(port, tls_port, folder, process)
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("slapd did not start") from None
            time.sleep(0.02)
        else:
            return


def _make_certificates(folder: Path) -> None:
    openssl = programs.find("openssl", package="openssl")
    new = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    new += ["-nodes", "-days", "2", "-subj"]

    def make(*arguments: str) -> None:
        subprocess.run([*new, *arguments], check=True, capture_output=True, cwd=folder)

    usage = "keyUsage=critical,keyCertSign,cRLSign"
    make("/CN=Authority", "-keyout", "ca.key", "-out", "ca.pem", "-addext", usage)
    make(
        "/CN=localhost", "-keyout", "server.key", "-out", "server.pem", "-CA", "ca.pem",
        "-CAkey", "ca.key", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-addext", "basicConstraints=critical,CA:FALSE",
        "-addext", "authorityKeyIdentifier=keyid,issuer",  # as Python 3.13 wants it
    )  # fmt: skip
