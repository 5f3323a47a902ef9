"""x."""

from oauth2_provider.oauth2_backends import OAuthLibCore as Core  # noqa: F401
