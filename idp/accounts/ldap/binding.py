"""Signing in by bind: the directory says whether it is the password; we never keep it."""

from collections.abc import Collection

from foundation.base.keys.sealing import UnknownKeyError
from foundation.base.outgoing.errors import OutgoingError
from foundation.base.outgoing.ldap import NotLetInError, connected, entries
from foundation.base.outgoing.ldap_names import escaped
from foundation.base.secrets import generate
from foundation.directory.models import User
from foundation.directory.sources.directories import directories_in_use, has_directories
from foundation.directory.sources.models import LdapDirectory, ProvidedPerson
from foundation.journal.acts import acting_as
from foundation.journal.context import DecisionContext
from foundation.journal.models import Actor
from idp.accounts.ldap.at_sign_in import hold_groups_of
from idp.accounts.ldap.reading import attributes_read, person_of
from idp.accounts.provisioning.facts import PersonFacts
from idp.accounts.provisioning.people import provide

LDAP = "ldap:"
AUTHOR = DecisionContext(actor=Actor.SYSTEM, program="ldap_sign_in")


class DirectoryAwayError(Exception):
    """A directory did not answer: nobody has looked at the password."""


def is_of_a_directory(person: User) -> bool:
    """Say whether the password of somebody is a directory's. One statement where there is one."""
    theirs = ProvidedPerson.objects.filter(person=person, source__startswith=LDAP)
    return has_directories() and theirs.exists()


def signed_in_by_bind(names: Collection[str], password: str, known: User | None) -> User | None:
    """Return whom a directory lets in under one of the names; None when none does.

    `known` is who is called so here, already of a directory. Whoever is refused has cost one
    search and one bind, known there or not. Raises `DirectoryAwayError` when one did not answer
    and no other let them in.
    """
    is_away = False
    for directory in directories_in_use():
        try:
            facts = _bound(directory, names, password)
        except NotLetInError:
            continue
        except (OutgoingError, UnknownKeyError):
            is_away = True
            continue
        if facts is not None:
            return _person(directory, facts, known)
    if is_away:
        raise DirectoryAwayError
    return None


def _bound(directory: LdapDirectory, names: Collection[str], password: str) -> PersonFacts | None:
    """Return whom the directory knows by these names and password.

    Exactly one entry may have the name: of two, neither is signed in.
    """
    server = directory.server
    wanted = {directory.table["username"], directory.table.get("email", "")} - {""}
    either = "".join(
        f"({attribute}={escaped(name)})" for attribute in sorted(wanted) for name in sorted(names)
    )
    condition = f"(&{directory.people_filter}(|{either}))"
    try:
        with connected(server, server.bind_dn, server.password) as asking:
            found = list(
                entries(
                    asking, directory.people_base, condition, attributes_read(directory), most=2
                )
            )
    except NotLetInError as error:  # not the person's password: ours
        raise OutgoingError("refuses who asks") from error
    if len(found) != 1:
        # As long as for somebody who is there, with a password that nobody typed.
        with connected(server, f"cn=nobody,{directory.people_base}", generate()):
            return None
    [(dn, entry)] = found
    with connected(server, dn, password):
        return person_of(directory, dn, entry)


def _person(directory: LdapDirectory, facts: PersonFacts, known: User | None) -> User | None:
    """Return who that is here, made or brought up to date; None for who would be taken over."""
    with acting_as(AUTHOR):
        [outcome] = provide(directory.source, [facts])
    rows = User.objects.filter(pk=outcome.person, provided__source=directory.source)
    person: User | None = rows.first()
    if person is None or (known is not None and known.pk != person.pk):
        return None
    if directory.groups_base:
        _hold_groups(directory, facts, person)
    return person


def _hold_groups(directory: LdapDirectory, facts: PersonFacts, person: User) -> None:
    try:
        with acting_as(AUTHOR):
            hold_groups_of(directory, facts.place, person.pk)
    except OutgoingError as error:
        raise DirectoryAwayError from error
