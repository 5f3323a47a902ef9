"""Groups of who signs in: as they are in the directory at that moment."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser

from foundation.directory.sources.models import LdapDirectory
from idp.accounts.ldap.synchronising import synchronise
from tests.accounts.ldap.conftest import PASSWORD
from tests.accounts.ldap.test_binding import AWAY, sign_in, signed_in_as
from tests.accounts.ldap.test_groups import KINDS, Place, of
from tests.services.slapd import Slapd

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def nested(running: Slapd, membership: str) -> Place:
    """Return a place where emmy is in Inner, which is in Outer where that can be."""
    kind, called = KINDS.get(membership, KINDS["member"])
    by = membership if membership in KINDS else "member"
    place = Place(running, membership=membership, groups_filter=f"(objectClass={kind})")
    how = {"kind": kind, "by": by}
    place.add("Inner", [called("p0").split("#")[0], called("emmy").split("#")[0]], **how)
    place.add("Outer", [place.dn("Inner") if by != "memberUid" else "emmy", called("p1")], **how)
    return place


@pytest.mark.parametrize("membership", [*KINDS, "memberOf"])
def test_who_is_new_here_has_their_groups_at_once(
    browser: Browser, running: Slapd, membership: str
) -> None:
    place = nested(running, membership)
    synchronise(LdapDirectory.objects.get())
    Group.objects.get(name="Inner").user_set.clear()
    Group.objects.get(name="Outer").user_set.clear()

    assert sign_in(browser, "emmy") == []

    assert (of("Inner"), of("Outer")) == ({"emmy"}, {"emmy"})
    browser.logout()
    called = KINDS.get(membership, KINDS["member"])[1]("emmy").split("#")[0]
    by = membership if membership in KINDS else "member"
    place.change("Inner", "changetype: modify", f"delete: {by}", f"{by}: {called}")
    assert sign_in(browser, "emmy") == []
    assert of("Inner") == set()
    assert of("Outer") == ({"emmy"} if by == "memberUid" else set())


def test_a_group_that_has_vanished_is_for_a_run_to_judge(browser: Browser, running: Slapd) -> None:
    nested(running, "member")
    synchronise(LdapDirectory.objects.get())
    directory = LdapDirectory.objects.get()
    directory.groups_filter = "(cn=mistyped)"
    directory.save()

    assert sign_in(browser, "emmy") == []

    assert "emmy" in of("Inner")


def test_nobody_signs_in_whose_groups_cannot_be_read(
    browser: Browser, running: Slapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    nested(running, "member")
    directory = LdapDirectory.objects.get()
    directory.groups_base = "ou=nowhere,dc=example,dc=org"
    directory.save()

    assert sign_in(browser, "emmy", PASSWORD) == AWAY
    assert signed_in_as(browser) is None


def test_a_wrong_password_asks_for_no_groups(
    browser: Browser, running: Slapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    nested(running, "member")
    asked: list[object] = []
    monkeypatch.setattr("idp.accounts.ldap.binding.hold_groups_of", asked.append)

    sign_in(browser, "emmy", "wrong")

    assert asked == []
