"""The scope catalogue."""

import pytest
from django.utils import translation

from claims.catalogue import scopes as catalogue
from claims.catalogue.models import Scope
from tests.consent.asking import change_scope

DEFAULTS = [
    "openid",
    "profile",
    "email",
    "phone",
    "address",
    "roles",
    "department",
    "projects",
    "clearance",
    "offline_access",
    "grant_management_query",
    "grant_management_revoke",
]


@pytest.mark.spec("OIDC Core", "5.4")
def test_default_scopes_stand_in_catalogue_order() -> None:
    assert list(catalogue.all_scopes()) == DEFAULTS


@pytest.mark.spec("OIDC Core", "5.4")
def test_standard_scopes_name_their_claims() -> None:
    assert catalogue.all_scopes()["phone"].claims == ("phone_number", "phone_number_verified")
    assert catalogue.all_scopes()["roles"].claims == ()


def test_only_openid_is_implicit() -> None:
    assert [e.name for e in catalogue.all_scopes().values() if e.is_implicit] == ["openid"]


def test_installing_defaults_again_keeps_what_an_administrator_changed() -> None:
    change_scope("email", title="Mail")
    Scope.objects.filter(name="phone").delete()

    catalogue.install_defaults()

    assert catalogue.all_scopes()["email"].title == "Mail"
    assert sorted(catalogue.all_scopes()) == sorted(DEFAULTS)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "See your e-mail address."),
        ("de", "Ihre E-Mail-Adresse sehen."),
        ("de-at", "Ihre E-Mail-Adresse sehen."),
        ("fr", "See your e-mail address."),
    ],
)
def test_sentence_is_in_the_language_of_the_reader(language: str, sentence: str) -> None:
    with translation.override(language):
        assert catalogue.all_scopes()["email"].sentence == sentence


def test_translation_without_a_part_falls_back_to_english() -> None:
    change_scope("email", translations={"de": {"title": "E-Mail"}})

    with translation.override("de"):
        entry = catalogue.all_scopes()["email"]
        assert (entry.title, entry.sentence) == ("E-Mail", "See your e-mail address.")


@pytest.mark.parametrize("name", DEFAULTS)
def test_every_default_text_is_translated(name: str) -> None:
    entry = catalogue.all_scopes()[name]

    assert set(entry.texts["de"]) == {"title", "sentence"}
    assert entry.texts["de"]["sentence"] != entry.texts["en"]["sentence"]


def test_known_leaves_out_unknown_and_inactive_scopes() -> None:
    change_scope("email", is_active=False)

    assert [e.name for e in catalogue.known(["phone", "root", "email", "openid"])] == [
        "openid",
        "phone",
    ]


def test_warm_catalogue_takes_no_statement(django_assert_num_queries: object) -> None:
    catalogue.all_scopes()

    with django_assert_num_queries(0):  # type: ignore[operator]
        catalogue.all_scopes()


def test_change_is_seen_at_once_by_the_process_that_made_it() -> None:
    catalogue.all_scopes()

    change_scope("email", text_version=7)

    assert catalogue.all_scopes()["email"].text_version == 7
