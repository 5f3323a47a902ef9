"""Groups of a real OpenLDAP: who is in them here, and who is not any more."""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import Group

from claims.models import GroupAttributes
from claims.subject import load
from foundation.base.configuration.epoch import start_new_epoch
from foundation.directory.models import User
from foundation.directory.sources.models import LdapDirectory, ProvidedGroup
from idp.accounts.ldap import groups as ldap_groups
from idp.accounts.ldap.synchronising import synchronise
from tests.accounts.ldap.conftest import make_directory
from tests.factories import make_person
from tests.services import slapd
from tests.services.slapd import Slapd, dn_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
units = itertools.count()
KINDS = {
    "member": ("groupOfNames", dn_of),
    "uniqueMember": ("groupOfUniqueNames", lambda uid: f"{dn_of(uid)}#'1'B"),
    "memberUid": ("posixGroup", str),
}
PEOPLE = ["p0", "p1", "p2", "p3"]


def of(name: str) -> set[str]:
    """Return who is in a group here."""
    return set(User.objects.filter(groups__name=name).values_list("username", flat=True))


class Place:
    """A part of the directory of one test, with the groups in it."""

    def __init__(self, server: Slapd, **columns: Any) -> None:
        name = f"groups{next(units)}"
        self.server, self.base = server, f"ou={name},{slapd.BASE}"
        server.change(slapd.unit(name))
        said = {"groups_base": self.base, "most_gone": 100, **columns}
        self.directory = make_directory(server, **said)

    def add(self, name: str, members: Sequence[str], **how: Any) -> None:
        self.server.change(slapd.group(name, self.base, members, **how))

    def change(self, name: str, *lines: str) -> None:
        self.server.change("\n".join([f"dn: {self.dn(name)}", *lines, "", ""]))

    def dn(self, name: str) -> str:
        return f"cn={name},{self.base}"

    def now(self, **columns: Any) -> LdapDirectory:
        LdapDirectory.objects.filter(pk=self.directory.pk).update(**columns)
        return LdapDirectory.objects.get(pk=self.directory.pk)


@pytest.fixture
def place(running: Slapd) -> Place:
    return Place(running)


@pytest.mark.parametrize("membership", KINDS)
def test_members_are_in_the_group_here(running: Slapd, membership: str) -> None:
    kind, called = KINDS[membership]
    place = Place(running, membership=membership, groups_filter=f"(objectClass={kind})")
    place.add("Algebra", [called(uid) for uid in ("p0", "p1", "nobody")], kind=kind, by=membership)

    first, second = synchronise(place.directory), synchronise(place.directory)

    assert of("Algebra") == {"p0", "p1"}
    assert (first.counts["groups made"], first.counts["joined"]) == (1, 2)
    assert (second.counts["groups same"], second.counts["joined"], second.counts["left"]) == (
        1,
        0,
        0,
    )


def test_people_may_name_their_groups(running: Slapd) -> None:
    place = Place(running, membership="memberOf")
    place.add("Rings", [dn_of("p0"), dn_of("p1")])
    place.add("Fields", [place.dn("Rings"), dn_of("p2")])

    synchronise(place.directory)

    assert (of("Rings"), of("Fields")) == ({"p0", "p1"}, {"p0", "p1", "p2"})
    place.change("Rings", "changetype: modify", "delete: member", f"member: {dn_of('p1')}")
    assert synchronise(place.directory).counts["left"] == 2
    assert (of("Rings"), of("Fields")) == ({"p0"}, {"p0", "p2"})


def test_groups_in_groups_count_and_circles_end(place: Place) -> None:
    place.add("Inner", [dn_of("p0"), place.dn("Outer")])
    place.add("Middle", [place.dn("Inner"), dn_of("p1"), place.dn("Middle")])
    place.add("Outer", [place.dn("Middle"), dn_of("p2")])

    synchronise(place.directory)

    assert of("Inner") == of("Middle") == of("Outer") == {"p0", "p1", "p2"}


def test_nesting_ends_somewhere(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ldap_groups, "DEPTH", 2)
    place.add("A", [dn_of("p0")])
    for outer, inner in itertools.pairwise("ABCD"):
        place.add(inner, [place.dn(outer)])

    synchronise(place.directory)

    assert [of(name) for name in "ABCD"] == [{"p0"}, {"p0"}, {"p0"}, set()]


def test_more_groups_than_can_be_held_break_the_run_off(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ldap_groups, "MOST_GROUPS", 1)
    place.add("A", [dn_of("p0")])
    place.add("B", [dn_of("p0")])

    with pytest.raises(ldap_groups.TooManyGroupsError):
        synchronise(place.directory)


def test_who_left_a_group_loses_what_it_gave_at_once(place: Place) -> None:
    place.add("Algebra", [dn_of("p0"), dn_of("p1")])
    synchronise(place.directory)
    group = Group.objects.get(name="Algebra")
    GroupAttributes.objects.create(group=group, values={"department": "Algebra"})
    start_new_epoch()
    person = User.objects.get(username="p1")
    assert load(person.pk).attributes["department"] == "Algebra"

    place.change("Algebra", "changetype: modify", "delete: member", f"member: {dn_of('p1')}")
    synchronise(place.directory)

    assert of("Algebra") == {"p0"}
    assert "department" not in load(person.pk).attributes


