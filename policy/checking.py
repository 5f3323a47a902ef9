"""Whether a version may be put in force: valid text, and every test case answered as expected."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from policy.compiling import compile_document
from policy.engine.cases import Case, CaseResult, run
from policy.engine.validation import Problem, problems_of
from policy.in_force import in_force
from policy.models import PolicyCase, PolicySet, PolicyVersion
from policy.selectors import acr_levels
from scopeward_guard.cedar import CedarPolicy, PolicyDocument


class ActivationError(Exception):
    """A version that may not be activated, and why, in sentences."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def document_of(version: PolicyVersion) -> PolicyDocument:
    """Return the document that a version would be today; its text need not be valid."""
    return compile_document(version.policy_set, version.text, acr_levels())


def problems_in(document: PolicyDocument) -> tuple[Problem, ...]:
    """Return what is wrong with a document; without problems `CedarPolicy` takes it."""
    if not is_time_zone(document.timezone):
        return (Problem(1, 1, _("There is no time zone %s.") % document.timezone),)
    return problems_of(document.policies, document.schema, document.data)


def check_text(version: PolicyVersion) -> PolicyDocument:
    """Return the document of a version; raises ActivationError with all that is wrong with it."""
    document = document_of(version)
    problems = problems_in(document)
    if problems:
        raise ActivationError(*map(located, problems))
    return document


def check(version: PolicyVersion) -> None:
    """Raise ActivationError, with all that is wrong, unless a version may be put in force."""
    document = check_text(version)
    # It is the one that decides from now on: compiled here, and no request waits for it.
    policy = in_force(document.audience).compiled(document)
    cases = PolicyCase.objects.filter(policy_set=version.policy_set)
    failed = [result for result in run_by(policy, cases) if not result.passed]
    if failed:
        raise ActivationError(*map(_unexpected, failed))


def results(policy_set: PolicySet, document: PolicyDocument) -> tuple[CaseResult, ...]:
    """Return what the test cases of a set come to under a valid document. One statement."""
    return run_cases(list(PolicyCase.objects.filter(policy_set=policy_set)), document)


def run_cases(cases: Sequence[PolicyCase], document: PolicyDocument) -> tuple[CaseResult, ...]:
    """Return what these cases come to, in their order."""
    return run_by(CedarPolicy(document), cases)


def run_by(policy: CedarPolicy, cases: Iterable[PolicyCase]) -> tuple[CaseResult, ...]:
    """Return what these cases come to by a policy, in their order."""
    asked = (
        Case(
            title=case.title,
            evaluation=case.evaluation,
            permit=case.permit,
            expected=case.expected,
        )
        for case in cases
    )
    return run(policy, asked)


def is_time_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def located(problem: Problem) -> str:
    """Say where a problem is, and what it is."""
    place = {"line": problem.line, "column": problem.column, "problem": problem.message}
    return _("Line %(line)s, column %(column)s: %(problem)s") % place


def _unexpected(result: CaseResult) -> str:
    said = {"title": result.case.title, "problems": " ".join(result.problems)}
    return _("The test case “%(title)s” failed: %(problems)s") % said
