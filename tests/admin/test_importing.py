"""People from a CSV file: tried first, written once, nobody taken over."""

import io
import tracemalloc
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from claims.services import attributes_of
from foundation.directory.models import Invitation, PeopleImport, User
from foundation.directory.models.imports import ImportRow, ImportState
from foundation.journal.acts import record_changes
from foundation.journal.models import Act, Kind
from idp.accounts.lives import importing
from idp.accounts.lives.importing import begin, clear_expired, import_waiting, work_on
from idp.accounts.lives.reading_csv import UnreadableFileError, guessed, take_file
from tests.admin.conftest import browser_of, staff
from tests.factories import make_person

PAGE = "/admin/import-people/"
FILE = (
    "User name,E-Mail,Vorname,roles\nlinus,linus@x.example,Linus,analyst;lead\n"
    "tim,tim@x.example,Tim,\n"
)


def upload(browser: Browser, text: str = FILE) -> Any:
    file = SimpleUploadedFile("people.csv", text.encode(), content_type="text/csv")
    return browser.post(PAGE, {"file": file})


def taken(by: User, text: str = FILE) -> PeopleImport:
    return take_file(io.BytesIO(text.encode()), "people.csv", by, timezone.now())


def ran(made: PeopleImport, state: ImportState, **columns: Any) -> PeopleImport:
    assert begin(made, state, **columns)
    import_waiting(timezone.now(), at_most=100)
    made.refresh_from_db()
    return made


def imported(by: User, text: str = FILE, **columns: Any) -> PeopleImport:
    return ran(ran(taken(by, text), ImportState.TRYING, **columns), ImportState.WRITING)


def test_a_file_goes_from_upload_to_people(browser: Browser) -> None:
    page = upload(browser)["Location"]
    said = {"column-0": "username", "column-1": "email", "column-2": "given_name"}

    browser.post(page, {**said, "column-3": "attributes.roles"})
    assert browser.get(page)["Refresh"] == "2"
    assert "0 of 2 rows" in browser.get(page).content.decode()
    import_waiting(timezone.now())
    tried = browser.get(page)
    assert "Refresh" not in tried
    assert "New: 2" in tried.content.decode()
    assert not User.objects.filter(username="linus").exists()
    browser.post(page, {"write": "1"})
    import_waiting(timezone.now())

    linus = User.objects.get(username="linus")
    assert linus.given_name == "Linus"
    assert not linus.email_verified
    assert not linus.has_usable_password()
    assert attributes_of([linus.pk])[linus.pk]["roles"] == ["analyst", "lead"]
    assert "Imported" in browser.get(page).content.decode()


def test_columns_are_guessed_by_their_names() -> None:
    headings = ["User name", "E-Mail", "Vorname", "Shoe size", "email"]

    assert guessed(headings) == {"username": 0, "email": 1, "given_name": 2}


def test_nothing_is_written_before_it_was_tried(browser: Browser, administrator: User) -> None:
    made = taken(administrator)

    browser.post(reverse("admin:import_of_people", args=[made.pk]), {"write": "1"})
    import_waiting(timezone.now())

    assert not User.objects.filter(username="linus").exists()


def test_the_same_file_again_changes_nothing(administrator: User) -> None:
    imported(administrator)

    assert imported(administrator).counts == {"same": 2}


def test_only_what_differs_is_changed_and_said(administrator: User) -> None:
    imported(administrator)
    made = imported(administrator, FILE.replace("Linus", "Lin"))
    record_changes()

    assert made.counts == {"changed": 1, "same": 1}
    assert made.rows.get(key="linus").said == ["given_name: Linus → Lin"]


def test_another_address_is_noted_as_set_by_somebody_else(administrator: User) -> None:
    imported(administrator)

    imported(administrator, FILE.replace("linus@x", "lin@x"))

    linus = User.objects.get(username="linus")
    assert linus.sign_in_set_by_others_at is not None
    assert not linus.email_verified
    assert Act.objects.filter(kind=Kind.CREDENTIAL_SET).count() == 1


def test_each_row_says_why_it_is_refused_and_the_others_count(
    administrator: User, person: User
) -> None:
    rows = ["ada,new@x.example", ",no@x.example", "x@y,x@x.example", "linus,ada@example.org"]
    rows += ["tim,tim@x.example", "TIM,tim2@x.example", "uma,uma@x.example,,,,surplus", "vera"]

    made = imported(administrator, "username,email\n" + "\n".join(rows))

    became = dict(made.rows.values_list("number", "became"))
    assert [number for number, what in became.items() if what == "refused"] == [1, 2, 3, 4, 6]
    assert all(made.rows.filter(became="refused").values_list("said", flat=True))
    assert User.objects.get(pk=person.pk).email == person.email
    assert User.objects.filter(username__in=["tim", "uma", "vera"]).count() == 3


