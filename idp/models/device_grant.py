"""Device authorizations (RFC 8628); the endpoints are not mounted."""

from oauth2_provider.models import AbstractDeviceGrant

from idp.models.facts import AuthenticationFacts


class DeviceGrant(AuthenticationFacts, AbstractDeviceGrant):
    """A device's pending authorization."""

    class Meta(AbstractDeviceGrant.Meta):
        pass

    def __str__(self) -> str:
        return f"device grant {self.pk}"
