"""The person's answer to a consent request."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consent.approvals.answering.asking import DetailQuestion
from consent.asking import lifetimes
from consent.asking.caution import Caution
from consent.asking.prompts import ConsentQuestions

ALLOW, DENY = "allow", "deny"


def offered_lifetimes(questions: ConsentQuestions) -> dict[str, Any]:
    """Return what a form of lifetimes begins with."""
    offered = lifetimes.choices(questions)
    is_agent = Caution.AGENT in questions.cautions
    return {"offered": offered, "suggested": lifetimes.suggested(offered, is_agent=is_agent)}


class ScopeNames(forms.MultipleChoiceField):
    """Any names at all: the service counts only those that were asked."""

    def valid_value(self, value: Any) -> bool:
        """Accept it."""
        return True


class LifetimeForm(forms.Form):
    """For how long; one of the lifetimes `offered`."""

    lifetime = forms.TypedChoiceField(
        label=_("For how long?"), coerce=int, empty_value=None, required=False
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        offered: Sequence[lifetimes.Choice],
        suggested: int | str,
    ) -> None:
        super().__init__(data, initial={"lifetime": suggested})
        cast("forms.ChoiceField", self.fields["lifetime"]).choices = offered


class AnswerForm(LifetimeForm):
    """Which scopes and claims, for how long, yes or no; `shown` stands for the questions seen."""

    decision = forms.ChoiceField(choices=[(ALLOW, ALLOW), (DENY, DENY)])
    scope = ScopeNames(required=False)
    claim = ScopeNames(required=False)
    email = forms.CharField(required=False, empty_value="")
    shown = forms.CharField(required=False)

    def __init__(self, data: QueryDict, *, questions: ConsentQuestions) -> None:
        self.questions = questions
        super().__init__(data, **offered_lifetimes(questions))

    @property
    def approved(self) -> frozenset[str]:
        """The digests of the details that were said yes to."""
        return frozenset(digest for digest, chosen in self._choices() if chosen == ALLOW)

    @property
    def unanswered(self) -> list[DetailQuestion]:
        """The details that could be approved and were given neither a yes nor a no."""
        choices = self.chosen
        offered = (item for item in self.questions.details if item.may_be_approved)
        return [item for item in offered if not choices[item.digest]]

    @property
    def chosen(self) -> Mapping[str, str]:
        """What was sent of each detail, by digest: allow, deny, or empty."""
        return dict(self._choices())

    def _choices(self) -> Iterator[tuple[str, str]]:
        for item in self.questions.details:
            chosen = str(self.data.get(f"detail-{item.digest}", ""))
            yield item.digest, chosen if chosen in {ALLOW, DENY} else ""

    @property
    def shared_email(self) -> str | None:
        """The address chosen, empty for the main one; None when there was none to choose."""
        return self.cleaned_data["email"] if "email" in self.data else None

    @property
    def is_denial(self) -> bool:
        """Whether the whole request was refused; of a valid form."""
        return bool(self.cleaned_data["decision"] == DENY)
