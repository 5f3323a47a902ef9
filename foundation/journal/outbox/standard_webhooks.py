"""Posts that their receiver can verify, as Standard Webhooks 1.0.0 describes ("Signature scheme").

Signed are id, time of the attempt and body, with dots between them: none of the first two has one.
"""

import hmac
from base64 import b64decode, b64encode

SECRET_PREFIX = "whsec_"  # noqa: S105
SYMMETRIC = "v1"
"""HMAC-SHA-256."""


def secret_of(key: bytes) -> str:
    """Return a key (24 to 64 bytes) as its receiver is given it."""
    return SECRET_PREFIX + b64encode(key).decode()


def signed(message_id: str, seconds: int, body: bytes, secret: str) -> dict[str, str]:
    """Return the headers of a post; `seconds` since 1970 is when it is sent, `body` what is sent.

    The id is the same for every attempt: the receiver does it once.
    """
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    mac = hmac.digest(key, f"{message_id}.{seconds}.".encode() + body, "sha256")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"{SYMMETRIC},{b64encode(mac).decode()}",
    }
