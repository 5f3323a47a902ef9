"""The provider asks nobody about a detail that shows one thing and binds another."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from claims.catalogue import details
from claims.catalogue.details import Detail, InvalidDetailsError, known_type, narrowed
from claims.catalogue.details.defaults import EXAMPLE, QUERY, QUERY_SCHEMA
from claims.catalogue.models import AuthorizationDetailsType
from claims.catalogue.models.details_schema import check_schema
from foundation.directory.models import Client
from scopeward_guard._binding import schemas
from scopeward_guard._binding.binding import ADDED, detail_digest
from tests.members import altered, rehashed
from tests.specs.rfc9396.asking import FILES, files, files_type

WAREHOUSE = "https://warehouse.example"


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    AuthorizationDetailsType.objects.create(**files_type())
    return make_client(authorization_details_types=[QUERY, FILES], resources=[WAREHOUSE])


def refusal(detail: Any, client: Client) -> str:
    with pytest.raises(InvalidDetailsError) as caught:
        details.validate([detail], client)
    return str(caught.value)


def test_provider_and_guard_mean_the_same_members() -> None:
    theirs = schemas.QUERY_SCHEMA
    assert QUERY_SCHEMA["properties"].keys() == theirs["properties"].keys() == EXAMPLE.keys()
    assert sorted(QUERY_SCHEMA["required"]) == sorted(theirs["required"])


@pytest.mark.spec("RFC 9396", "5")
def test_any_one_change_after_the_digest_was_made_is_refused(client: Client) -> None:
    details.validate([EXAMPLE], client)
    reasons = {what: refusal(changed, client) for what, changed in altered(EXAMPLE)}

    by_digest = {what for what, reason in reasons.items() if "digest" in reason}
    for name in ("purpose", "parameters", "statement", "datatypes", "schema_rev", "max_rows"):
        assert any(what.startswith(f".{name}") for what in by_digest), name


def test_digest_of_the_first_version_is_refused(client: Client) -> None:
    assert "digest" in refusal(
        {**EXAMPLE, "query_hash": "R9-dD0K4Oc1U3LsdgTdQkFOVExAJGNnIZ3Rnyd8Z4bM"}, client
    )


@pytest.mark.parametrize("name", sorted(ADDED))
def test_no_client_sends_what_the_provider_adds_whatever_the_schema_says(
    name: str, client: Client
) -> None:
    row = AuthorizationDetailsType.objects.get(type=FILES)
    row.schema["properties"][name] = {}
    with pytest.raises(ValidationError, match=name):
        check_schema(row.schema)
    row.save()

    assert refusal(files(**{name: "x"}), client) == f"{name} is the provider's to add."


def approved(said: dict[str, Any]) -> dict[str, Any]:
    """Return a detail with everything that the provider can add to it."""
    return {**said, **dict.fromkeys(ADDED, "x"), "detail_digest": detail_digest(said)}


@pytest.mark.parametrize("said", [EXAMPLE, files()], ids=["query", "files"])
def test_nothing_that_the_provider_adds_stands_in_the_way_of_asking_for_less(
    said: dict[str, Any], client: Client
) -> None:
    (asked,) = details.validate([said], client)

    assert narrowed([asked], [approved(said)]) == [approved(said)]


def test_digest_of_a_narrowed_detail_is_of_what_the_token_carries(client: Client) -> None:
    less = files(actions=["read"])
    (asked,) = details.validate([less], client)

    (held,) = narrowed([asked], [approved(files())])

    assert held == approved(less)
    assert held["detail_digest"] == detail_digest(held) == asked.digest


def test_a_query_is_never_narrowed(client: Client) -> None:
    wide = rehashed({**EXAMPLE, "datatypes": ["hr.employees.name", "hr.employees.salary"]})
    AuthorizationDetailsType.objects.filter(type=QUERY).update(may_be_narrowed=True)
    (asked,) = details.validate([EXAMPLE], client)

    with pytest.raises(InvalidDetailsError):
        narrowed([asked], [approved(wide)])


def test_one_digest_for_one_detail_wherever_it_is_made(client: Client) -> None:
    entry = known_type(FILES)
    assert entry is not None
    assert Detail.of(entry, files()).digest == detail_digest(files())
