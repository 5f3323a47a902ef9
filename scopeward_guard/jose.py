"""What the provider shares with its guards about signed objects (RFC 7515): how they are verified.

The door for those who have the keys already; it takes the cryptography library.
"""

from scopeward_guard._base.errors import BadTokenError
from scopeward_guard._provider.jwks import VerifyingKey, verifying_key
from scopeward_guard._provider.jws import JwsReader, Signed

__all__ = ["BadTokenError", "JwsReader", "Signed", "VerifyingKey", "verifying_key"]