def test_an_identifier_of_somebody_else_refuses_one_row_only(administrator: User) -> None:
    text = "username,external_id\nlinus,7\ntim,7\numa,8\n"

    assert imported(administrator, text).counts == {"made": 2, "refused": 1}


def test_nobody_changes_people_above_them_by_a_file(administrator: User) -> None:
    imported(administrator)
    User.objects.filter(username="linus").update(is_superuser=True, is_staff=True)
    helpdesk = staff("directory.add_user", "directory.change_user")

    made = imported(helpdesk, FILE.replace("linus@x", "evil@x"))

    assert made.counts == {"refused": 1, "same": 1}
    assert User.objects.get(username="linus").email == "linus@x.example"


def test_who_lost_the_right_meanwhile_imports_nothing(administrator: User) -> None:
    helpdesk = staff("directory.add_user", "directory.change_user")
    made = ran(taken(helpdesk), ImportState.TRYING)
    helpdesk.user_permissions.clear()

    assert ran(made, ImportState.WRITING).state == ImportState.READ
    assert not User.objects.filter(username="linus").exists()


def test_a_run_that_breaks_off_goes_on_where_it_was(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    made = ran(taken(administrator), ImportState.TRYING)
    begin(made, ImportState.WRITING)
    assert work_on(made.pk, timezone.now())
    with monkeypatch.context() as broken:
        broken.setattr(importing, "_sentences", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            work_on(made.pk, timezone.now())
    assert not User.objects.filter(username="tim").exists()

    import_waiting(timezone.now())

    made.refresh_from_db()
    assert made.counts == {"made": 2}


def test_invited_are_only_the_new_and_by_choice(
    administrator: User, django_capture_on_commit_callbacks: Any
) -> None:
    imported(administrator)
    assert not Invitation.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        imported(administrator, FILE + "uma,uma@x.example,Uma,\n", invites=True)

    assert [row.person.username for row in Invitation.objects.all()] == ["uma"]
    assert [letter.to for letter in mail.outbox] == [["uma@x.example"]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"username,email\n",
        b"\xff\xfe\x00",
        b'username\n"open\n',
        b"a\n" + b"x" * 2000,
        b"a," * 100 + b"\nx\n",
    ],
)
def test_what_is_no_table_of_people_is_refused(administrator: User, content: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        take_file(io.BytesIO(content), "x", administrator, timezone.now())
    assert not PeopleImport.objects.exists()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_byte_order_marks_are_read(administrator: User, separator: str) -> None:
    text = "\ufeff" + FILE.replace(";", "/").replace(",", separator)

    assert taken(administrator, text).headings[:2] == ["User name", "E-Mail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"column-0": "email"},
        {"column-0": "username", "column-1": "username"},
        {"column-0": "password"},
        {"column-0": "is_superuser"},
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    browser: Browser, administrator: User, wrong: dict[str, str]
) -> None:
    made = taken(administrator)

    browser.post(reverse("admin:import_of_people", args=[made.pk]), wrong)

    assert PeopleImport.objects.get().state == ImportState.READ


def test_attributes_are_for_who_may_change_them(administrator: User) -> None:
    helpdesk = staff("directory.add_user", "directory.change_user")
    made = taken(helpdesk)
    said = {"column-0": "username", "column-3": "attributes.roles"}

    browser_of(helpdesk).post(reverse("admin:import_of_people", args=[made.pk]), said)

    assert PeopleImport.objects.get().state == ImportState.READ


@pytest.mark.parametrize("rights", [(), ("directory.add_user",), ("directory.change_user",)])
def test_who_may_not_make_and_change_people_imports_none(rights: tuple[str, ...]) -> None:
    assert upload(browser_of(staff(*rights))).status_code == 403
    assert not PeopleImport.objects.exists()


def test_files_are_cleared_away(administrator: User) -> None:
    taken(administrator)
    PeopleImport.objects.update(made_at=timezone.now() - importing.KEPT)

    clear_expired(timezone.now())

    assert not ImportRow.objects.exists()
    assert make_person(username="someone")


@pytest.mark.long
def test_memory_does_not_grow_with_the_file(administrator: User) -> None:
    def peak(rows: int) -> int:
        lines = "".join(f"p{rows}x{n},p{rows}x{n}@x.example,N\n" for n in range(rows))
        made = taken(administrator, "username,email,name\n" + lines)
        tracemalloc.start()
        ran(made, ImportState.TRYING)
        ran(made, ImportState.WRITING)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert made.counts == {"made": rows}
        return most

    peak(600)

    assert peak(5_000) < 1.3 * peak(1_000)
