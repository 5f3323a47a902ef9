"""x."""

from oauthlib.openid import Server  # noqa: F401
