"""Erasing what the history says about a person keeps the chain."""

import json
import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from foundation.directory.models import User
from foundation.journal.acts import link, record_changes
from foundation.journal.archive import archive
from foundation.journal.chain import canonical
from foundation.journal.erasure import erase_history_of
from foundation.journal.models import Act, PersonalPart
from foundation.journal.triggers.history import BLANKED
from tests.consent.asking import Asking
from tests.consent.history.reading import findings, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_nothing_of_the_person_is_left_and_the_chain_verifies(chain: list[Act], ada: User) -> None:
    record_changes()
    about = Act.objects.filter(personal__person=ada)
    told = [str(act.pk) for act in about]
    assert {str(act.pk) for act in chain} < set(told)

    assert erase_history_of(ada.pk) == len(told)
    link()

    for part in PersonalPart.objects.filter(act__in=told):
        said = part.changes + part.salt + part.address + part.user_agent + part.reason + part.shown
        assert (part.person_id, part.actor_id) == (None, "")
        assert said == ""
    named = canonical.erased_digest(told)
    assert Act.objects.get(kind="erased").detail == {"rows": len(told), "digest": named}
    assert findings() == []


def test_others_keep_theirs(chain: list[Act], asking: Asking, ada: User, linus: User) -> None:
    Asking(linus, asking.client).open("openid", "email")

    erase_history_of(ada.pk)

    assert PersonalPart.objects.filter(person_id=linus.pk, act__kind="asked").count() == 1


def test_erasing_twice_is_one_act(chain: list[Act], ada: User) -> None:
    erase_history_of(ada.pk)

    assert erase_history_of(ada.pk) == 0
    assert Act.objects.filter(kind="erased").count() == 1


def test_erasing_nobody_is_no_act(chain: list[Act]) -> None:
    assert erase_history_of(uuid.uuid4()) == 0
    assert not Act.objects.filter(kind="erased").exists()


def test_more_blanked_than_was_erased_is_named(
    chain: list[Act], asking: Asking, ada: User, linus: User
) -> None:
    erase_history_of(ada.pk)
    Asking(linus, asking.client).open("openid", "email")
    erasure = Act.objects.get(kind="erased").pk
    PersonalPart.objects.filter(person_id=linus.pk).update(
        **dict.fromkeys(BLANKED, ""),
        person=None,
        erased_in=erasure,
        erased_mac=PersonalPart.objects.filter(erased_in=erasure)[0].erased_mac,
    )

    assert findings()[-1] == f"More personal parts were blanked than erased (act {erasure})."
    assert findings()[0].endswith("its personal part was blanked without the operator's secret.")


def test_blanking_other_acts_than_those_that_were_erased_is_named(
    chain: list[Act], ada: User
) -> None:
    """By somebody who has the secret of the history even."""
    erase_history_of(ada.pk)
    link()
    detail = {**Act.objects.get(kind="erased").detail, "digest": canonical.erased_digest(["x"])}
    tamper("UPDATE journal_act SET detail = %s WHERE kind = 'erased'", json.dumps(detail))

    assert findings()[-1].startswith("Other personal parts were blanked than those erased")


def test_an_erasure_that_is_changed_is_named(chain: list[Act], ada: User) -> None:
    erase_history_of(ada.pk)
    link()
    tamper("""UPDATE journal_act SET detail = '{"rows": 100}' WHERE kind = 'erased'""")

    row = Act.objects.get(kind="erased").number
    assert findings()[0] == f"Row {row} has been changed."


def test_archives_are_erased_too(chain: list[Act], ada: User, tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    archive(timezone.now(), path)

    call_command("erase_history_of", "ada", "--archive", str(path))

    personal = path.with_name("old.jsonl.personal").read_text()
    assert str(ada.pk) not in personal
    assert "192.0.2.7" not in personal
    assert findings([path]) == []


def test_the_command_takes_the_subject_of_somebody_who_is_gone(chain: list[Act], ada: User) -> None:
    subject = ada.subject
    ada.delete()

    call_command("erase_history_of", subject)

    assert not PersonalPart.objects.exclude(address="").exists()


def test_the_command_refuses_an_unknown_name(chain: list[Act]) -> None:
    with pytest.raises(CommandError, match="Nobody is called grace"):
        call_command("erase_history_of", "grace")
