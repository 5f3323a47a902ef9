"""Every page, list, search, export and task, found by construction: what is added is walked too."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.test import Client as Browser
from django.urls import NoReverseMatch, get_resolver, reverse

from console.common.configuration_admin import ReadOnlyAdmin
from console.common.pages import SITE_PAGES
from foundation.directory.models import User
from foundation.journal.models import Act
from idp import tasks
from idp.celery import app
from policy.models import LoggedDecision
from tests.growth.rows import TABLES

MOST_CHOICES = 4
"""Of a filter, so many are tried."""
MOST_ROWS = 2
"""Of a table to choose from."""
NOT_WALKED = ("account_logout", "logout", "set_language", "admin:logout", "authorize")
"""Leads out of the session, or belongs to a protocol that has tests of its own."""


@dataclass(frozen=True)
class Step:
    """One request or task."""

    name: str
    go: Callable[[], Any]


@dataclass(frozen=True)
class Known:
    """Somebody and something to look for."""

    person: User
    act: Act
    decision: LoggedDecision

    @classmethod
    def first(cls) -> "Known":
        """Return what is there, neither the first nor the last of its kind."""
        act = Act.objects.exclude(grant=None).order_by("-at")[5]
        return cls(
            User.objects.get(pk=act.personal.person_id),
            act,
            LoggedDecision.objects.filter(permit=False).order_by("-decided_at")[5],
        )

    @property
    def terms(self) -> dict[str, str]:
        """What is typed into a field for people, from a letter to a key."""
        name = self.person.username
        given, _, _ = name.partition(".")
        return {
            "letter": name[0],
            "given": given,
            "some": name[:-1],
            "name": name,
            "email": self.person.email,
            "key": str(self.person.pk),
            "nobody": "zzz",
        }

    def samples(self, name: str, field: forms.Field) -> dict[str, str]:
        """Return what to fill a field of a filter with."""
        if isinstance(field, forms.ModelChoiceField):
            rows = field.queryset[:MOST_ROWS]
            return {str(n): str(field.prepare_value(row)) for n, row in enumerate(rows)}
        if isinstance(field, forms.ChoiceField):
            keys = [str(key) for key, _ in field.choices if key][:MOST_CHOICES]
            return {key: key for key in keys}
        texts = {
            "person": self.terms,
            "by": self.terms | {"command": "rotate_keys"},
            "grant": {"one": str(self.act.grant_id)},
            "key": {"one": "1"},
            "number": {"one": str(self.act.number)},
            "since": {"day": f"{self.act.at:%Y-%m-%d}", "year": "2020-01-01"},
            "until": {"day": f"{self.act.at:%Y-%m-%d}", "year": "2020-01-01"},
            "reference": {"one": self.decision.reference},
            "audience": {"one": self.decision.audience, "none": "https://nobody.example"},
            "policy": {"one": next(iter(self.decision.policies), "clearance"), "none": "-"},
            "resource": {"one": self.decision.resource},
        }
        return texts[name]


def steps(
    administrator: Browser, person: Browser, known: Known, *, thorough: bool = True
) -> Iterator[Step]:
    """Yield every step there is; the tasks at last, because they take away, but for one.

    Unless `thorough`, second pages, most choices and pairs of filters are left out, and lists of
    configuration are only looked at.
    """
    # The pages of figures count on it.
    yield Step("task idp.tasks.keep_figures, first", tasks.keep_figures)
    yield from _lists(administrator, known, thorough=thorough)
    yield from _site_pages(administrator, known, thorough=thorough)
    yield from _pages(person)
    yield from _tasks()


def _lists(browser: Browser, known: Known, *, thorough: bool) -> Iterator[Step]:
    for own in sorted(admin.site._registry.values(), key=lambda one: one.opts.label):
        name, address = own.opts.label, own.address("changelist")
        first: list[Any] = []

        def look(address: str = address, first: list[Any] = first) -> None:
            first.append(_get(browser, address).context["cl"])

        yield Step(f"{name} list", look)
        changes = first[0] if first and (thorough or own.model in TABLES) else None
        if thorough:
            yield Step(f"{name} page 2", lambda address=address: _get(browser, f"{address}?p=2"))
        for what, query in _queries(own, changes, known, thorough=thorough):
            where = f"{address}{query}"
            yield Step(f"{name} {what}", lambda where=where: _get(browser, where))
        if hasattr(own, "export"):
            yield Step(f"{name} export", lambda own=own: _export(browser, own.address("export")))
        yield from _object_pages(browser, own)


def _queries(own: Any, changes: Any, known: Known, *, thorough: bool) -> Iterator[tuple[str, str]]:
    if changes is None:
        return
    yield from _filters(changes, MOST_CHOICES if thorough else 2)
    for number in range(len(changes.list_display)):
        for direction in ("", "-") if thorough else ("",):
            yield f"order {direction}{number}", f"?o={direction}{number}"
    terms = known.terms if thorough else {what: known.terms[what] for what in ("given", "some")}
    for what, term in terms.items() if own.search_fields else ():
        for page in (1, 2) if thorough else (1,):
            yield f"search {what}, page {page}", f"?{urlencode({'q': term, 'p': page})}"


def _filters(changes: Any, most: int) -> Iterator[tuple[str, str]]:
    for spec in changes.filter_specs:
        offered = [one for one in spec.choices(changes) if not one.get("selected")]
        for choice in offered[:most]:
            if query := choice.get("query_string"):
                yield f"filter {spec.title}: {choice.get('display')}", query


def _object_pages(browser: Browser, own: Any) -> Iterator[Step]:
    row = own.model._default_manager.order_by("pk").first()
    if row is None:
        return
    deleted = () if isinstance(own, ReadOnlyAdmin) else ("delete",)
    for page in ("change", "history", *deleted, *(page.name for page in own.pages)):
        where = own.address(page, row.pk)
        yield Step(f"{own.opts.label} {page}", lambda where=where: _get(browser, where))


def _site_pages(browser: Browser, known: Known, *, thorough: bool) -> Iterator[Step]:
    yield Step("admin", lambda: _get(browser, reverse("admin:index")))
    for page in SITE_PAGES:
        for below, name, _view in page.routes:
            where = page.address + below.replace("<str:reference>", known.decision.reference)
            if name.endswith("_export"):
                yield Step(name, lambda where=where: _export(browser, where))
                continue
            held: list[Any] = []

            def look(where: str = where, held: list[Any] = held) -> None:
                context = _get(browser, where).context
                held.append(context.get("form") if context else None)

            yield Step(name, look)
            if thorough:
                yield Step(f"{name} page 2", lambda where=where: _get(browser, f"{where}?page=2"))
            yield Step(f"{name} 90 days", lambda where=where: _get(browser, f"{where}?days=90"))
            form = held[0] if held else None
            for what, query in _fillings(form, known, thorough=thorough):
                asked = f"{where}?{urlencode(query)}"
                yield Step(f"{name} {what}", lambda asked=asked: _get(browser, asked))


def _fillings(form: Any, known: Known, *, thorough: bool) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each field filled alone, and each two of them together."""
    if form is None or not hasattr(form, "fields") or "since" not in form.fields:
        return
    samples = {name: known.samples(name, field) for name, field in form.fields.items()}
    for name, texts in samples.items():
        some = list(texts.items())
        for what, text in some if thorough or name in {"person", "by"} else some[:1]:
            yield f"{name}={what}", {name: text}
    if not thorough:
        return
    ones = {name: next(iter(texts.values())) for name, texts in samples.items() if texts}
    if "person" in ones:
        ones["person"] = known.terms["some"]
    names = list(ones)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            yield f"{one}+{other}", {one: ones[one], other: ones[other]}


