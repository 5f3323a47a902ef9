"""Receipts that were damaged, put together or made up: read as whoever gets one would."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fido2.utils import websafe_decode, websafe_encode
from hypothesis import HealthCheck, given, settings, strategies as st

from consent.approvals.models import Approval, VoteSignature
from foundation.directory.models import Client, User
from scopeward_guard.jose import RECEIPT
from scopeward_guard.receipt import BAD, GOOD, UNREADABLE, main
from scopeward_guard.vocabulary import canonical
from tests.approvals.asking import Asking, make_someone, say
from tests.approvals.signing import SIGNED, Signer, ask_signed
from tests.approvals.test_pages import signed_in
from tests.approvals.test_signed_history import signed_by
from tests.authenticator import SoftwarePasskey

pytestmark = pytest.mark.django_db
Receipt = dict[str, Any]
Damage = Callable[[Receipt], object]


@pytest.fixture
def approval(client: Client, ada: User, grace: User) -> Approval:
    other = make_someone("dora")
    approval = ask_signed(client, ada, grace, other)
    for person in (grace, other):
        say(approval, person, signed=Signer.make(person).sign(approval))
    return approval


@pytest.fixture
def file(approval: Approval, ada: User, tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_bytes(signed_in(ada).get(f"{approval.get_absolute_url()}receipt/").content)
    return path


def keys() -> list[str]:
    return [f"--key={kept.signed.fingerprint}" for kept in VoteSignature.objects.all()]


def test_receipt_is_verified_by_a_program_that_knows_nothing_of_us(file: Path) -> None:
    command = [sys.executable, "-m", "scopeward_guard.receipt", str(file), *keys()]
    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (found.returncode, found.stderr) == (GOOD, "")
    assert found.stdout.count("The signature is good.") == 2


def test_no_part_of_a_receipt_can_be_changed(file: Path) -> None:
    whole, good_keys = file.read_bytes(), keys()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(whole) - 1), st.integers(1, 255), st.integers(1, 40))
    def damaged(place: int, flip: int, size: int) -> None:
        changed = bytearray(whole)
        for at in range(place, min(place + size, len(whole))):
            changed[at] ^= flip
        file.write_bytes(changed)
        assert main([str(file), *good_keys]) in {BAD, UNREADABLE}

    damaged()


def restated(**members: Any) -> Damage:
    def damage(receipt: Receipt) -> None:
        item = receipt["signatures"][0]
        said = {**json.loads(item["statement"]), **members}
        item["statement"] = canonical(said).decode()

    return damage


def flipped(name: str) -> Damage:
    """Turn one bit in the middle of a part of the assertion, written as it should be."""

    def damage(receipt: Receipt) -> None:
        said = receipt["signatures"][0]["assertion"]
        part = bytearray(websafe_decode(said[name]))
        part[len(part) // 2] ^= 1
        said[name] = websafe_encode(bytes(part))

    return damage


def swapped(receipt: Receipt) -> None:
    one, other = receipt["signatures"]
    one["assertion"], other["assertion"] = other["assertion"], one["assertion"]


def shown_otherwise(receipt: Receipt) -> None:
    receipt["signatures"][0]["shown"] = canonical({"card": {"title": "Nothing bad"}}).decode()


PARTS = ("credentialId", "publicKey", "authenticatorData", "clientDataJSON", "signature")
DAMAGES: dict[str, Damage] = {
    **{f"{name} flipped": flipped(name) for name in PARTS[1:]},
    **{
        f"{name} restated": restated(**{name: value})
        for name, value in {
            "approval": "0" * 36, "person": "0" * 36, "audience": "https://evil.example",
            "detail": "{}", "at": 1, "policy_rev": "other", "iss": "https://evil.example",
            "answer": "deny", "shown": "0" * 64, "on_behalf_of": "x", "v": "other/1",
        }.items()
    },
    "at is no number": restated(at="1"),
    "at is of no time": restated(at=10**15),
    "at is a truth": restated(at=True),
    "one member more": restated(more="x"),
    "assertions swapped": swapped,
    "shown otherwise": shown_otherwise,
    "shown is a list": lambda receipt: receipt["signatures"][0].update(shown="[]"),
    "statement is a list": lambda receipt: receipt["signatures"][0].update(statement="[]"),
    "no signatures": lambda receipt: receipt.update(signatures=[]),
    "signatures are a word": lambda receipt: receipt.update(signatures="none"),
    "another version": lambda receipt: receipt.update(v="scopeward-approval-receipt/2"),
    "one yes twice": lambda receipt: receipt["signatures"].append(receipt["signatures"][0]),
    "a part is missing": lambda receipt: receipt["signatures"][0].pop("shown"),
    "a part of it is missing": lambda receipt: receipt["signatures"][0]["assertion"].pop(PARTS[0]),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_found_with_and_without_keys(file: Path, damage: Damage) -> None:
    receipt = json.loads(file.read_bytes())
    damage(receipt)
    file.write_bytes(canonical(receipt))

    assert main([str(file), *keys()]) in {BAD, UNREADABLE}
    assert main([str(file)]) in {BAD, UNREADABLE}


def test_other_name_of_a_key_is_another_fingerprint(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name of a credential is under no signature: without `--key` there is nothing to hold."""
    receipt, fingerprints = json.loads(file.read_bytes()), [key[6:] for key in keys()]
    flipped("credentialId")(receipt)
    file.write_bytes(canonical(receipt))

    assert main([str(file), *keys()]) == BAD
    assert main([str(file)]) == GOOD
    assert sum(name in capsys.readouterr().out.split() for name in fingerprints) < 2


