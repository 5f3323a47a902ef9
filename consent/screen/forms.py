"""The person's answer to a consent request."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.approvals.answering.asking import DetailQuestion, DetailRow
from consent.asking import lifetimes
from consent.asking.caution import Caution
from consent.asking.prompts import ConsentQuestions
from foundation.directory.sign_in import SignIn

ALLOW, DENY = "allow", "deny"


class ScopeNames(forms.MultipleChoiceField):
    """Any names at all: the service counts only those that were asked."""

    def valid_value(self, value: Any) -> bool:
        """Accept it."""
        return True


class AnswerForm(forms.Form):
    """Which scopes and claims, for how long, yes or no; `shown` stands for the questions seen."""

    decision = forms.ChoiceField(choices=[(ALLOW, ALLOW), (DENY, DENY)])
    scope = ScopeNames(required=False)
    claim = ScopeNames(required=False)
    email = forms.CharField(required=False, empty_value="")
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    lifetime = forms.TypedChoiceField(
        label=_("For how long?"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, questions: ConsentQuestions, **kwargs: Any) -> None:
        self.questions = questions
        offered = lifetimes.choices(questions)
        kwargs["initial"] = {
            "lifetime": lifetimes.suggested(offered, is_agent=Caution.AGENT in questions.cautions),
            "shown": questions.fingerprint,
        }
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["lifetime"]).choices = offered

    @property
    def approved(self) -> frozenset[str]:
        """The digests of the details that were said yes to."""
        return frozenset(digest for digest, chosen in self._choices() if chosen == ALLOW)

    @property
    def unanswered(self) -> list[DetailQuestion]:
        """The details that could be approved and were given neither a yes nor a no."""
        choices = dict(self._choices())
        offered = (item for item in self.questions.details if item.may_be_approved)
        return [item for item in offered if not choices[item.digest]]

    def rows(self, sign_in: SignIn | None) -> list[DetailRow]:
        """Return the details as they are shown to who signed in like this."""
        choices = dict(self._choices())
        return [
            DetailRow(item, item.is_fresh(sign_in), choices[item.digest])
            for item in self.questions.details
        ]

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
