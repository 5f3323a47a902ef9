"""A person, an application, and requests between them."""

from collections.abc import Callable, Iterator

import pytest

from claims.catalogue.details.defaults import QUERY
from foundation.base.configuration import epoch
from foundation.directory.models import Client, User
from tests.approvals.asking import WAREHOUSE, Asking, make_someone


@pytest.fixture(autouse=True)
def _settled_epoch(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Trust an epoch once seen for the whole test."""
    epoch.forget()
    monkeypatch.setattr(epoch, "CHECK_INTERVAL", 3600.0)
    yield
    epoch.forget()


@pytest.fixture
def ada() -> User:
    return make_someone("ada", "analyst", name="Ada Lovelace")


@pytest.fixture
def grace() -> User:
    return make_someone("grace", name="Grace Hopper")


@pytest.fixture
def client() -> Client:
    uri = "https://desk.example.com/callback"
    return Client.objects.create(
        name="Query Desk", redirect_uris=uri, is_verified=True,
        resources=[WAREHOUSE], authorization_details_types=[QUERY],
    )  # fmt: skip


@pytest.fixture
def asking(ada: User, client: Client) -> Asking:
    """What Query Desk asks for Ada."""
    return Asking(client, ada)


@pytest.fixture
def people() -> Callable[..., list[User]]:
    """Make several people with the same roles."""

    def make(*names: str, roles: tuple[str, ...] = ()) -> list[User]:
        return [make_someone(name, *roles) for name in names]

    return make
