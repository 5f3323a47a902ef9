"""A test that commits leaves the database as migrations made it, whatever runs next."""

import pytest

from claims.catalogue.models import Scope
from claims.models import Attribute

pytestmark = pytest.mark.both_databases


def defaults() -> tuple[int, int]:
    return Scope.objects.filter(name="openid").count(), Attribute.objects.filter(
        name="roles"
    ).count()


@pytest.mark.parametrize("time", ["before", "after"])
@pytest.mark.django_db(transaction=True)
def test_a_committing_test_finds_the_defaults(time: str) -> None:
    assert defaults() == (1, 1)


@pytest.mark.parametrize("time", ["before", "after"])
def test_a_test_with_a_committing_fixture_finds_the_defaults(transactional_db, time: str) -> None:
    assert defaults() == (1, 1)


@pytest.mark.parametrize("time", ["before", "after"])
@pytest.mark.django_db
def test_a_test_that_is_rolled_back_finds_the_defaults(time: str) -> None:
    assert defaults() == (1, 1)
