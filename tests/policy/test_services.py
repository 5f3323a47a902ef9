"""Drafts, activation, going back: what may change, when, and what is recorded of it."""

import pytest

from foundation.directory.models import User
from foundation.journal.acts import Actor, acting_as, acts_about, record_changes
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act
from policy import services
from policy.models import PolicySet, PolicyVersion, VersionState
from policy.selectors import policy_for
from policy.services import ActivationError, EditError
from tests.factories import WAREHOUSE
from tests.policy.conftest import NOTHING_AT_NIGHT, READING


def states(policy_set: PolicySet) -> dict[int, str]:
    return dict(policy_set.versions.values_list("number", "state"))


def acts() -> list[tuple[str, int, list[object]]]:
    """Return what was done to versions, oldest first: kind, number, state before and after."""
    record_changes()
    found = Act.objects.filter(detail__model="policy.policyversion").order_by("at")
    return [
        (act.kind, act.detail["label"], act.detail["changes"].get("state", [])) for act in found
    ]


def edit(version: PolicyVersion, text: str) -> None:
    services.edit(version, text, note="", seen=version.fingerprint)


def test_a_draft_decides_nothing(active: PolicyVersion) -> None:
    services.draft(active.policy_set, READING + NOTHING_AT_NIGHT)

    policy = policy_for(WAREHOUSE)
    assert policy is not None
    assert list(policy.rules.by_id) == ["reading"]


def test_a_draft_is_kept_as_it_was_edited_last(policy_set: PolicySet, author: User) -> None:
    version = services.draft(policy_set, READING, by=author)

    services.edit(version, READING + NOTHING_AT_NIGHT, note="Day", seen=version.fingerprint)

    stored = PolicyVersion.objects.get()
    assert (stored.text, stored.note) == (READING + NOTHING_AT_NIGHT, "Day")


def test_the_line_ends_of_browsers_are_not_kept(policy_set: PolicySet) -> None:
    version = services.draft(policy_set, "a\r\nb\rc\n")

    assert version.text == "a\nb\nc\n"
    edit(version, "a\r\nb\r\n")
    assert PolicyVersion.objects.get().text == "a\nb\n"


def test_an_active_version_is_not_edited(active: PolicyVersion) -> None:
    with pytest.raises(EditError):
        edit(active, "")

    assert PolicyVersion.objects.get().text == READING


def test_a_retired_version_is_not_edited(active: PolicyVersion) -> None:
    services.retire(active)

    with pytest.raises(EditError):
        edit(active, "")


def test_what_somebody_else_wrote_meanwhile_is_not_lost(policy_set: PolicySet) -> None:
    mine = services.draft(policy_set, READING)
    theirs = PolicyVersion.objects.get()
    edit(theirs, READING + NOTHING_AT_NIGHT)

    with pytest.raises(EditError):
        edit(mine, "mine")

    assert PolicyVersion.objects.get().text == READING + NOTHING_AT_NIGHT


def test_only_a_draft_is_discarded(active: PolicyVersion) -> None:
    version = services.draft(active.policy_set, READING)

    services.discard(version)
    with pytest.raises(EditError):
        services.discard(active)

    assert states(active.policy_set) == {1: VersionState.ACTIVE}


def test_a_number_is_given_once(active: PolicyVersion) -> None:
    numbers = [services.draft(active.policy_set, READING).number for _ in range(3)]

    assert numbers == [2, 3, 4]


def test_activation_retires_what_was_in_force(active: PolicyVersion) -> None:
    version = services.draft(active.policy_set, READING + NOTHING_AT_NIGHT)

    services.activate(version, instead_of=1)

    assert states(active.policy_set) == {1: VersionState.RETIRED, 2: VersionState.ACTIVE}
    policy = policy_for(WAREHOUSE)
    assert policy is not None
    assert set(policy.rules.by_id) == {"reading", "day"}


@pytest.mark.parametrize("text", ["permit (", "permit (principal, action, resource);", "@id()"])
def test_what_is_not_valid_is_not_activated(active: PolicyVersion, text: str) -> None:
    version = services.draft(active.policy_set, text)

    with pytest.raises(ActivationError):
        services.activate(version)

    assert states(active.policy_set) == {1: VersionState.ACTIVE, 2: VersionState.DRAFT}


def test_an_activation_compared_with_another_version_is_refused(active: PolicyVersion) -> None:
    compared, faster = (services.draft(active.policy_set, READING) for _ in range(2))
    services.activate(faster, instead_of=1)

    with pytest.raises(ActivationError):
        services.activate(compared, instead_of=1)

    assert states(active.policy_set) == {
        1: VersionState.RETIRED,
        2: VersionState.DRAFT,
        3: VersionState.ACTIVE,
    }


def test_an_activation_that_saw_nothing_in_force_is_refused_where_something_is(
    active: PolicyVersion,
) -> None:
    version = services.draft(active.policy_set, READING)

    with pytest.raises(ActivationError):
        services.activate(version, instead_of=services.NONE)


def test_a_text_that_was_changed_after_it_was_checked_is_not_activated(
    active: PolicyVersion,
) -> None:
    checked = services.draft(active.policy_set, READING)
    edit(PolicyVersion.objects.get(pk=checked.pk), "permit (principal, action, resource);")

    with pytest.raises(ActivationError):
        services.activate(checked)

    assert states(active.policy_set) == {1: VersionState.ACTIVE, 2: VersionState.DRAFT}


