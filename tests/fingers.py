"""Chromium's virtual authenticator: a passkey in a real browser, and a finger on it."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page

from tests.authenticator import SoftwarePasskey

KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": False,
}


class Finger:
    """The authenticator of a page: it answers what is asked while somebody touches it.

    What was asked before stays unanswered: touch first.
    """

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._send("enable", enableUI=False)
        made = self._send("addVirtualAuthenticator", options=KIND)
        self._id = made["authenticatorId"]

    def hold(self, key: SoftwarePasskey) -> None:
        """Let it have a key that was registered without it."""
        private = key.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        credential = {
            "credentialId": b64encode(key.credential_id).decode(),
            "isResidentCredential": True,
            "rpId": "localhost",
            "privateKey": b64encode(private).decode(),
            "userHandle": b64encode(key.user_handle).decode(),
            "signCount": key.counter,
        }
        self._send("addCredential", authenticatorId=self._id, credential=credential)

    @contextmanager
    def touching(self) -> Iterator[None]:
        """Touch it."""
        self._touch(True)
        yield
        self._touch(False)

    def _touch(self, enabled: bool) -> None:
        self._send("setAutomaticPresenceSimulation", authenticatorId=self._id, enabled=enabled)

    def _send(self, command: str, **said: Any) -> Any:
        return self._session.send(f"WebAuthn.{command}", said)
