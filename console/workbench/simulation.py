"""The page "Simulate": may she do that, from there, at that time, and why."""

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.common.pages import render
from console.workbench.answers import VersionAnswer, answer_of
from console.workbench.question_fields import PLACES
from console.workbench.question_form import QuestionForm, initial_of
from policy.decision_log.selectors import decisions_under
from policy.models import PolicySet, PolicyVersion, VersionState
from scopeward_guard.vocabulary import parse_evaluation

ASKED = "ask"
NO_VERSION = "0"


def simulate(_sets: Any, request: HttpRequest, policy_set: PolicySet) -> HttpResponse:
    """Ask the active version, and `?version=` beside it. Nothing is stored, so it is a GET."""
    form = _form(request, policy_set)
    versions = list(policy_set.versions.all())
    chosen = _chosen(versions, request.GET.get("version", ""))
    context: dict[str, Any] = {
        "form": form,
        "versions": versions,
        "chosen": chosen,
    }
    if form.is_bound and form.is_valid():
        evaluation = form.cleaned_data["evaluation"]
        context["answers"] = _answers(versions, chosen, evaluation)
        context["facts"] = _facts(evaluation["subject"]["properties"])
        context["case_query"] = _case_query(policy_set, form, context["answers"])
    template = "admin/policy/simulation.html"
    return render(request, template, context, title=_("Simulate"), about=policy_set)


def _form(request: HttpRequest, policy_set: PolicySet) -> QuestionForm:
    now = int(timezone.now().timestamp())
    asked = request.GET.copy() if ASKED in request.GET else None
    first = None if asked is not None else _first(request, policy_set, now)
    form = QuestionForm(asked, initial=first)
    form.prepare(policy_set, request.user)
    if asked is not None and not asked.get("time"):
        # What is shown, and kept as a test case, must not depend on when one looks.
        asked["time"] = form.fields["time"].prepare_value(now)
    return form


def _first(request: HttpRequest, policy_set: PolicySet, now: int) -> dict[str, Any]:
    """Return what the form begins with: the decision asked for, else the set's first test case."""
    if logged := _logged(request, policy_set):
        return {"time": now, **logged}
    case = policy_set.cases.order_by("pk").first()
    return {**(initial_of(case.evaluation) if case else {}), "time": now}


def _logged(request: HttpRequest, policy_set: PolicySet) -> dict[str, Any]:
    reference = request.GET.get("reference", "")
    if not reference or not request.user.has_perm("policy.view_loggeddecision"):
        return {}
    found = [row for row in decisions_under(reference) if row.audience == policy_set.audience]
    return initial_of(found[0].evaluation) if found else {}


def _facts(properties: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in properties.items()
    ]


def _chosen(versions: list[PolicyVersion], number: str) -> PolicyVersion | None:
    if number == NO_VERSION:
        return None
    named = [version for version in versions if str(version.number) == number]
    drafts = [version for version in versions if version.state == VersionState.DRAFT]
    return next(iter([*named, *drafts]), None)


def _answers(
    versions: list[PolicyVersion], chosen: PolicyVersion | None, request: dict[str, Any]
) -> list[VersionAnswer]:
    active = [version for version in versions if version.state == VersionState.ACTIVE]
    shown = [*active, *([chosen] if chosen and chosen not in active else [])]
    return [answer_of(version, parse_evaluation(request)) for version in shown]


def _case_query(policy_set: PolicySet, form: QuestionForm, answers: list[VersionAnswer]) -> str:
    """Return the query with which the page of a new test case has all of this filled in."""
    shown = initial_of(form.cleaned_data["evaluation"])
    said = {
        name: form.fields[name].prepare_value(value)
        for name, value in shown.items()
        if name in PLACES or name not in ("more", "person")
    }
    permit = bool(answers and answers[-1].decision and answers[-1].decision.permit)
    return urlencode(
        {
            "policy_set": policy_set.pk,
            "permit": permit,
            **{name: value for name, value in said.items() if value not in ("", None, False)},
            **({"more": form.fields["more"].prepare_value(shown["more"])} if shown["more"] else {}),
        }
    )