def test_going_back_goes_back_one_version_each_time(active: PolicyVersion) -> None:
    for _ in range(2):
        services.activate(services.draft(active.policy_set, READING))

    assert services.roll_back(active.policy_set, seen=3).number == 2
    assert services.roll_back(active.policy_set, seen=2).number == 1
    assert states(active.policy_set) == {
        1: VersionState.ACTIVE,
        2: VersionState.RETIRED,
        3: VersionState.RETIRED,
    }


def test_going_back_twice_by_one_click_each_goes_back_once(active: PolicyVersion) -> None:
    for _ in range(2):
        services.activate(services.draft(active.policy_set, READING))
    services.roll_back(active.policy_set, seen=3)

    with pytest.raises(ActivationError):
        services.roll_back(active.policy_set, seen=3)

    assert states(active.policy_set)[2] == VersionState.ACTIVE


def test_before_the_first_version_there_is_nothing_to_go_back_to(active: PolicyVersion) -> None:
    with pytest.raises(ActivationError):
        services.roll_back(active.policy_set, seen=1)


def test_a_retired_set_decides_nothing(active: PolicyVersion) -> None:
    services.retire(active)

    assert policy_for(WAREHOUSE) is None


def test_only_what_is_in_force_is_retired(active: PolicyVersion) -> None:
    version = services.draft(active.policy_set, READING)

    with pytest.raises(ActivationError):
        services.retire(version)

    assert states(active.policy_set)[2] == VersionState.DRAFT


def test_settings_that_the_active_text_cannot_have_are_not_saved(active: PolicyVersion) -> None:
    policy_set = active.policy_set
    policy_set.schema = {"": {"entityTypes": {}, "actions": {}}}

    with pytest.raises(ActivationError):
        services.save_settings(policy_set)

    assert PolicySet.objects.get().schema == {}


@pytest.mark.parametrize("zone", ["Nowhere/Else", "../etc/passwd", ""])
def test_a_time_zone_that_there_is_not_is_not_saved(active: PolicyVersion, zone: str) -> None:
    policy_set = active.policy_set
    policy_set.timezone = zone

    with pytest.raises(ActivationError):
        services.save_settings(policy_set)

    assert PolicySet.objects.get().timezone == "UTC"


def test_every_change_is_in_the_journal_with_who_made_it(
    policy_set: PolicySet, author: User
) -> None:
    with acting_as(DecisionContext(actor=Actor.ADMINISTRATOR, actor_id=str(author.pk))):
        first = services.draft(policy_set, READING, by=author)
        services.activate(first, by=author)
        second = services.draft(policy_set, READING, by=author)
        services.edit(second, NOTHING_AT_NIGHT, note="", seen=second.fingerprint)
        services.activate(second, by=author)
        services.roll_back(policy_set, seen=2, by=author)
        first.refresh_from_db()
        services.retire(first)

    assert acts() == [
        ("created", 1, [None, "draft"]),
        ("changed", 1, ["draft", "active"]),
        ("created", 2, [None, "draft"]),
        ("changed", 2, []),
        ("changed", 1, ["active", "retired"]),
        ("changed", 2, ["draft", "active"]),
        ("changed", 2, ["active", "retired"]),
        ("changed", 1, ["retired", "active"]),
        ("changed", 1, ["active", "retired"]),
    ]
    by = {act.personal.actor_id for act in acts_about(policy_set) if act.kind != "found"}
    assert by - {""} == {str(author.pk)}
    (edited,) = (
        act for act in acts_about(second).filter(detail__changes__has_key="text", kind="changed")
    )
    assert edited.detail["changes"]["text"] == [READING, NOTHING_AT_NIGHT]


def test_what_was_refused_is_not_recorded(active: PolicyVersion) -> None:
    before = acts()

    with pytest.raises(EditError):
        edit(active, "")
    with pytest.raises(ActivationError):
        services.activate(active, instead_of=7)

    assert acts() == before


def test_acts_outlive_the_set_and_the_person(policy_set: PolicySet, author: User) -> None:
    services.activate(services.draft(policy_set, READING, by=author), by=author)

    policy_set.delete()
    author.delete()

    assert [kind for kind, _number, _state in acts()] == ["created", "changed", "removed"]


def test_the_starter_set_is_in_force_at_once() -> None:
    policy_set = services.install_starter(WAREHOUSE, "Warehouse")

    policy = policy_for(WAREHOUSE)
    assert policy is not None
    assert "scopes-cover" in policy.rules.by_id
    assert policy_set.cases.count() == 5


def test_the_providers_starter_set_is_another(settings: object) -> None:
    services.install_starter(settings.SCOPEWARD.issuer, "Sign-in")

    policy = policy_for(settings.SCOPEWARD.issuer)
    assert policy is not None
    assert "as-consented" in policy.rules.by_id


def test_the_starter_set_replaces_nothing(active: PolicyVersion) -> None:
    services.install_starter(WAREHOUSE, "Another title")

    assert states(active.policy_set) == {1: VersionState.ACTIVE}
    assert PolicySet.objects.get().title == "Warehouse"
