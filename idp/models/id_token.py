"""ID tokens carry their own proof; the table exists because the engine's models come as a set."""

from oauth2_provider.models import AbstractIDToken


class IDToken(AbstractIDToken):
    """Not written to: an ID token is verified by its signature."""

    class Meta(AbstractIDToken.Meta):
        pass

    def __str__(self) -> str:
        return str(self.jti)
