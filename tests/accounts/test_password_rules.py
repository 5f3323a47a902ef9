"""Which passwords are taken (NIST SP 800-63B-4 §3.1.1.2)."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from foundation.base import conf
from foundation.directory.models import User
from foundation.directory.passwords.breached import UnusableListError, is_breached, why_unusable

pytestmark = pytest.mark.spec("NIST SP 800-63B-4", "3.1.1.2")
MARY = User(
    username="mary.moss", email="m.moss@acme.example", name="Mary Evangeline Moss", nickname="Evie"
)


def why(password: str) -> list[str]:
    try:
        validate_password(password, MARY)
    except ValidationError as error:
        return sorted(str(each.code) for each in error.error_list)
    return []


@pytest.mark.parametrize(
    "password",
    [
        "four plain small words",
        "473829105611927",
        "a b c d e f g h",
        "пароль из нескольких слов",
        "horse " * 40 + "battery",
        "x1" * 3 + "staple-orange",
        "marybought evangelical trumpets",
    ],
)
def test_no_rule_says_of_what_a_password_is_made(password: str) -> None:
    assert why(password) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("fourteen chars", "password_too_short"),
        ("fourteen chars\u0301", "password_too_short"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_too_common"),
        ("passwordpassword", "password_too_common"),
        ("PasswordPasswordPassword", "password_too_common"),
        ("ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ", "password_too_common"),
        ("1234567123456712345671234567", "password_too_common"),
        ("scopeward-scopeward-1", "password_of_context"),
        ("Mary.Evangeline.Moss", "password_of_context"),
        ("acme-example-2026", "password_of_context"),
        ("ＳＣＯＰＥＷＡＲＤ  Evie 2026", "password_of_context"),
        ("moss" * 6, "password_too_common"),
    ],
)
def test_what_others_would_guess_is_refused(password: str, code: str) -> None:
    assert code in why(password)


def test_least_length_is_the_operators(settings: Any) -> None:
    settings.SCOPEWARD = replace(conf.current(), password_length=8)

    assert (why("tr0ub4d&r"), why("k9 trum")) == ([], ["password_too_short"])


@pytest.fixture
def listed(tmp_path: Path) -> Any:
    """Write a list of these passwords among others."""

    def write(*passwords: str, among: int = 500, newline: str = "\r\n") -> Path:
        every = [*passwords, *(f"other {number}" for number in range(among))]
        lines = sorted(hashlib.sha1(each.encode()).hexdigest().upper() for each in every)  # noqa: S324
        path = tmp_path / "breached.txt"
        path.write_text("".join(f"{line}:{len(line)}{newline}" for line in lines), newline="")
        return path

    return write


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_line_of_a_list_is_found_and_nothing_else(listed: Any, newline: str) -> None:
    for among in (0, 1, 2, 3, 100):
        path = listed("correct horse battery", among=among, newline=newline)
        found = [is_breached(f"other {number}", path) for number in range(among)]
        assert all(found), among
        assert is_breached("correct horse battery", path)
        assert not is_breached("Correct horse battery", path)
        assert not is_breached("other -1", path)


def test_breached_password_is_refused_in_any_spelling(listed: Any, settings: Any) -> None:
    path = listed("correct horse battery")
    settings.SCOPEWARD = replace(conf.current(), breached_passwords=str(path))

    assert why("correct horse battery") == ["password_breached"]
    assert why("ｃｏｒｒｅｃｔ horse battery") == ["password_breached"]
    assert why("correct horse battery staple") == []


@pytest.mark.parametrize("content", ["", "no hash\n" * 9, "A" * 9000, "b" * 40 + ":1\n" + "a" * 40])
def test_list_that_cannot_be_searched_is_said_and_lets_nothing_in(
    tmp_path: Path, settings: Any, content: str
) -> None:
    path = tmp_path / "list.txt"
    path.write_text(content)

    assert why_unusable(path)
    assert why_unusable(tmp_path / "nowhere.txt")
    if content.startswith(("no", "A")):
        settings.SCOPEWARD = replace(conf.current(), breached_passwords=str(path))
        assert why("correct horse battery") == ["password_not_checked"]
        with pytest.raises(UnusableListError):
            is_breached("x", path)