def _pages(browser: Browser) -> Iterator[Step]:
    """Yield every page of a person that has an address of its own."""
    for name in _names_of_pages():
        try:
            where = reverse(name)
        except NoReverseMatch:
            continue
        yield Step(f"person: {name}", lambda where=where: _get(browser, where))


def _names_of_pages() -> Iterator[str]:
    for pattern in get_resolver().url_patterns:
        yield from _names(pattern, "")


def _names(pattern: Any, space: str) -> Iterator[str]:
    inside = getattr(pattern, "url_patterns", None)
    if inside is None:
        name = f"{space}{pattern.name}"
        if pattern.name and name not in NOT_WALKED:
            yield name
    elif getattr(pattern, "namespace", None) != "admin":
        own = f"{space}{pattern.namespace}:" if getattr(pattern, "namespace", None) else space
        for one in inside:
            yield from _names(one, own)


def _tasks() -> Iterator[Step]:
    for name in sorted(entry["task"] for entry in app.conf.beat_schedule.values()):
        task = getattr(tasks, name.rpartition(".")[2])
        yield Step(f"task {name}", task)
        yield Step(f"task {name}, again", task)


def _get(browser: Browser, where: str) -> Any:
    response = browser.get(where)
    assert response.status_code < 500, (where, response.status_code)
    return response


def _export(browser: Browser, where: str) -> None:
    response = browser.post(where, {"format": "csv"})
    assert response.status_code == 200, (where, response.status_code)
    next(iter(response.streaming_content))
