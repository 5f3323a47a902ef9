"""What the provider shares about what is signed (RFC 7515, WebAuthn §7.2): how it is verified.

The door for those who have the keys already; it takes the cryptography library.
"""

from scopeward_guard._base.errors import BadTokenError
from scopeward_guard._binding.receipts.assertion import (
    Assertion,
    challenge_of,
    fingerprint_of,
    flaw_of,
)
from scopeward_guard._binding.receipts.reading import RECEIPT
from scopeward_guard._provider.algorithms import ALGORITHMS, possible_algorithms
from scopeward_guard._provider.jwks import (
    VerifyingKey,
    is_for_verifying,
    verifying_key,
)
from scopeward_guard._provider.jws import JwsReader, Signed, read_jws
from scopeward_guard._tokens.proof import PossessionProof, ProvenRequest, read_proof, thumbprint_of

__all__ = [
    "ALGORITHMS",
    "RECEIPT",
    "Assertion",
    "BadTokenError",
    "JwsReader",
    "PossessionProof",
    "ProvenRequest",
    "Signed",
    "VerifyingKey",
    "challenge_of",
    "fingerprint_of",
    "flaw_of",
    "is_for_verifying",
    "possible_algorithms",
    "read_jws",
    "read_proof",
    "thumbprint_of",
    "verifying_key",
]
