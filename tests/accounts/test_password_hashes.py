"""What a password costs: the same for everybody who is refused, never all memory or threads."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client as Browser
from structlog.testing import capture_logs

from foundation.directory.models import User
from foundation.directory.passwords import at_once, checking, hashers
from foundation.directory.passwords.at_once import TooManyAtOnceError, Turns, sensible, turns
from idp.accounts.services import create_person
from tests.people import PASSWORD, sign_in

LOGIN = "/accounts/login/"
NOW = "argon2$argon2id$v=19$m=2048,t=1,p=1"
BEFORE = "argon2$argon2id$v=19$m=1024,t=1,p=1"


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hashers, at a cost that tests can afford, in a process that has met nobody."""
    settings.PASSWORD_HASHERS = [
        "foundation.directory.passwords.hashers.Argon2id",
        "foundation.directory.passwords.hashers.Pbkdf2",
    ]
    settings.SCOPEWARD = replace(settings.SCOPEWARD, password_memory=2, password_passes=1)
    monkeypatch.setattr(checking, "_met", {})
    monkeypatch.setattr(checking, "_nobodys_of", {})


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """What is hashed, by algorithm and cost."""
    found: Counter[str] = Counter()
    verify = hashers.Argon2id.verify

    def counted(self: Any, password: str, encoded: str) -> bool:
        found[checking.way_of(encoded)] += 1
        return verify(self, password, encoded)

    checking._nobodys()
    monkeypatch.setattr(hashers.Argon2id, "verify", counted)
    return found


def with_cost(settings: Any, memory: int) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, password_memory=memory)


def hashed_before(settings: Any, person: User) -> User:
    """Return somebody who has not signed in since hashing costs more."""
    with_cost(settings, 1)
    person.set_password(PASSWORD)
    person.save()
    with_cost(settings, 2)
    assert person.password.startswith(BEFORE)
    return person


def try_to_sign_in(login: str, password: str) -> None:
    assert Browser().post(LOGIN, {"login": login, "password": password}).status_code == 200


def test_signing_in_renews_the_hash_and_ends_no_session(ada: User, settings: Any) -> None:
    hashed_before(settings, ada)
    with_cost(settings, 1)
    elsewhere = sign_in(Browser(), "ada")
    with_cost(settings, 2)

    here = sign_in(Browser(), "ada")

    ada.refresh_from_db()
    assert ada.password.startswith(NOW)
    for browser in (here, elsewhere):
        assert browser.get("/accounts/").status_code == 200
    sign_in(Browser(), "ada")
    stored = ada.password
    ada.refresh_from_db()
    assert ada.password == stored


def test_confirming_with_an_older_hash_ends_not_the_own_session(ada: User, settings: Any) -> None:
    hashed_before(settings, ada)
    with_cost(settings, 1)
    browser = sign_in(Browser(), "ada")
    with_cost(settings, 2)

    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})

    ada.refresh_from_db()
    assert ada.password.startswith(NOW)
    assert browser.get("/accounts/").status_code == 200


def test_a_new_password_ends_sessions(ada: User) -> None:
    browser = sign_in(Browser(), "ada")
    ada.set_password(PASSWORD)
    ada.save()

    assert browser.get("/accounts/").status_code == 302


