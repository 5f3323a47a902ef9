"""A person, an application, and questions between them."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client as Browser

from foundation.base.configuration import epoch
from foundation.directory.models import Client, User
from tests.consent.asking import Asking


@pytest.fixture(autouse=True)
def _settled_epoch(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Trust an epoch once seen for the whole test."""
    epoch.forget()
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 3600.0)
    yield
    epoch.forget()


@pytest.fixture
def ada() -> User:
    return User.objects.create(
        username="ada", name="Ada Lovelace", email="ada@example.com", phone_number="+44 20 7946"
    )


@pytest.fixture
def linus() -> User:
    return User.objects.create(username="linus", name="Linus", email="linus@example.com")


@pytest.fixture
def make_client() -> Callable[..., Client]:
    def make(name: str = "Query Desk", **values: object) -> Client:
        uri = "https://desk.example.com/callback"
        usual = {"redirect_uris": uri, "is_verified": True}
        return Client.objects.create(name=name, **{**usual, **values})

    return make


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()


@pytest.fixture
def asking(ada: User, client: Client) -> Asking:
    """What Query Desk asks Ada."""
    return Asking(ada, client)


@pytest.fixture
def browser(ada: User) -> Browser:
    """A browser in which Ada is signed in."""
    browser = Browser()
    browser.force_login(ada)
    return browser
