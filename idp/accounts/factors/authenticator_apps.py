"""What authenticator apps call the accounts that they have codes for."""

from allauth.mfa.adapter import DefaultMFAAdapter

from foundation.base import conf
from foundation.base.house.in_use import house


class Adapter(DefaultMFAAdapter):
    """allauth's, but for the name."""

    def get_totp_issuer(self) -> str:
        """Return the name of the house; without one of its own the host, for there are many of us.

        A colon would end it (Key URI Format, "Label").
        """
        now = house()
        return conf.current().host if now.is_ours else now.name.replace(":", " ")
