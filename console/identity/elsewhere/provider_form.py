"""The form of a sign-in provider; it is asked about itself before anything is kept."""

from collections import Counter
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from console.common.fields import PairsField
from foundation.base.texts.canonical_names import canonical_address
from foundation.directory.upstream.models import Newcomers, UpstreamProvider
from idp.upstream.relying_party.discovery import discover
from idp.upstream.relying_party.errors import UpstreamAwayError, UpstreamError
from idp.upstream.taking_over import names_that_may_be_filled

STRENGTHS = ("1", "2", "3")


def _domains(typed: str) -> list[str]:
    """Return domains in the form that addresses have, each once."""
    words = typed.replace(",", " ").split()
    return list(dict.fromkeys(canonical_address(f"x@{word}").partition("@")[2] for word in words))


def _table(name: str) -> PairsField:
    column: Any = UpstreamProvider._meta.get_field(name)  # noqa: SLF001 - documented
    return PairsField(label=column.verbose_name, help_text=column.help_text, required=False)


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]
    """A provider, with its secret, which is written and never shown."""

    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    required = _table("required")
    taken = _table("taken")
    levels = _table("levels")

    class Meta:
        model = UpstreamProvider
        fields = ["name", "issuer", "client_id", "domains", "newcomers", "methods", "leads"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "secret" in self.fields:
            self.fields["secret"].help_text = (
                _("Sealed, and never shown. Without one it is a public client.")
                if self.instance._state.adding  # noqa: SLF001 - documented
                else _("Sealed, and never shown. Empty: as it is.")
            )

    def clean_domains(self) -> str:
        """Return the domains in one form."""
        return " ".join(_domains(self.cleaned_data["domains"]))

    def clean_leads(self) -> str:
        """Return the domains in one form; each leads to one provider."""
        domains = _domains(self.cleaned_data["leads"])
        others = UpstreamProvider.objects.exclude(pk=self.instance.pk)
        for other in others:
            for domain in set(domains) & set(other.leads.split()):
                said = gettext("%(domain)s leads to %(name)s already.")
                raise forms.ValidationError(said % {"domain": domain, "name": other.name})
        return " ".join(domains)

    def clean_taken(self) -> list[list[str]]:
        """Refuse what nothing here is called, and two claims for one field."""
        rows: list[list[str]] = self.cleaned_data["taken"]
        known = set(names_that_may_be_filled())
        for name, times in Counter(name for _claim, name in rows).items():
            if name not in known:
                said = gettext("Nothing that can be filled is called %(name)s. There are: %(all)s")
                names = ", ".join(sorted(known))
                raise forms.ValidationError(said % {"name": name, "all": names})
            if times > 1:
                raise forms.ValidationError(gettext("%(name)s is there twice.") % {"name": name})
        return rows

    def clean_levels(self) -> list[list[str]]:
        """Refuse a level that there is not, and two for one `acr`."""
        rows: list[list[str]] = self.cleaned_data["levels"]
        if unknown := [here for _acr, here in rows if here not in STRENGTHS]:
            said = gettext("There is no level %(name)s: it is 1, 2 or 3.")
            raise forms.ValidationError(said % {"name": unknown[0]})
        twice = [acr for acr, times in Counter(acr for acr, _here in rows).items() if times > 1]
        if twice:
            raise forms.ValidationError(gettext("%(name)s is there twice.") % {"name": twice[0]})
        return rows

    def clean_methods(self) -> str:
        """Return them in one form."""
        return " ".join(str(self.cleaned_data["methods"]).replace(",", " ").split())

    def clean(self) -> dict[str, Any]:
        """Ask the provider about itself, and take only what can be worked with."""
        cleaned = super().clean() or {}
        if cleaned.get("newcomers") == Newcomers.DOMAINS and not cleaned.get("domains"):
            self.add_error("domains", gettext("Name at least one."))
        if not self.errors:
            self._discover(cleaned.get("issuer") or self.instance.issuer)
        return cleaned

    def _discover(self, issuer: str) -> None:
        try:
            self.instance.metadata = discover(issuer)
        except UpstreamAwayError as error:
            said = gettext("It does not answer: %(why)s") % {"why": error}
            self.add_error(None, said)
        except UpstreamError as error:
            said = gettext("This provider cannot be used: %(why)s") % {"why": error}
            self.add_error(None, said)

    def save(self, commit: bool = True) -> UpstreamProvider:
        """Keep it, the secret sealed."""
        if secret := self.cleaned_data.get("secret"):
            self.instance.keep_secret(secret)
        provider: UpstreamProvider = super().save(commit)
        return provider
