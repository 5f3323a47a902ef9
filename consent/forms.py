"""The person's answer to a consent request."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from consent import lifetimes
from consent.prompts import Questions

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

    def __init__(self, *args: Any, questions: Questions, **kwargs: Any) -> None:
        offered = lifetimes.choices(questions)
        kwargs["initial"] = {
            "lifetime": lifetimes.suggested(offered),
            "shown": questions.fingerprint,
        }
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["lifetime"]).choices = offered

    @property
    def shared_email(self) -> str | None:
        """The address chosen, empty for the main one; None when there was none to choose."""
        return self.cleaned_data["email"] if "email" in self.data else None

    @property
    def is_denial(self) -> bool:
        """Whether the whole request was refused; of a valid form."""
        return bool(self.cleaned_data["decision"] == DENY)
