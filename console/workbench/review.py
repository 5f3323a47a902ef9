"""Everything there is to see of a version before one decides about it."""

from dataclasses import dataclass

from policy.checking import document_of, problems_in, results
from policy.engine.cases import CaseResult
from policy.engine.validation import Problem
from policy.models import PolicyVersion, VersionState
from policy.replay import Comparison, against_real_decisions
from policy.texts import Difference, difference, marked


@dataclass(frozen=True)
class Review:
    """A version beside the active one of its set, which is None when nothing is in force."""

    version: PolicyVersion
    active: PolicyVersion | None
    problems: tuple[Problem, ...]
    results: tuple[CaseResult, ...]
    """What the test cases come to; empty when the text is not valid."""

    @property
    def marked(self) -> list[tuple[Problem, str, str]]:
        """Each problem with its line, and a mark under the column."""
        return marked(self.version.text, self.problems)

    @property
    def failed(self) -> list[CaseResult]:
        """The cases that are answered in another way than expected."""
        return [result for result in self.results if not result.passed]

    @property
    def passed(self) -> int:
        """How many cases are answered as expected."""
        return len(self.results) - len(self.failed)

    @property
    def may_decide(self) -> bool:
        """Whether the version may be put in force."""
        return not self.problems and not self.failed

    @property
    def difference(self) -> list[Difference]:
        """What it changes of the active version."""
        return difference(self.active.text if self.active else "", self.version.text)


def review_of(version: PolicyVersion) -> Review:
    """Read and run everything: two statements, and one decision for each test case."""
    active = (
        version
        if version.state == VersionState.ACTIVE
        else PolicyVersion.objects.filter(
            policy_set=version.policy_set_id, state=VersionState.ACTIVE
        )
        .select_related("policy_set")
        .first()
    )
    document = document_of(version)
    problems = problems_in(document)
    found = () if problems else results(version.policy_set, document)
    return Review(version, active, problems, found)


def comparison_of(review: Review, limit: int) -> Comparison | None:
    """Ask the last real questions again; None when the version is not valid. One statement."""
    if review.problems:
        return None
    return against_real_decisions(review.version, review.active, limit)