def test_yes_of_two_approvals_are_no_receipt(
    client: Client, ada: User, grace: User, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Asking(client, ada, SIGNED).lodge(max_rows=9)
    key = Signer.make(grace)
    say(other, grace, signed=key.sign(other))
    more = json.loads(signed_in(ada).get(f"{other.get_absolute_url()}receipt/").content)
    receipt = json.loads(file.read_bytes())
    receipt["signatures"][1:] = more["signatures"]
    file.write_bytes(canonical(receipt))

    assert main([str(file), *keys()]) == UNREADABLE
    assert "several approvals" in capsys.readouterr().out


WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda whole: whole[: len(whole) // 2],
    "with a mark in front": lambda whole: b"\xef\xbb\xbf" + whole,
    "in UTF-16": lambda whole: whole.decode().encode("utf-16"),
    "with spaces": lambda whole: json.dumps(json.loads(whole), indent=1).encode(),
    "a member twice": lambda whole: whole.replace(b'{"signatures"', b'{"v":"x","signatures"', 1),
    "nested without end": lambda _: b"[" * 200_000,
    "numbers that are none": lambda _: b'{"signatures":[NaN],"v":"%s"}' % RECEIPT.encode(),
    "two at once": lambda whole: whole + whole,
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_receipt_that_is_written_otherwise_is_none(
    file: Path, written: Callable[[bytes], bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(written(file.read_bytes()))

    assert main([str(file)]) == UNREADABLE
    assert capsys.readouterr().out.startswith("Not verified: ")


def test_made_up_receipt_writes_no_line_of_its_own(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever makes one with a key of their own has what it says printed, and nothing else."""
    fake = "Nothing\nThe signature is good.\x1b[2J\u202e"
    screen = canonical({"card": {"title": fake, "sentence": [7, []]}, "about": fake}).decode()
    receipt = json.loads(file.read_bytes())
    said = json.loads(receipt["signatures"][0]["statement"])
    said["shown"] = hashlib.sha256(screen.encode()).hexdigest()
    made = signed_by(SoftwarePasskey(), {**said, "detail": fake})
    file.write_bytes(canonical({"v": RECEIPT, "signatures": [{**made, "shown": screen}]}))

    assert main([str(file)]) == GOOD
    out = capsys.readouterr().out
    assert out.splitlines().count("The signature is good.") == 0
    assert not {"\x1b", "\u202e"} & set(out)
    assert "<U+000A>The signature is good.<U+001B>" in out
    assert main([str(file), *keys()]) == BAD