def test_a_password_changed_meanwhile_is_not_renewed_over(
    ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    hashed_before(settings, ada)
    verify = hashers.Argon2id.verify

    def changing(self: Any, password: str, encoded: str) -> bool:
        User.objects.filter(pk=ada.pk).update(password=make_password("another-long-password"))
        return verify(self, password, encoded)

    monkeypatch.setattr(hashers.Argon2id, "verify", changing)
    ada.check_password(PASSWORD)
    monkeypatch.undo()

    ada.refresh_from_db()
    assert ada.check_password("another-long-password")


def test_hashes_that_come_from_elsewhere_are_renewed(ada: User) -> None:
    hasher = hashers.Pbkdf2()
    stored = hasher.encode(PASSWORD, hasher.salt())
    User.objects.filter(pk=ada.pk).update(password=stored)

    sign_in(Browser(), "ada")

    ada.refresh_from_db()
    assert ada.password.startswith(NOW)


PASSWORDS = ["wrong", "pa\u0308sswort"]
"""The second is not as it is stored: it is tried in two forms."""


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("is_met", [False, True], ids=["all renewed", "somebody not renewed"])
def test_whoever_is_refused_is_refused_at_the_same_cost(
    ada: User, hashed: Counter[str], settings: Any, password: str, is_met: bool
) -> None:
    """Nobody there, no password, an address or a name: and whether the hash is an older one."""
    create_person("nil", "nil@example.com", PASSWORD, claims={})
    User.objects.filter(username="nil").update(password="!")
    old = hashed_before(settings, create_person("old", "old@example.com", PASSWORD, claims={}))
    names = ["ada", "ada@example.com", "nobody", "nobody@example.com", "nil"]
    if is_met:
        old.check_password("wrong")
        names += ["old", "old@example.com"]

    costs = []
    for name in names:
        hashed.clear()
        try_to_sign_in(name, password)
        costs.append(dict(hashed))

    forms = 1 + PASSWORDS.index(password)
    assert costs == [{NOW: forms} | ({BEFORE: forms} if is_met else {})] * len(names)


def test_who_comes_when_too_many_are_hashed_is_told_when_to_come_again(
    ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/5m/key"}
    settings.SCOPEWARD = replace(settings.SCOPEWARD, password_hashes_at_once=1)
    for patience in ("PATIENCE", "LITTLE_PATIENCE"):
        monkeypatch.setattr(at_once, patience, 0)
    browser = Browser(raise_request_exception=False)
    form = {"login": "ada", "password": PASSWORD, "next": "/account/"}

    with turns().taken():
        answers = [browser.post(LOGIN, form) for _ in range(3)]

    for answer in answers:
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        assert "Try again in a moment" in answer.content.decode()
        assert PASSWORD not in answer.content.decode()
    assert browser.post(LOGIN, form).status_code == 302  # three times nobody looked


def test_only_so_many_are_hashed_at_once() -> None:
    """Of two who are at work, a third waits for one to go, and goes on then."""
    door, two = Turns(at_once=2, threads=9), threading.Barrier(3)
    leave, done = threading.Event(), threading.Semaphore(0)

    def work(first: Callable[[], object], then: Callable[[], object]) -> None:
        with door.taken():
            first()
            then()
        done.release()

    for _ in range(2):
        threading.Thread(target=work, args=(two.wait, leave.wait)).start()
    two.wait(timeout=10)
    inside = threading.Event()
    third = threading.Thread(target=work, args=(inside.set, int))
    third.start()
    assert not done.acquire(blocking=False)
    assert not inside.is_set()

    leave.set()

    for _ in range(3):
        assert done.acquire(timeout=10)
    third.join(timeout=10)
    assert inside.is_set()


def test_the_last_thread_for_pages_does_not_wait_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_once, "PATIENCE", 600)
    monkeypatch.setattr(at_once, "LITTLE_PATIENCE", 0)
    door = Turns(at_once=1, threads=2)

    with door.taken(), pytest.raises(TooManyAtOnceError), door.taken():
        pass

    with door.taken():  # who was refused has taken nothing along
        pass


@pytest.mark.parametrize(
    ("cores", "threads", "limit", "expected"),
    [
        (8, 4, "max", 3),  # one thread is left
        (2, 4, "max", 2),  # a core each
        (8, 16, str(512 * 1024 * 1024), 3),  # an eighth of a container's memory
        (8, 16, "1048576", 1),
        (1, 1, "max", 1),
    ],
)
def test_how_many_fit_follows_from_cores_threads_and_memory(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    cores: int,
    threads: int,
    limit: str,
    expected: int,
) -> None:
    (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr(at_once, "LIMITS", (tmp_path / "none", tmp_path / "memory.max"))
    monkeypatch.setattr(at_once, "_cores", lambda: cores)

    assert sensible(19, threads) == expected


def test_what_a_hash_costs_is_said_at_the_start() -> None:
    with capture_logs() as logs:
        hashers.announce()

    (line,) = logs
    assert (line["event"], line["mebibytes"], line["passes"]) == ("password_hash", 2, 1)
    assert line["milliseconds"] >= 0


def test_unless_somebody_chose_a_cost_it_is_the_recommended_one() -> None:
    from foundation.base.conf import Conf

    assert (Conf.password_memory, Conf.password_passes) == (19, 2)
    assert hashers.LEAST[Conf.password_passes] <= Conf.password_memory
