"""Insecure production settings refuse to start."""

import itertools
from dataclasses import replace

import pytest
from django.conf import settings as django_settings
from django.core.management.base import SystemCheckError

from console.checks import check_demo_accounts
from console.demo.people import PASSWORD
from foundation.base import env
from foundation.base.keyed import Ring
from idp.accounts.services import create_person
from idp.checks import WEAK, check_production, is_weak, refuse_to_start, secrets_in_force
from tests.ops.conftest import SECRETS, conf


def found() -> list[str]:
    return [str(message.id) for message in check_production()]


def test_secure_production_settings_pass(production) -> None:
    assert found() == []


def test_debug_is_refused(production) -> None:
    production.DEBUG = True

    assert found() == ["scopeward.E001"]


@pytest.mark.parametrize(
    "secret",
    [
        "short",
        "a" * 64,
        "abcabcabc" * 10,
        "django-insecure-Vt3+0wQb9Zr5yL2mX8kC1dGhJ7pNsA4e",
        "development-only-secret-key" + "-" * 30,
    ],
)
def test_weak_secrets_are_refused(production, secret: str) -> None:
    """Whichever it is, in force or older."""
    assert is_weak(secret.encode())
    for name, ring in secrets_in_force().items():
        set_secret(production, name, Ring(secret.encode()))
        assert found() == [WEAK[name]]
        set_secret(production, name, Ring(ring.current, (secret.encode(),)))
        assert found() == [WEAK[name]]
        set_secret(production, name, ring)


@pytest.mark.parametrize(
    ("memory", "passes", "is_refused"),
    [(19, 2, False), (18, 2, True), (46, 1, False), (45, 1, True), (7, 9, False), (6, 9, True)],
)
def test_hashes_of_passwords_that_cost_too_little_are_refused(
    production, memory: int, passes: int, is_refused: bool
) -> None:
    production.SCOPEWARD = replace(
        production.SCOPEWARD, password_memory=memory, password_passes=passes
    )

    assert found() == (["scopeward.E018"] if is_refused else [])


def test_one_secret_for_two_things_is_refused(production) -> None:
    """Whichever two they are, in force or older."""
    rings = secrets_in_force()
    assert set(rings) == set(env.rings)
    for name, other in itertools.permutations(rings, 2):
        set_secret(production, name, rings[other])
        assert found() == ["scopeward.E005"]
        older = (rings[other].current,)
        set_secret(production, name, Ring(SECRETS[4].encode(), older))
        assert found() == ["scopeward.E005"]
        set_secret(production, name, rings[name])
    assert found() == []


def set_secret(production, name: str, ring: Ring) -> None:
    if name == "SECRET_KEY":
        production.SECRET_KEY = ring.current.decode()
        production.SECRET_KEY_FALLBACKS = [secret.decode() for secret in ring.older]
    elif name == "HISTORY_SECRET":
        production.HISTORY_SECRET = ring
    else:
        column = {"TOKEN_PEPPER": "pepper"}.get(name, name.lower())
        production.SCOPEWARD = replace(production.SCOPEWARD, **{column: ring})


@pytest.mark.spec("RFC 6749", "2.3.1")
@pytest.mark.parametrize("issuer", ["http://id.example.com", "http://localhost:8000"])
def test_an_issuer_without_tls_is_refused(production, issuer: str) -> None:
    production.SCOPEWARD = conf(issuer=issuer)
    production.ALLOWED_HOSTS = ["id.example.com", "localhost"]

    assert found() == ["scopeward.E006"]


def test_any_host_is_refused(production) -> None:
    production.ALLOWED_HOSTS = ["id.example.com", "*"]

    assert found() == ["scopeward.E007"]


@pytest.mark.parametrize("hosts", [[], ["other.example"], ["https://id.example.com"]])
def test_the_issuers_host_has_to_be_answered(production, hosts: list[str]) -> None:
    production.ALLOWED_HOSTS = hosts

    assert found() == ["scopeward.E013"]


def test_rate_limits_cannot_be_off(production) -> None:
    production.SCOPEWARD = conf(rate_limits=False)

    assert found() == ["scopeward.E008"]


def test_redis_is_required(production) -> None:
    production.REDIS_URL = ""

    assert found() == ["scopeward.E009"]


@pytest.mark.parametrize("backend", ["console", "filebased", "locmem", "dummy"])
def test_mail_that_is_not_sent_is_refused(production, backend: str) -> None:
    production.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"

    assert found() == ["scopeward.E010"]


def test_sqlite_is_only_warned_about(production) -> None:
    production.SQLITE = True

    assert found() == ["scopeward.W001"]


@pytest.mark.django_db
def test_a_demo_account_is_refused(production, quick_passwords) -> None:
    create_person("ada", "ada@example.com", PASSWORD)

    assert [check.id for check in check_demo_accounts(databases=["default"])] == ["scopeward.E011"]


@pytest.mark.django_db
def test_people_who_share_a_name_with_the_demo_are_welcome(production, quick_passwords) -> None:
    create_person("ada", "ada@example.com", "her own passphrase")
    create_person("augusta", "augusta@example.com", PASSWORD)

    assert check_demo_accounts(databases=["default"]) == []


@pytest.mark.django_db
def test_an_inactive_demo_account_is_no_danger(production, quick_passwords) -> None:
    person = create_person("ada", "ada@example.com", PASSWORD)
    person.is_active = False
    person.save()

    assert check_demo_accounts(databases=["default"]) == []


@pytest.mark.django_db
def test_an_insecure_process_does_not_start(production) -> None:
    production.SCOPEWARD = conf(rate_limits=False)

    with pytest.raises(SystemCheckError, match=r"scopeward\.E008"):
        refuse_to_start()


@pytest.mark.django_db
def test_development_starts_although_it_is_insecure() -> None:
    assert not django_settings.PRODUCTION

    refuse_to_start()

    assert found() == []


@pytest.mark.parametrize(
    ("listed", "is_refused"),
    [
        (None, True),
        ("", True),
        ("password\n", True),
        (f"{'B' * 40}:1\n{'A' * 40}:1\n", True),
        (f"{'A' * 40}:1\n{'B' * 40}:1\n", False),
    ],
    ids=["missing", "empty", "no hashes", "not sorted", "sorted"],
)
def test_list_of_breached_passwords_that_cannot_be_searched_is_refused(
    production, tmp_path, listed, is_refused
) -> None:
    file = tmp_path / "breached.txt"
    if listed is not None:
        file.write_text(listed)
    production.SCOPEWARD = replace(production.SCOPEWARD, breached_passwords=str(file))

    assert found() == (["scopeward.E021"] if is_refused else [])
