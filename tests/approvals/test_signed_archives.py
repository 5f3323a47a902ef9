"""Signatures whose acts are in archives: what is known without them, and what is said then."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from consent.approvals.models import Approval
from foundation.base.keys.documents import SEGMENT_TYP, signer
from foundation.directory.models import Client, User
from foundation.journal.acts import link
from foundation.journal.archive import archive
from foundation.journal.chain.canonical import segment_mac
from foundation.journal.chain.rows import personal_file, segment_members
from foundation.journal.models import Segment
from foundation.journal.triggers import declared as triggers
from tests.approvals.asking import Asking, say
from tests.approvals.signing import SIGNED, Signer, ask_signed

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("provider")]
UNKNOWN = r"in no archive that was given, or those of their keys: {}\."


@pytest.fixture
def approval(client: Client, ada: User, grace: User) -> Approval:
    return ask_signed(client, ada, grace)


def archived(tmp_path: Path, name: str = "old") -> Path:
    link()
    path = tmp_path / f"{name}.jsonl"
    archive(timezone.now(), path)
    return path


def verify(*archives: Path) -> None:
    """Verify, and take the word of the seals for what is in no archive that is given."""
    given = [f"--archive={path}" for path in archives]
    call_command("verify_history", "--trust-seals-until=1000", *given)


def said_by(*archives: Path) -> tuple[int, str]:
    with pytest.raises(CommandError) as said:
        verify(*archives)
    return said.value.returncode, str(said.value)


def test_where_nothing_is_signed_nothing_is_missing(
    asking: Asking, grace: User, tmp_path: Path
) -> None:
    Signer.make(grace)
    asking.approved()

    archived(tmp_path)

    assert Segment.objects.get().signed == 0
    verify()


def test_archived_signatures_are_said_to_be_unchecked_and_are_checked_with_the_archive(
    approval: Approval, grace: User, tmp_path: Path
) -> None:
    say(approval, grace, signed=Signer.make(grace).sign(approval))

    path = archived(tmp_path)

    status, said = said_by()
    assert (status, Segment.objects.get().signed) == (3, 2)
    assert UNKNOWN.format(1).replace("\\", "") in said
    verify(path)


def test_key_that_was_archived_is_said_to_be_unchecked(
    client: Client, ada: User, grace: User, tmp_path: Path
) -> None:
    signer = Signer.make(grace)
    path = archived(tmp_path)
    approval = ask_signed(client, ada, grace)
    say(approval, grace, signed=signer.sign(approval))
    link()

    assert said_by()[0] == 3
    verify(path)


def test_personal_parts_that_are_elsewhere_accuse_nobody(
    approval: Approval, grace: User, tmp_path: Path
) -> None:
    say(approval, grace, signed=Signer.make(grace).sign(approval))
    path = archived(tmp_path)

    personal_file(path).unlink()

    assert said_by(path)[0] == 3


def test_signature_of_which_no_seal_counts_an_act_is_named(
    approval: Approval, grace: User, tmp_path: Path
) -> None:
    """Somebody with every secret seals anew that nothing was signed."""
    say(approval, grace, signed=Signer.make(grace).sign(approval))
    path = archived(tmp_path)
    segment = Segment.objects.get()
    segment.signed = 0
    segment.jws = signer().sign(segment_members(segment), typ=SEGMENT_TYP)
    segment.mac = segment_mac(segment.jws)
    with triggers.removed(connection):
        segment.save()

    status, said = said_by()
    assert (status, "the yes of grace is not signed in any act" in said) == (1, True)
    # Whoever still has the file has the seal that was in it as well.
    assert said_by(path)[0] == 1


def test_archive_with_other_signatures_than_its_seal_counts_is_named(
    approval: Approval, grace: User, tmp_path: Path
) -> None:
    say(approval, grace, signed=Signer.make(grace).sign(approval))
    path = archived(tmp_path)
    segment = Segment.objects.get()
    segment.signed = 7
    segment.jws = signer().sign(segment_members(segment), typ=SEGMENT_TYP)
    segment.mac = segment_mac(segment.jws)
    with triggers.removed(connection):
        segment.save()
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([segment.jws + "\n", *lines[1:]]))

    assert "has other signed approvals than its seal says" in said_by(path)[1]


def test_state_without_the_archives_still_looks_at_signatures(
    client: Client, ada: User, grace: User, tmp_path: Path
) -> None:
    archived_first = Signer.make(grace)
    archived(tmp_path)
    approval = Asking(client, ada, SIGNED).lodge()
    say(approval, ada, signed=Signer.make(ada).sign(approval))
    archived_first.lose()
    link()
    approval.votes.get().signature.delete()

    with pytest.raises(CommandError, match="the yes of ada is not signed") as said:
        call_command("verify_history", "--state", "--trust-seals-until=1000")
    assert said.value.returncode == 1
