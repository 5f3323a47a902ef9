"""Synchronisations of a directory: asked for here, looked at, and what would be taken away."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _, gettext_lazy as later

from console.common.act_entries import FieldEntry
from console.common.confirmation import Confirmation, ask
from console.common.pages import render
from foundation.directory.models import User
from foundation.directory.sources.models import OPEN, DirectoryRun, LdapDirectory, RunState
from idp.accounts.ldap.runs import AtItAlreadyError, SeenToGo, ask_for
from idp.accounts.provisioning.facts import ATTRIBUTE

MOST_RUNS = 10
COUNTS = {
    "made": later("People made"),
    "changed": later("People changed"),
    "refused": later("People refused"),
    "gone": later("People gone"),
    "same": later("People as they were"),
    "without key": later("Entries without a key"),
    "joined": later("Memberships begun"),
    "left": later("Memberships ended"),
    "kept": later("Memberships kept until somebody has looked"),
    "groups made": later("Groups made"),
    "groups changed": later("Groups renamed"),
    "groups refused": later("Groups refused"),
    "groups same": later("Groups as they were"),
    "groups without key": later("Groups without a key"),
}
BECAME = {
    "made": (later("Made"), "good"),
    "changed": (later("Changed"), "wait"),
    "refused": (later("Refused"), "bad"),
    "gone": (later("Gone"), "bad"),
    "same": (later("As it was"), ""),
}
STATES = {
    RunState.DONE: "good",
    RunState.STOPPED: "bad",
    RunState.FAILED: "bad",
    RunState.RUNNING: "wait",
    RunState.WANTED: "wait",
}
PAGES = {"person": "admin:directory_user_change", "group": "admin:auth_group_change"}


@dataclass(frozen=True)
class FoundDifference:
    """What became of one person or group, or would."""

    name: str
    address: str
    became: Any
    look: str
    fields: list[FieldEntry]
    complaints: list[str]


def runs_page(admin: Any, request: HttpRequest, directory: LdapDirectory) -> HttpResponse:
    """Show the last runs and what one of them found; take the wish for another."""
    here = admin.address("synchronisation", directory.pk)
    if request.method == "POST":
        return _ask_for(request, directory, here)
    if request.GET.get("let_go"):
        run = _run_of(directory, request.GET["let_go"])
        return ask(request, _question(run, here))
    runs = list(directory.runs.order_by("-asked_at").select_related("asked_by")[:MOST_RUNS])
    chosen = request.GET.get("run")
    shown = _run_of(directory, chosen) if chosen else next(iter(runs), None)
    context = {
        "directory": directory,
        "here": here,
        "runs": [(each, STATES[RunState(each.state)]) for each in runs],
        "shown": shown,
        "is_open": any(each.state in OPEN for each in runs),
        "counts": _counts(shown),
        "differences": [_difference(each) for each in shown.differences] if shown else [],
        "may_let_go": shown is not None and directory.is_on and _is_stopped(shown),
    }
    title = _("Synchronisation")
    return render(request, "admin/directory_runs.html", context, title=title, about=directory)


def _ask_for(request: HttpRequest, directory: LdapDirectory, here: str) -> HttpResponse:
    what, seen = request.POST.get("what"), SeenToGo()
    if what == "let_go":
        counts = _run_of(directory, request.POST.get("run", "")).counts
        seen = SeenToGo(counts.get("gone", 0), counts.get("kept", 0))
    is_dry = what == "dry"
    if not is_dry and not directory.is_on:
        messages.error(request, _("The directory is switched off: only a dry run can be made."))
        return redirect(here)
    try:
        ask_for(directory, is_dry=is_dry, seen=seen, asked_by=cast("User", request.user))
    except AtItAlreadyError:
        messages.warning(request, _("One is waiting or at work already."))
    else:
        messages.success(request, _("It begins within some seconds."))
    return redirect(here)


def _question(run: DirectoryRun, here: str) -> Confirmation:
    gone, kept = run.counts.get("gone", 0), run.counts.get("kept", 0)
    return Confirmation(
        title=_("Let go"),
        question=_("End the access of %(gone)s people and %(kept)s memberships?")
        % {"gone": gone, "kept": kept},
        sentences=[
            _("The directory is read once more. When more are gone by then, it stops again."),
            _("Sessions and tokens end at once. Who comes back there is let in again."),
        ],
        yes=_("Let go"),
        back=here,
        about=run.directory,
        hidden=[("what", "let_go"), ("run", str(run.pk))],
    )


def _is_stopped(run: DirectoryRun) -> bool:
    return run.state == RunState.STOPPED


def _run_of(directory: LdapDirectory, key: str) -> DirectoryRun:
    """Return one of the directory's own."""
    try:
        run: DirectoryRun = directory.runs.select_related("directory").get(pk=UUID(key))
    except (ValueError, DirectoryRun.DoesNotExist) as error:
        raise Http404 from error
    return run


def _counts(run: DirectoryRun | None) -> list[tuple[Any, int]]:
    counts = run.counts if run is not None else {}
    return [(label, counts[name]) for name, label in COUNTS.items() if counts.get(name)]


def _difference(said: dict[str, Any]) -> FoundDifference:
    became, look = BECAME[said["became"]]
    fields = [
        FieldEntry(_title(column), _text(before), _text(after))
        for column, (before, after) in said["differences"].items()
    ]
    return FoundDifference(said["name"], _address(said), became, look, fields, said["complaints"])


def _address(said: dict[str, Any]) -> str:
    """Return where it is shown; who a dry run has not made is nowhere."""
    is_here = said["key"] and said["became"] != "made"
    try:
        return reverse(PAGES[said["kind"]], args=[said["key"]]) if is_here else ""
    except NoReverseMatch:
        return ""


def _title(column: str) -> str:
    try:
        field: Any = User._meta.get_field(column)  # noqa: SLF001 - documented
        return str(field.verbose_name)
    except FieldDoesNotExist:
        return column.removeprefix(ATTRIBUTE)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
