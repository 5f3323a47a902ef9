"""What the provider shares with those who hold a receipt: how a passkey's signature is verified.

The door for those who have the statement and the key already; it takes the cryptography library.
"""

from scopeward_guard._receipts.assertion import Assertion, challenge_of, fingerprint_of, flaw_of
from scopeward_guard._receipts.reading import RECEIPT

__all__ = ["RECEIPT", "Assertion", "challenge_of", "fingerprint_of", "flaw_of"]
