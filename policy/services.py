"""Writes: drafts, activation, and going back."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.epoch import start_new_epoch
from policy.compiling import compile_document
from policy.engine.cases import Case, CaseResult, run
from policy.engine.validation import Problem, problems_of
from policy.models import PolicyCase, PolicySet, PolicyVersion, State
from policy.selectors import acr_levels
from scopeward_guard.cedar import CedarPolicy, PolicyDocument


class ActivationError(Exception):
    """A version that may not be activated, and why, in sentences."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def draft(
    policy_set: PolicySet, text: str, *, note: str = "", by: Any | None = None
) -> PolicyVersion:
    """Return a new draft with the next number."""
    with transaction.atomic():
        PolicySet.objects.select_for_update().get(pk=policy_set.pk)
        last = policy_set.versions.aggregate(last=Max("number"))["last"] or 0
        return PolicyVersion.objects.create(
            policy_set=policy_set, number=last + 1, text=text, note=note, created_by=by
        )


def activate(version: PolicyVersion, *, by: Any | None = None) -> None:
    """Put a draft or a retired version in force; the active one retires in the same moment.

    Raises ActivationError when it is not valid, answers a test case of its set in another way than
    expected, or was changed meanwhile.
    """
    check(version)
    with transaction.atomic():
        PolicySet.objects.select_for_update().get(pk=version.policy_set_id)
        versions = PolicyVersion.objects.filter(policy_set=version.policy_set_id)
        versions.filter(state=State.ACTIVE).exclude(pk=version.pk).update(state=State.RETIRED)
        put_in_force = versions.filter(pk=version.pk, text=version.text).update(
            state=State.ACTIVE, activated_at=timezone.now(), activated_by=by
        )
        if not put_in_force:
            raise ActivationError(_("The text was changed meanwhile."))
        start_new_epoch()
    version.refresh_from_db()


def check(version: PolicyVersion) -> None:
    """Raise ActivationError, with all that is wrong, unless a version may be put in force."""
    document = compile_document(version.policy_set, version.text, acr_levels())
    problems = problems_of(document.policies, document.schema)
    if problems:
        raise ActivationError(*map(_located, problems))
    failed = [result for result in results(version.policy_set, document) if not result.passed]
    if failed:
        raise ActivationError(*map(_unexpected, failed))


def results(policy_set: PolicySet, document: PolicyDocument) -> tuple[CaseResult, ...]:
    """Return what the test cases of a set come to under a valid document. One statement."""
    cases = (_case(row) for row in PolicyCase.objects.filter(policy_set=policy_set))
    return run(CedarPolicy(document), cases)


def _case(row: PolicyCase) -> Case:
    return Case(
        title=row.title, evaluation=row.evaluation, permit=row.permit, expected=row.expected
    )


def _located(problem: Problem) -> str:
    place = {"line": problem.line, "column": problem.column, "problem": problem.message}
    return _("Line %(line)s, column %(column)s: %(problem)s") % place


def _unexpected(result: CaseResult) -> str:
    said = {"title": result.case.title, "problems": " ".join(result.problems)}
    return _("The test case “%(title)s” failed: %(problems)s") % said
