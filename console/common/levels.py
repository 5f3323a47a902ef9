"""The weakest sign-in for something, chosen among the levels that there are."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from foundation.directory.levels import known_levels

FIELD = "minimum_acr"


class LevelsChosen(forms.ModelForm):  # type: ignore[type-arg]
    """For rows with a least level: it is chosen, not typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if FIELD in self.fields:
            self.fields[FIELD] = _choice(getattr(self.instance, FIELD), self.fields[FIELD])


def _choice(stored: str, field: forms.Field) -> forms.ChoiceField:
    """Offer the known levels, and what is stored: saving the form must not lower a minimum."""
    known = {stored: stored, "": gettext("Any sign-in")}
    known |= {level.value: level.in_words() for level in known_levels()}
    choices = sorted(known.items(), key=lambda choice: bool(choice[0]))
    return forms.ChoiceField(
        label=_("Weakest sign-in"),
        choices=choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=field.help_text
        or _(
            "Weaker sign-ins neither get it nor are asked about it. A level that is not known any "
            "more is reached by nobody."
        ),
    )
