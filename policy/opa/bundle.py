"""OPA bundles: manifest, rules, data and signature as a gzipped tar, the same for equal contents.

https://www.openpolicyagent.org/docs/management-bundles: "Bundle File Format" and "Signing".
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from policy.opa.contents import Contents
from policy.opa.rules import ROOTS, rules

MEDIA_TYPE = "application/vnd.openpolicyagent.bundles"
"""Says that long polling is understood."""
PLAIN_MEDIA_TYPE = "application/gzip"

SIGNATURE_TYPE = "opa-bundle+jwt"
"""The `typ` of a signature, so that it is no token of any other kind (RFC 8725 §3.11)."""


@dataclass(frozen=True, slots=True)
class BundleSigner:
    """Signs bundles; `kid` is what OPA's configuration calls the key.

    `sign` takes a payload and returns a compact JWS. One with RS256 signs the same text in the
    same way each time, so that all replicas serve the same bytes.
    """

    kid: str
    sign: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class OpaBundle:
    """One edition for one resource server."""

    revision: str
    content: bytes = field(repr=False)


def make_bundle(contents: Contents, signer: BundleSigner) -> OpaBundle:
    """Return the signed bundle. Its revision is the digest of all that is in it."""
    said = contents.as_json()
    revision = _revision(said, signer.kid)
    provider = {**said, "revision": revision}
    manifest = {"revision": revision, "roots": list(ROOTS), "rego_version": 1}
    files = {
        ".manifest": canonical(manifest),
        "data.json": canonical({"scopeward": {"provider": provider}}),
        **rules(),
    }
    signature = signer.sign(_signed(files, scope=contents.audience))
    files[".signatures.json"] = canonical({"signatures": [signature]})
    return OpaBundle(revision, gzip.compress(_tar(files), compresslevel=6, mtime=0))


def canonical(value: Any) -> bytes:
    """Return JSON as OPA hashes it: sorted, without spaces, as Go's encoder writes it.

    So the digest of a file is the one that OPA computes of what is in it.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def _revision(said: Mapping[str, Any], kid: str) -> str:
    digest = hashlib.sha256(canonical([said, kid]))
    for name, content in rules().items():
        digest.update(canonical([name, hashlib.sha256(content).hexdigest()]))
    return digest.hexdigest()[:32]


def _signed(files: Mapping[str, bytes], *, scope: str) -> dict[str, Any]:
    """Return what is signed: each file's digest, and for whom, so that none can be swapped."""
    listed = [
        {"name": name, "hash": hashlib.sha256(content).hexdigest(), "algorithm": "SHA-256"}
        for name, content in sorted(files.items())
    ]
    return {"files": listed, "scope": scope}


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
