"""Settings of a production that passes every check."""

import pytest

from foundation.base.conf import Conf
from foundation.base.keyed import Ring

SECRETS = [
    "Vt3+0wQb9Zr5yL2mX8kC1dGhJ7pNsA4e",
    "qJ6uT0rW2zK9bF4nH8vM1cXyS5dPgL3a",
    "mB7eR1tY5uI9oP3aS6dF0gH2jK4lZ8xC",
    "tC5xQ8wE2rV6bN0mK4jH9gF3dS7aP1oL",
    "yD1zU4iO7pA0sL3kJ6hG9fM2nB5vX8cQ",
]
ISSUER = "https://id.example.com"


@pytest.fixture
def production(settings):
    """Production settings that pass every check; tests break one of them."""
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.SECRET_KEY = SECRETS[0]
    settings.SCOPEWARD = conf()
    settings.ALLOWED_HOSTS = ["id.example.com"]
    settings.REDIS_URL = "redis://redis:6379/0"
    settings.SECRET_KEY_FALLBACKS = []
    settings.HISTORY_SECRET = Ring(SECRETS[3].encode())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SQLITE = False
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "mail.example.com", True
    settings.EMAIL_USE_SSL = False
    return settings


def conf(**changes: object) -> Conf:
    secrets = {
        "pepper": Ring(SECRETS[1].encode()),
        "key_encryption_secret": Ring(SECRETS[2].encode()),
    }
    return Conf(**{"issuer": ISSUER, **secrets, **changes})
