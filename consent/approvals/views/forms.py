"""What people send from the pages of approvals."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.approvals.deciders.handed_over import yes_counts_from
from consent.approvals.models import VoteOutcome
from consent.approvals.signing.taking import SignedAnswer
from consent.approvals.use.ending import LEAST_JUSTIFICATION
from foundation.base.texts.canonical_names import person_called
from foundation.base.texts.storable import storable
from foundation.directory.models import User
from foundation.directory.models.ends import let_in

LONGEST_ABSENCE = timedelta(days=90)


class BallotForm(forms.Form):
    """Yes or no, why, and the digest of what was shown."""

    outcome = forms.ChoiceField(choices=VoteOutcome.choices)
    shown = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    at = forms.IntegerField(required=False)
    """When the page was made, where a yes is signed."""
    answer = forms.JSONField(required=False)
    """What the passkey answered."""
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Who asked reads it, and it stays in the history."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-key": "n"}),
    )

    def signed(self) -> SignedAnswer | None:
        """Return the signature that was sent, good or not."""
        at, answer = self.cleaned_data["at"], self.cleaned_data["answer"]
        return SignedAnswer(at, answer) if at is not None and isinstance(answer, dict) else None


class GoAheadForm(forms.Form):
    """Why it cannot wait for anybody."""

    shown = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    justification = forms.CharField(
        label=_("Why it cannot wait"),
        min_length=LEAST_JUSTIFICATION,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DelegationForm(forms.Form):
    """Who stands in, from which day until which day, both included."""

    person = forms.CharField(
        label=_("Who stands in for you"), help_text=_("Username or e-mail address."), max_length=254
    )
    starts = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends = forms.DateField(
        label=_("Until, that day included"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, away: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.away = away

    def clean_person(self) -> Any:
        """Return the one active person who is meant, never the one who is away."""
        said = storable(self.cleaned_data["person"]).strip()
        people = User.objects.filter(let_in()).exclude(pk=self.away)
        found = list(people.filter(person_called(said))[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("There is nobody of that name who could stand in."))
        return found[0]

    def clean(self) -> dict[str, Any]:
        """Turn the days into moments."""
        said: dict[str, Any] = super().clean() or {}
        if yes_counts_from([self.away]) is not None:
            raise forms.ValidationError(
                _("Somebody else set your password or address. Wait a day before you do this.")
            )
        if "starts" in said and "ends" in said:
            zone = timezone.get_current_timezone()
            starts = datetime.combine(said["starts"], time.min, zone)
            ends = datetime.combine(said["ends"], time.max, zone)
            if not timezone.now() < ends or not starts < ends <= starts + LONGEST_ABSENCE:
                self.add_error("ends", _("It ends after it starts, in the future, within 90 days."))
            said |= {"starts_at": starts, "ends_at": ends}
        return said
