"""Importing people from a CSV file: uploaded, mapped, tried, then written."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from claims.attributes import definitions
from console.common.pages import SitePage
from foundation.directory.models import PeopleImport, User
from foundation.directory.models.imports import ImportState
from foundation.journal.visitor import person as person_at
from idp.accounts.lives.importing import MAY_IMPORT, begin
from idp.accounts.lives.reading_csv import MOST_BYTES, UnreadableFileError, take_file, targets
from idp.accounts.provisioning.facts import ATTRIBUTE, Became

IMPORTING = SitePage("import_people", _("Import people"), MAY_IMPORT)
ROWS = 100
"""On a page."""
RELOADED_AFTER = "2"
"""Seconds, while the task is at work."""
RESULTS = {
    Became.REFUSED.value: _("Refused"),
    Became.CHANGED.value: _("Changed"),
    Became.MADE.value: _("New"),
    Became.SAME.value: _("As they are"),
}


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("UTF-8, with names of columns in the first row; at most 20,000 rows, 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext("The file is larger than 10 MB."))
        return file


class MappingForm(forms.Form):
    """What each column of the file means."""

    def __init__(self, *args: Any, made: PeopleImport, attributes: list[str], **options: Any):
        super().__init__(*args, **options)
        self.made = made
        meant = {place: name for name, place in made.mapping.items()}
        choices = [("", "–"), *((name, _title(name)) for name in targets(attributes))]
        for place, heading in enumerate(made.headings):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading or str(place + 1),
                choices=choices,
                required=False,
                initial=meant.get(place, ""),
                widget=UnfoldAdminSelectWidget(),
            )
        self.fields["invites"] = forms.BooleanField(
            label=_("Invite who is new by mail"),
            required=False,
            initial=made.invites,
            widget=UnfoldBooleanWidget(),
        )

    def clean(self) -> dict[str, Any]:
        """Demand a user name, and that nothing is meant twice."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        places = [place for place in range(len(self.made.headings)) if said.get(f"column-{place}")]
        mapping = {said[f"column-{place}"]: place for place in places}
        if "username" not in mapping:
            raise forms.ValidationError(gettext("Which column is the user name?"))
        if len(mapping) < len(places):
            raise forms.ValidationError(gettext("Two columns mean the same."))
        said["mapping"] = mapping
        return said


@IMPORTING.at()
def imports(request: HttpRequest) -> HttpResponse:
    """Take a file, and list those that were taken."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = take_file(file, file.name, person_at(request), timezone.now())
        except UnreadableFileError as error:
            form.add_error("file", str(error))
        else:
            return redirect("admin:import_of_people", made.pk)
    rows = PeopleImport.objects.select_related("made_by").order_by("-made_at")[:ROWS]
    return IMPORTING.render(request, "admin/import_people.html", {"form": form, "imports": rows})


@IMPORTING.at("<uuid:key>/", name="import_of_people")
def one_import(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one file: what its columns mean, how far it is, and what became of its rows."""
    made = PeopleImport.objects.filter(pk=key).first()
    if made is None:
        raise Http404
    form = MappingForm(request.POST or None, made=made, attributes=_attributes(request))
    if request.method == "POST" and _acts(request, made, form):
        return redirect("admin:import_of_people", made.pk)
    answer: HttpResponse = IMPORTING.render(
        request, "admin/import_of_people.html", _context(request, made, form), title=made.title
    )
    if made.is_at_work:
        answer["Refresh"] = RELOADED_AFTER
    return answer


def _acts(request: HttpRequest, made: PeopleImport, form: MappingForm) -> bool:
    """Begin what was asked for; False when the form says what is wrong."""
    me: User = person_at(request)
    if "write" in request.POST:
        if not begin(made, ImportState.WRITING, made_by=me):
            messages.error(request, gettext("It has to be tried first."))
        return True
    if not form.is_valid():
        return False
    said = form.cleaned_data
    columns = {"mapping": said["mapping"], "invites": said["invites"], "made_by": me}
    if not begin(made, ImportState.TRYING, **columns):
        messages.error(request, gettext("It is at work, or done."))
    return True


def _attributes(request: HttpRequest) -> list[str]:
    """Return the attributes that may be imported: they can give power."""
    may = request.user.has_perm("claims.change_personattributes")
    return sorted(definitions()) if may else []


def _context(request: HttpRequest, made: PeopleImport, form: MappingForm) -> dict[str, Any]:
    shown = request.GET.get("show", "")
    after = request.GET.get("after", "")
    rows = made.rows.filter(number__gt=int(after) if after.isdecimal() and len(after) < 9 else 0)
    rows = rows.filter(became=shown) if shown in RESULTS else rows.exclude(became="")
    page = list(rows.order_by("number")[: ROWS + 1])
    return {
        "made": made,
        "form": form,
        "may_try": made.state in {ImportState.READ, ImportState.TRIED},
        "may_write": made.state == ImportState.TRIED,
        "counts": [(name, title, made.counts.get(name, 0)) for name, title in RESULTS.items()],
        "rows": [(row, RESULTS.get(row.became, "")) for row in page[:ROWS]],
        "shown": shown,
        "next": page[ROWS - 1].number if len(page) > ROWS else None,
    }


def _title(name: str) -> str:
    if name.startswith(ATTRIBUTE):
        known = definitions().get(name.removeprefix(ATTRIBUTE))
        return known.title if known else name
    column: Any = User._meta.get_field(name)  # noqa: SLF001 - documented
    return str(column.verbose_name)
