"""People for tests of pages: they sign in through the form, as everybody does."""

from django.test import Client as Browser

from foundation.directory.models import User
from idp.accounts.services import create_person

PASSWORD = "correct-horse-battery"
LOGIN = "/accounts/login/"


def make_ada() -> User:
    return create_person(
        "ada", "ada@example.com", PASSWORD, claims={"name": "Ada Lovelace", "given_name": "Ada"}
    )


def make_grace() -> User:
    return create_person("grace", "grace@example.com", PASSWORD, claims={"name": "Grace Hopper"})


def sign_in(browser: Browser, username: str) -> Browser:
    browser.post(LOGIN, {"login": username, "password": PASSWORD})
    return browser
