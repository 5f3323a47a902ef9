"""The receipt of what somebody signed: it verifies without the provider."""

from pathlib import Path

import pytest
from django.test import Client as Browser
from django.urls import reverse

from consent.approvals.models import Approval, VoteSignature
from foundation.directory.models import Client, User
from scopeward_guard.receipt import BAD, GOOD, UNREADABLE, main
from tests.approvals.asking import Asking, make_someone, say
from tests.approvals.signing import Signer, ask_signed
from tests.approvals.test_pages import signed_in


@pytest.fixture
def approval(client: Client, ada: User, grace: User) -> Approval:
    signer, approval = Signer.make(grace), ask_signed(client, ada, grace)
    say(approval, grace, signed=signer.sign(approval))
    return approval


@pytest.fixture
def file(approval: Approval, ada: User, tmp_path: Path) -> Path:
    answer = signed_in(ada).get(f"{approval.get_absolute_url()}receipt/")
    path = tmp_path / "receipt.json"
    path.write_bytes(answer.content)
    return path


def fingerprint() -> str:
    return VoteSignature.objects.get().signed.fingerprint


def test_receipt_says_who_approved_what(
    approval: Approval, grace: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(file), "--key", fingerprint()]) == GOOD

    said = capsys.readouterr().out
    for part in (str(grace.pk), str(approval.pk), fingerprint(), "SELECT salary", "is good"):
        assert part in said


def test_receipt_by_another_key_does_not_verify(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(file), "--key", "0" * 64]) == BAD
    assert f"it is by another key, {fingerprint()}" in capsys.readouterr().out


def test_no_byte_of_a_receipt_can_be_changed(file: Path) -> None:
    whole, keys = file.read_bytes(), ["--key", fingerprint()]
    good = []
    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 1
        file.write_bytes(changed)
        if main([str(file), *keys]) == GOOD:
            good.append(place)

    assert good == []


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"v":"x"}', b"\xff", b'{"signatures":[]}']
)
def test_what_is_no_receipt_is_said_to_be_none(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(content)

    assert main([str(path)]) == main([str(tmp_path / "none")]) == UNREADABLE
    assert "Not verified" in capsys.readouterr().out


def test_receipt_is_for_whom_it_concerns(client: Client, ada: User, approval: Approval) -> None:
    path = f"{approval.get_absolute_url()}receipt/"

    assert signed_in(make_someone("mallory")).get(path).status_code == 404
    VoteSignature.objects.all().delete()
    assert signed_in(ada).get(path).status_code == 404


def test_receipt_is_one_click_away_for_both_sides_and_for_administrators(
    approval: Approval, ada: User, grace: User, admin_client: Browser
) -> None:
    path = f"{approval.get_absolute_url()}receipt/"
    pages = [
        signed_in(person).get(page).content.decode()
        for person, page in (
            (grace, approval.get_absolute_url()),
            (ada, approval.get_absolute_url()),
            (ada, approval.get_waiting_url()),
        )
    ]
    record = reverse("admin:approvals_approval_change", args=[approval.pk])
    receipt = reverse("admin:approvals_approval_receipt", args=[approval.pk])

    assert [f'href="{path}"' in page for page in pages] == [True, True, True]
    assert receipt in admin_client.get(record).content.decode()
    assert admin_client.get(receipt).content == signed_in(ada).get(path).content
    VoteSignature.objects.all().delete()
    assert admin_client.get(receipt).status_code == 404


def test_where_nothing_is_signed_nobody_is_led_to_a_receipt(
    client: Client, ada: User, admin_client: Browser
) -> None:
    unsigned = Asking(client, ada).approved()
    record = reverse("admin:approvals_approval_change", args=[unsigned.pk])
    receipt = reverse("admin:approvals_approval_receipt", args=[unsigned.pk])

    assert "/receipt/" not in signed_in(ada).get(unsigned.get_waiting_url()).content.decode()
    assert "/receipt/" not in admin_client.get(record).content.decode()
    assert admin_client.get(receipt).status_code == 404
