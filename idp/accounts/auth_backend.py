"""Who somebody is by what they type: user names and addresses in their one form."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from allauth.account import auth_backends
from allauth.account.internal.userkit import filter_users_by_email
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Permission
from django.http import HttpRequest

from foundation.base.prepared.objects import PreparedObjects
from foundation.base.secrets import generate
from foundation.base.texts.canonical_names import canonical_address, canonical_name
from foundation.directory.models import GroupMembership, User
from foundation.directory.models.ends import lasting
from foundation.directory.sources.directories import directories_in_use
from idp.accounts.ldap.binding import is_of_a_directory, signed_in_by_bind

_BY_KEY = PreparedObjects[User]((UUID,), lambda pk: User.objects.filter(pk=pk))


class AuthenticationBackend(auth_backends.AuthenticationBackend):
    """allauth's, which would look for capitals as the database happens to compare them."""

    def get_user(self, user_id: UUID) -> User | None:
        """Return who a session belongs to, None when they may not sign in. One statement."""
        person = _BY_KEY.first(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None

    def _get_group_permissions(self, user_obj: Any) -> Any:
        """Return what the groups permit that somebody is in now."""
        groups = GroupMembership.objects.filter(lasting(), user=user_obj).values("group")
        return Permission.objects.filter(group__in=groups)

    def _authenticate(
        self,
        request: HttpRequest | None,
        **credentials: str,
    ) -> AbstractBaseUser | None:
        """Try each person once: who is found by both ways would take twice as long to refuse."""
        password = credentials.get("password") or ""
        typed = {credentials.get("username") or "", credentials.get("email") or ""} - {""}
        people = {person.pk: person for name in typed for person in _named(name)}
        theirs = [person for person in people.values() if is_of_a_directory(person)]
        for person in people.values():
            if person in theirs:
                continue
            found: AbstractBaseUser | None = self._check_password(person, password)
            if found is not None:
                return found
        return self._by_bind(typed, password, theirs, is_local=len(theirs) < len(people))

    def _by_bind(
        self, typed: Collection[str], password: str, theirs: Sequence[User], *, is_local: bool
    ) -> User | None:
        """Return whom a directory lets in. A refusal costs the same, whoever knows the name.

        Whoever is only known here is not looked for there, and their password stays here.
        """
        if not directories_in_use() or not typed:
            return None
        names = {generate()} if is_local and not theirs else typed
        person = signed_in_by_bind(names, password, theirs[0] if theirs else None)
        if person is None:
            return None
        self._did_check_password = True
        if not self.user_can_authenticate(person):
            self._stash_user(person)
            return None
        return person

    def _mitigate_timing_attack(self, password: str) -> None:
        """Do for nobody what is done for somebody who has no password."""
        User(password="").check_password(password)


def _named(name: str) -> list[User]:
    """Return whoever is called so; no user name is an address."""
    people = list(User.objects.filter(username_key=canonical_name(name)))
    if people:
        return people
    return list(
        filter_users_by_email(canonical_address(name), prefer_verified=True, for_login=True)
    )
