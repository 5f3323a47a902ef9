"""What somebody tries who may write to the database, and has no secret of the servers."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from foundation.base.configuration.epoch import start_new_epoch
from foundation.base.keys import ring as keys
from foundation.base.keys.documents import SEGMENT_TYP, signer
from foundation.base.keys.models import KeyState
from foundation.base.keys.signing import Signer
from foundation.base.models import SigningKey
from foundation.journal.acts import export_head, link, record
from foundation.journal.archive import archive
from foundation.journal.chain.canonical import FIRST_HASH
from foundation.journal.chain.linking import HistoryWentBackError
from foundation.journal.chain.memory import remembered
from foundation.journal.chain.rows import segment_members
from foundation.journal.entries import Entry
from foundation.journal.erasure import BLANK
from foundation.journal.models import Act, Actor, ChainHead, Kind, PersonalPart, Segment
from foundation.journal.triggers import declared as triggers
from idp.tokens.families.minting_trigger import TRIGGERS as MINTING
from policy.decision_log.triggers import DECISION_LOG
from tests.consent.history.reading import findings, in_database, tamper
from tests.jwt import key_set

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def key_of_my_own(state: str) -> Signer:
    """Put a public key into the table, as whoever may insert can."""
    mine = keys.generate_key("ES256")
    kid = mine.thumbprint()
    public = {**mine.export_public(as_dict=True), "kid": kid, "use": "sig", "alg": "ES256"}
    SigningKey(kid=kid, algorithm="ES256", public_jwk=public, state=state, mac="f" * 64).save(
        force_insert=True
    )
    return Signer.from_jwk(mine, kid=kid, algorithm="ES256")


def remove_behind_a_seal(signs: Any, chain: list[Act], mac: str = "f" * 64) -> None:
    """Remove the whole history: no trigger is touched, only what a seal covers goes."""
    segment = Segment(
        first=1,
        last=chain[-1].number or 0,
        previous_hash=FIRST_HASH,
        last_hash=chain[-1].hash,
        acts=len(chain),
        sealed_at=timezone.now(),
        mac=mac,
    )
    segment.jws = signs.sign(segment_members(segment), typ=SEGMENT_TYP)
    segment.save(force_insert=True)
    PersonalPart.objects.all().delete()
    Act.objects.all().delete()


def test_a_key_put_into_the_database_removes_no_history_unseen(chain: list[Act]) -> None:
    export_head()
    mine = key_of_my_own(KeyState.RETIRED)
    remove_behind_a_seal(mine, chain)

    with pytest.raises(CommandError) as refusal:
        call_command("verify_history")
    assert refusal.value.returncode == 1
    assert f"The signing key {mine.kid} was written by somebody" in str(refusal.value)
    assert "The seal of rows 1 to 6 is forged" in str(refusal.value)


def test_a_signature_alone_makes_no_seal(chain: list[Act]) -> None:
    """Whoever gets a key of ours to sign what they like still has no seal."""
    remove_behind_a_seal(signer(), chain)

    assert findings()[0].startswith("The seal of rows 1 to 6 is forged")


@pytest.mark.parametrize("state", [state for state in KeyState if state != KeyState.ACTIVE])
def test_a_key_put_into_the_database_is_published_nowhere_and_verifies_nothing(
    chain: list[Act], state: KeyState
) -> None:
    mine = key_of_my_own(state)

    assert mine.kid not in {key["kid"] for key in key_set()["keys"]}
    assert mine.kid not in keys.key_ring().lasting_verifiers
    assert mine.kid not in keys.key_ring().verifiers


@pytest.mark.parametrize("column", ["kid", "algorithm", "public_jwk", "state", "mac"])
def test_a_key_of_ours_that_was_changed_counts_no_more(chain: list[Act], column: str) -> None:
    """A retired one cannot be published again, nor its public half be exchanged."""
    key = SigningKey.objects.get(algorithm="ES256")
    other = keys.generate_key("ES256").export_public(as_dict=True)
    new = {"state": KeyState.RETIRED, "public_jwk": {**key.public_jwk, **other}}
    SigningKey.objects.filter(pk=key.pk).update(**{column: new.get(column, "RS512")})
    start_new_epoch()

    ring = keys.key_ring()
    assert {verifier.algorithm for verifier in ring.lasting_verifiers.values()} == {"RS256"}
    assert "was written by somebody without the servers' secret" in "".join(findings())
    keys.rotate_due_keys()
    assert keys.key_ring().signer("ES256").kid != key.kid


def test_rows_in_archives_that_are_not_at_hand_are_said_to_be_unchecked(
    chain: list[Act], tmp_path: Path, capsys: Any
) -> None:
    export_head()
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])
    link()
    path = tmp_path / "old.jsonl"
    archive(timezone.now(), path)

    with pytest.raises(CommandError, match="as far as it could be compared") as refusal:
        call_command("verify_history")
    assert refusal.value.returncode == 3
    assert "Rows 1 to 7 are in no archive" in str(refusal.value)
    assert "nor were 1 exported heads" in str(refusal.value)

    call_command("verify_history", "--archive", str(path))
    assert "1 exported heads compared, 0 not" in capsys.readouterr().out
    call_command("verify_history", "--trust-seals-until", "7")
    assert "0 exported heads compared, 1 not" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("verify_history", "--trust-seals-until", "6")


def test_a_seal_for_fewer_acts_than_it_covers_is_named(chain: list[Act], tmp_path: Path) -> None:
    tamper("DELETE FROM journal_act WHERE number = 3")
    archive(timezone.now(), tmp_path / "old.jsonl")

    assert findings() == ["The seal of rows 1 to 6 stands for 5 acts."]


def test_a_gutted_trigger_is_named(chain: list[Act]) -> None:
    for which in triggers.watched:
        for name in which.statements[connection.vendor]:
            gut(which, name)

            found = triggers.flaws(connection)
            assert any(f"The trigger {name} is not as it was installed" in said for said in found)
            which.install(connection)
    assert findings() == []


def gut(which: triggers.Triggers, name: str) -> None:
    """Leave a trigger of that name in place, which does nothing."""
    statement = which.statements[connection.vendor][name]
    table = triggers.table_of(statement)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql "
                "AS $$BEGIN RETURN COALESCE(NEW, OLD); END$$"
            )
            cursor.execute(f"DROP TRIGGER {name} ON {table}")
            head, _, _ = statement.rpartition("EXECUTE FUNCTION")
            cursor.execute(f"{head} EXECUTE FUNCTION nothing()")
        else:
            cursor.execute(f"DROP TRIGGER {name}")
            head, _, _ = statement.partition("FOR EACH ROW")
            cursor.execute(f"{head} FOR EACH ROW WHEN 0 BEGIN SELECT 1; END")


def test_a_foreign_trigger_is_named(chain: list[Act]) -> None:
    """One that drops every act of emergency access, for example."""
    tables = {table for which in triggers.watched for table in which.tables}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql "
                "AS $$BEGIN RETURN NULL; END$$"
            )
        for table in tables:
            does = "BEGIN SELECT RAISE(IGNORE); END"
            if connection.vendor == "postgresql":
                does = "FOR EACH ROW EXECUTE FUNCTION swallow()"
            cursor.execute(f"CREATE TRIGGER mine_{table} BEFORE INSERT ON {table} {does}")

    foreign = {f"The trigger mine_{table} on {table} is not one of ours." for table in tables}
    assert foreign <= set(findings())


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("CREATE RULE mine AS ON INSERT TO journal_act DO INSTEAD NOTHING", "The rule mine"),
        ("ALTER TABLE journal_act ENABLE ROW LEVEL SECURITY", "hides rows by row security"),
        (
            "CREATE OR REPLACE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql "  # noqa: ISC004
            "AS $$BEGIN RETURN OLD; END$$",
            "history_journal_chainhead__delete is not as it was installed",
        ),
        (
            "ALTER FUNCTION history_journal_act_delete() RESET search_path",
            "is not as it was installed",
        ),
    ],
)
def test_other_ways_round_the_triggers_are_named(chain: list[Act], sql: str, said: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)

    assert said in "".join(findings())


@pytest.mark.postgresql
def test_a_temporary_table_stands_in_for_no_seal(chain: list[Act]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE journal_segment (first bigint, last bigint)")
        cursor.execute("INSERT INTO pg_temp.journal_segment VALUES (1, 6)")
        with pytest.raises(Exception, match="never changed"):
            cursor.execute("DELETE FROM journal_act WHERE number = 3")


@pytest.mark.parametrize(
    ("which", "said"),
    [(MINTING, "tokens are issued without an act"), (DECISION_LOG, "the decision log be changed")],
)
def test_what_the_history_rests_on_is_watched(
    chain: list[Act], which: triggers.Triggers, said: str
) -> None:
    which.remove(connection)

    found = findings()
    assert len(found) == len(which.expected(connection))
    assert all("is missing" in flaw and said in flaw for flaw in found)


def test_blanking_with_an_invented_erasure_is_found_after_an_archive(
    chain: list[Act], tmp_path: Path
) -> None:
    """One UPDATE that the triggers allow, and "who approved" would be gone."""
    archive(chain[-1].at, tmp_path / "old.jsonl")
    PersonalPart.objects.filter(act=chain[-1]).update(
        **dict.fromkeys(BLANK, ""), person=None, erased_in=chain[0].pk, erased_mac="f" * 64
    )

    assert findings() == ["Row 6: its personal part was blanked without the operator's secret."]


@pytest.mark.django_db(transaction=True)
def test_the_owner_of_the_tables_cannot_take_back_the_newest_act(chain: list[Act]) -> None:
    """It is younger than the last exported head; the linker would link the rest anew."""
    last = remembered()
    assert last is not None
    assert (last.number, last.hash) == (6, chain[-1].hash)
    for act in chain[3:]:
        tamper(
            "UPDATE journal_act SET number = NULL, hash = '', mac = '' WHERE id = %s",
            in_database(act.pk),
        )
    tamper("DELETE FROM journal_act WHERE id = %s", in_database(chain[4].pk))
    tamper("DELETE FROM journal_personalpart WHERE act_id = %s", in_database(chain[4].pk))
    tamper("UPDATE journal_chainhead SET number = 3, hash = %s", chain[2].hash)

    with pytest.raises(HistoryWentBackError, match="Row 6 had been linked"):
        link()
    assert ChainHead.objects.get().number == 3
    assert findings() == ["Rows 4 to 6 are missing. It had been linked."]
