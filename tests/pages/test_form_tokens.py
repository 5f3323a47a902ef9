"""Tokens of forms are those of Django, whose middleware checks them."""

import pytest
from django.http import HttpRequest
from django.middleware import csrf
from django.test import RequestFactory

from foundation.base.texts.form_tokens import form_token
from tests.relying_party import new_browser

LOGIN = "/accounts/login/"
SECRET = "aZ09" * 8


@pytest.fixture
def request_() -> HttpRequest:
    """A request of a browser that has no cookie yet."""
    return RequestFactory().get(LOGIN)


def test_a_token_is_made_for_the_secret_of_the_cookie(request_: HttpRequest) -> None:
    request_.META["CSRF_COOKIE"] = SECRET

    tokens = [form_token(request_) for _ in range(50)]

    for token in tokens:
        csrf._check_token_format(token)  # type: ignore[attr-defined]
        assert csrf._does_token_match(token, SECRET)  # type: ignore[attr-defined]
        assert not csrf._does_token_match(token, SECRET[::-1])  # type: ignore[attr-defined]
    assert len({token[:32] for token in tokens}) == 50, "a mask is used once"
    assert SECRET not in "".join(tokens)


def test_who_has_no_secret_gets_one_for_all_forms_of_the_page(request_: HttpRequest) -> None:
    first, second = form_token(request_), form_token(request_)

    secret = request_.META["CSRF_COOKIE"]
    assert request_.META["CSRF_COOKIE_NEEDS_UPDATE"]
    assert all(csrf._does_token_match(token, secret) for token in (first, second))  # type: ignore[attr-defined]
    assert len({secret, form_token(RequestFactory().get(LOGIN))[32:]}) == 2


def test_letters_are_all_used_and_none_is_much_likelier(request_: HttpRequest) -> None:
    letters = "".join(form_token(request_)[:32] for _ in range(1_000))

    counts = {letter: letters.count(letter) for letter in csrf.CSRF_ALLOWED_CHARS}
    assert min(counts.values()) > 350
    assert max(counts.values()) < 700  # 516 each, with a deviation of 23


@pytest.mark.django_db
@pytest.mark.parametrize("changed", ["", "a" * 64, "another"])
def test_a_form_of_another_site_is_refused(changed: str) -> None:
    browser = new_browser()
    browser.get(LOGIN)
    if changed == "another":
        changed = form_token(RequestFactory().get(LOGIN))

    answer = browser.post(LOGIN, {"csrfmiddlewaretoken": changed, "login": "a", "password": "b"})

    assert answer.status_code == 403
