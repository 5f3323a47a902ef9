"""Who somebody is by what they type: user names and addresses in their one form."""

from uuid import UUID

from allauth.account import auth_backends
from django.contrib.auth.base_user import AbstractBaseUser

from foundation.base.prepared.objects import PreparedObjects
from foundation.base.texts.canonical_names import canonical_address, canonical_name
from foundation.directory.models import User

_BY_KEY = PreparedObjects[User]((UUID,), lambda pk: User.objects.filter(pk=pk))


class AuthenticationBackend(auth_backends.AuthenticationBackend):
    """allauth's, which would look for capitals as the database happens to compare them."""

    def get_user(self, user_id: UUID) -> User | None:
        """Return who a session belongs to, None when they may not sign in. One statement."""
        person = _BY_KEY.first(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None

    def _authenticate_by_username(self, username: str, password: str) -> AbstractBaseUser | None:
        person = User.objects.filter(username_key=canonical_name(username)).first()
        found: AbstractBaseUser | None = self._check_password(person, password)
        return found

    def _authenticate_by_email(self, email: str, password: str) -> AbstractBaseUser | None:
        found: AbstractBaseUser | None = super()._authenticate_by_email(
            canonical_address(email), password
        )
        return found
