"""Test cases: what the policies of a set must answer before they may be put in force."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from console.common.lists import FewRelated
from console.common.object_admin import ObjectAdmin
from console.workbench.question_fields import GROUPS
from console.workbench.question_form import QuestionForm, initial_of
from console.workbench.widgets import ObjectField, WordsField, choice
from policy.checking import document_of, problems_in, run_cases
from policy.models import PolicyCase, PolicySet, PolicyVersion, VersionState

ANSWERS = [("True", _("Permitted")), ("False", _("Denied"))]


class CaseForm(QuestionForm, forms.ModelForm):  # type: ignore[type-arg]
    """A question, and the answer that is expected."""

    permit = choice(_("The answer"), ANSWERS, required=True)
    policies = WordsField(
        label=_("Decided by the policies"), help_text=_("Empty: whichever they are.")
    )
    expected = ObjectField(
        label=_("What else the answer holds"),
        rows=3,
        help_text=_('JSON, such as {"remedy": {"approval": true}}; null for what must not be.'),
    )

    class Meta:
        model = PolicyCase
        fields = ["policy_set", "title"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            expected = dict(self.instance.expected or {})
            self.initial = {
                **self.initial,
                **initial_of(self.instance.evaluation),
                "permit": str(self.instance.permit),
                "policies": expected.pop("policies", []),
                "expected": expected,
            }

    def clean(self) -> dict[str, Any]:
        """Put what was entered into the row."""
        cleaned = super().clean()
        if not self.errors:
            named = {"policies": sorted(cleaned["policies"])} if cleaned["policies"] else {}
            self.instance.evaluation = cleaned["evaluation"]
            self.instance.permit = cleaned["permit"] == "True"
            self.instance.expected = {**cleaned["expected"], **named}
        return cleaned


@admin.register(PolicyCase)
class PolicyCaseAdmin(ObjectAdmin):
    """Test cases, each with what the newest version of its set answers today."""

    form = CaseForm
    list_display = ["title", "policy_set", "answer", "outcome"]
    list_filter = [("policy_set", FewRelated)]
    list_select_related = ["policy_set"]
    search_fields = ["title", "policy_set__title"]
    warn_unsaved_form = True
    change_form_template = "admin/policy/case.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Put the answer before the question: it is what the case is about."""
        if obj and not self.has_change_permission(request, obj):
            return [(None, {"fields": ["policy_set", "title", "answer", "evaluation", "expected"]})]
        known = set(self.get_form(request, obj).base_fields)
        return [
            (None, {"fields": ["policy_set", "title"]}),
            (_("Expected"), {"fields": ["permit", "policies", "expected"]}),
            *(
                (title, {"fields": [name for name in names if name in known]})
                for title, names in GROUPS
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show the stored question to those who may only look."""
        if obj and not self.has_change_permission(request, obj):
            return ["policy_set", "title", "answer", "evaluation", "expected"]
        return []

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return a form that is prepared for the set of the case."""
        if obj and not self.has_change_permission(request, obj):
            return super().get_form(request, obj, **kwargs)
        form = super().get_form(request, obj, **{**kwargs, "fields": ["policy_set", "title"]})
        policy_set = obj.policy_set if obj else _named_set(request)

        class Prepared(form):  # type: ignore[valid-type, misc]
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **options)
                self.prepare(policy_set, request.user)

        return Prepared

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyCase]:
        """Bring the sets along."""
        cases: QuerySet[PolicyCase] = super().get_queryset(request)
        return cases.select_related("policy_set")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Run the cases of the page, a set at a time."""
        changes = super().get_changelist_instance(request)
        _run(list(changes.result_list))
        return changes

    @display(description=_("expected"), label={True: "success", False: "danger"})
    def answer(self, case: PolicyCase) -> tuple[bool, Any]:
        """Show what is expected."""
        return case.permit, _("Permitted") if case.permit else _("Denied")

    @display(description=_("now"), label={"passed": "success", "failed": "danger", "none": "info"})
    def outcome(self, case: Any) -> tuple[str, Any]:
        """Show whether it is answered so."""
        words = {"passed": _("Passed"), "failed": _("Failed"), "none": _("Not run")}
        outcome = getattr(case, "run_outcome", "none")
        return outcome, words[outcome]


def _named_set(request: HttpRequest) -> PolicySet | None:
    said = request.POST.get("policy_set") or request.GET.get("policy_set") or ""
    return PolicySet.objects.filter(pk=said).first() if said.isdecimal() else None


def _run(cases: list[Any]) -> None:
    sets = {case.policy_set_id for case in cases}
    active = PolicyVersion.objects.filter(policy_set__in=sets, state=VersionState.ACTIVE)
    for version in active.select_related("policy_set"):
        document = document_of(version)
        mine = [case for case in cases if case.policy_set_id == version.policy_set_id]
        if not problems_in(document):
            for case, result in zip(mine, run_cases(mine, document), strict=True):
                case.run_outcome = "passed" if result.passed else "failed"