def test_a_dry_run_shows_groups_and_members_and_writes_nothing(place: Place) -> None:
    place.add("Algebra", [dn_of("p0"), dn_of("p1")])

    report = synchronise(place.directory, is_dry=True)

    assert [(each.label, each.became) for each in report.groups_told] == [("Algebra", "made")]
    assert report.counts["joined"] == 2
    assert not Group.objects.exists()
    synchronise(place.directory)
    place.change("Algebra", "changetype: modify", "delete: member", f"member: {dn_of('p1')}")
    assert synchronise(place.directory, is_dry=True).counts["left"] == 1
    assert of("Algebra") == {"p0", "p1"}


def test_a_group_that_is_here_already_is_not_taken_over(place: Place) -> None:
    here = Group.objects.create(name="ALGEBRA")
    place.add("Algebra", [dn_of("p0")])

    report = synchronise(place.directory)

    assert [each.became for each in report.groups_told] == ["refused"]
    assert not here.user_set.exists()
    assert not ProvidedGroup.objects.exists()


def test_unless_an_administrator_names_it(place: Place) -> None:
    here = Group.objects.create(name="Mathematicians")
    local = make_person()
    here.user_set.add(local)
    place.add("Algebra", [dn_of("p0")])
    named = place.now(groups_table={place.dn("Algebra").upper(): "mathematicians"})

    synchronise(named)

    assert of("Mathematicians") == {"p0", local.username}
    assert not Group.objects.filter(name="Algebra").exists()

    synchronise(place.now(groups_table={}))

    assert of("Mathematicians") == {local.username}
    assert of("Algebra") == {"p0"}


def test_only_named_groups_count_where_others_are_not_made(place: Place) -> None:
    place.add("Inner", [dn_of("p0")])
    place.add("Outer", [place.dn("Inner")])
    named = place.now(groups_table={place.dn("Outer"): "Here"}, makes_groups=False)

    synchronise(named)

    assert {group.name for group in Group.objects.all()} == {"Here"}
    assert of("Here") == {"p0"}


def test_a_group_that_is_renamed_there_is_the_same_group(place: Place) -> None:
    place.add("Algebra", [dn_of("p0")])
    synchronise(place.directory)
    group = Group.objects.get(name="Algebra")

    place.change("Algebra", "changetype: modrdn", "newrdn: cn=Rings", "deleteoldrdn: 1")
    synchronise(place.directory)

    group.refresh_from_db()
    assert (group.name, of("Rings")) == ("Rings", {"p0"})


def test_a_renamed_group_does_not_become_one_that_is_here(place: Place) -> None:
    admins = Group.objects.create(name="Administrators")
    place.add("Algebra", [dn_of("p0")])
    synchronise(place.directory)

    place.change("Algebra", "changetype: modrdn", "newrdn: cn=Administrators", "deleteoldrdn: 1")
    report = synchronise(place.directory)

    assert [each.became for each in report.groups_told] == ["refused"]
    assert not admins.user_set.exists()
    assert of("Algebra") == {"p0"}


def test_where_groups_vanish_too_many_keep_their_members(place: Place) -> None:
    place.add("Algebra", [dn_of(uid) for uid in PEOPLE])
    place.add("Rings", [dn_of("p0")])
    synchronise(place.directory)
    local = make_person()
    Group.objects.get(name="Algebra").user_set.add(local)

    report = synchronise(place.now(groups_filter="(cn=Rings)", most_gone=50))

    assert (report.has_stopped, report.kept) == (True, 4)
    assert of("Algebra") == {*PEOPLE, local.username}
    report = synchronise(place.now(), let_go=True)
    assert (report.has_stopped, report.counts["left"]) == (False, 4)
    assert of("Algebra") == {local.username}
    assert of("Rings") == {"p0"}


def test_people_who_are_not_of_the_directory_are_left_in_its_groups_and_get_in_none(
    place: Place,
) -> None:
    local = make_person(username="p0", email="local@example.com")
    place.add("Algebra", [dn_of("p0"), dn_of("p1")])

    synchronise(place.directory)

    assert of("Algebra") == {"p1"}
    assert not local.groups.exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("groups_base", "no dn"), ("groups_filter", "(cn=*"), ("group_name", "a)(b=*"),
        ("membership", "owner"), ("groups_table", []), ("groups_table", {"no dn": "Here"}),
        ("groups_table", {"cn=a": " "}), ("groups_table", {"cn=a": "x" * 151}),
        ("groups_table", {"cn=a": "Here", "cn=b": "HERE"}), ("groups_table", {"cn=a": 1}),
    ],
)  # fmt: skip
def test_groups_that_could_never_be_read_are_refused(
    directory: LdapDirectory, column: str, value: Any
) -> None:
    from django.core.exceptions import ValidationError

    setattr(directory, column, value)

    with pytest.raises(ValidationError):
        directory.full_clean()


def test_user_names_of_groups_are_no_names_of_another_attribute(directory: LdapDirectory) -> None:
    from django.core.exceptions import ValidationError

    directory.groups_base, directory.membership = slapd.BASE, "memberUid"
    directory.full_clean()
    directory.table = {"username": "mail"}

    with pytest.raises(ValidationError, match="memberUid"):
        directory.full_clean()
