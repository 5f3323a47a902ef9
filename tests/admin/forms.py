"""Filling in the admin's forms as a browser would."""

from typing import Any

from django.test import Client as Browser


def filled(browser: Browser, address: str) -> dict[str, Any]:
    """Return what a browser would send if nothing were changed."""
    context = browser.get(address).context
    forms = [context["adminform"].form]
    data: dict[str, Any] = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is None or value is False:
                continue
            data[field.html_name] = value
    return data


def submit(browser: Browser, address: str, **changes: Any) -> Any:
    """Change some fields of a form and send it; None leaves a field out."""
    data = {**filled(browser, address), **changes}
    sent = {name: value for name, value in data.items() if value is not None}
    return browser.post(address, sent)


def errors(response: Any) -> dict[str, list[str]]:
    """Return the errors of a form that was refused."""
    assert response.status_code == 200, "the form was accepted"
    found = dict(response.context["adminform"].form.errors)
    for inline in response.context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            found |= form.errors
    return found
