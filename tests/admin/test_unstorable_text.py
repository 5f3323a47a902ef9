"""What no database can hold is refused on every list of the administration, and on every page."""

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import reverse

LISTS = sorted(
    reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for model in admin.site._registry
)
NUL = "\x00"


def parameters(page: str) -> list[str]:
    """Every parameter by which a list can be searched, filtered, sorted and paged."""
    label = page.removeprefix("/admin/").strip("/").replace("/", ".")
    models = {model._meta.label_lower: model for model in admin.site._registry}
    names = [field.name for field in models[label]._meta.get_fields()]
    lookups = [f"{name}{end}" for name in names for end in ("", "__exact", "__in", "__icontains")]
    return ["q", "o", "p", "all", "_facets", "e", *lookups]


@pytest.mark.both_databases
@pytest.mark.parametrize("page", LISTS)
def test_nul_in_any_parameter_of_a_list_is_the_visitors_mistake(
    browser: Browser, page: str
) -> None:
    answers = {name: browser.get(page, {name: f"a{NUL}"}).status_code for name in parameters(page)}

    assert {name: status for name, status in answers.items() if status != 400} == {}


@pytest.mark.both_databases
@pytest.mark.parametrize("page", ["/", "/accounts/login/", "/account/history/", "/admin/"])
def test_nul_is_refused_on_pages_and_in_forms(browser: Browser, page: str) -> None:
    assert browser.get(page, {NUL: "x"}).status_code == 400
    assert browser.post(page, {"any": NUL}, content_type="text/plain").status_code != 500
    assert browser.post(page, {"login": NUL}).status_code == 400, "multipart/form-data"
    form = "login=a%00b&password=x"
    assert (
        browser.post(page, form, content_type="application/x-www-form-urlencoded").status_code
        == 400
    )
