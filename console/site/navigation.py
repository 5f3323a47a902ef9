"""The sections of the admin: the sidebar and the start page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from claims.catalogue.models import AuthorizationDetailsType, DataOwner, Scope, SensitivityLabel
from claims.models import Attribute, ClaimMapping
from consent.approvals.models import Approval, ApprovalRule, Delegation, WebhookEndpoint
from consent.models import Grant, ScopeDecision
from console.common.pages import SitePage
from console.figures.page import FIGURES
from console.house.mails import MAILS
from console.house.page import HOUSE
from console.identity.lives.importing import IMPORTING
from console.preview.page import PREVIEW
from console.records.changes import CHANGES
from console.records.decision_pages import DECISIONS, DENIALS
from console.records.history import HISTORY
from foundation.base.models import SigningKey
from foundation.directory.models import (
    Client,
    Invitation,
    RiskThreshold,
    RiskWeight,
    SignInLevel,
    User,
)
from foundation.directory.sources.models import LdapDirectory
from foundation.directory.upstream.models import UpstreamProvider
from idp.models import FactorRule, ScimConnection, ScimToken, SignInReset
from policy.models import PolicyCase, PolicySet, PolicyVersion


@dataclass(frozen=True)
class MenuPlace:
    """One line of a section: the list of a model, or a page of its own."""

    target: type[Model] | SitePage
    icon: str
    """A Material symbol."""
    title: Any = ""
    """Where the model itself has a name in no language but English, or not ours."""


@dataclass(frozen=True)
class Section:
    """Places that belong together."""

    title: Any
    sentence: Any
    places: tuple[MenuPlace, ...]


SECTIONS = (
    Section(
        _("People"),
        _("Who signs in, and what is recorded of them."),
        (
            MenuPlace(User, "person"),
            MenuPlace(Group, "groups"),
            MenuPlace(Invitation, "forward_to_inbox"),
            MenuPlace(IMPORTING, "upload_file"),
            MenuPlace(FactorRule, "passkey"),
            MenuPlace(SignInReset, "lock_reset"),
            MenuPlace(EmailAddress, "mail", _("E-mail addresses")),
            MenuPlace(UserSession, "devices", _("Sessions")),
            MenuPlace(SignInLevel, "stairs"),
            MenuPlace(LdapDirectory, "account_tree"),
            MenuPlace(UpstreamProvider, "login"),
            MenuPlace(ScimConnection, "sync_alt"),
            MenuPlace(ScimToken, "key"),
        ),
    ),
    Section(
        _("Risk"),
        _("What makes a sign-in unusual, and what that leads to."),
        (MenuPlace(RiskWeight, "balance"), MenuPlace(RiskThreshold, "shield_lock")),
    ),
    Section(
        _("Applications"),
        _("Who asks for tokens, and what the tokens would contain."),
        (MenuPlace(Client, "apps"), MenuPlace(PREVIEW, "data_object")),
    ),
    Section(
        _("Scopes & claims"),
        _("What can be asked for, and which facts it releases."),
        (
            MenuPlace(Scope, "checklist"),
            MenuPlace(AuthorizationDetailsType, "rule_settings"),
            MenuPlace(Attribute, "label"),
            MenuPlace(ClaimMapping, "conversion_path"),
        ),
    ),
    Section(
        _("Consent"),
        _("What people have allowed and refused."),
        (
            MenuPlace(Grant, "handshake"),
            MenuPlace(ScopeDecision, "rule"),
            MenuPlace(FIGURES, "bar_chart"),
        ),
    ),
    Section(
        _("Approvals"),
        _("Who has to agree to single requests, and what became of them."),
        (
            MenuPlace(Approval, "task_alt"),
            MenuPlace(ApprovalRule, "gavel"),
            MenuPlace(DataOwner, "badge"),
            MenuPlace(SensitivityLabel, "shield"),
            MenuPlace(Delegation, "swap_horiz"),
            MenuPlace(WebhookEndpoint, "webhook"),
        ),
    ),
    Section(
        _("Policy"),
        _("What decides on every call, and what a change would do."),
        (
            MenuPlace(PolicySet, "policy"),
            MenuPlace(PolicyVersion, "difference"),
            MenuPlace(PolicyCase, "fact_check"),
            MenuPlace(DECISIONS, "policy_alert"),
            MenuPlace(DENIALS, "bar_chart"),
        ),
    ),
    Section(
        _("Journal"),
        _("Who did what, and whether anybody has touched the record of it."),
        (MenuPlace(HISTORY, "history"), MenuPlace(CHANGES, "manage_history")),
    ),
    Section(
        _("House"),
        _("What this installation is called, what it looks like, what its mails say."),
        (MenuPlace(HOUSE, "storefront"), MenuPlace(MAILS, "drafts")),
    ),
    Section(
        _("Keys"),
        _("What tokens are signed with."),
        (MenuPlace(SigningKey, "key"),),
    ),
)
"""The sidebar and the start page. Every page is in one section, once."""


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar: of every section the places that the person may see."""
    sections = [
        {
            "title": section.title,
            "sentence": section.sentence,
            "items": list(_items(request, section.places)),
        }
        for section in SECTIONS
    ]
    items = [item for section in sections for item in section["items"]]
    around = [item["link"] for item in items if request.path.startswith(item["link"])]
    here = max(around, key=len, default=None)  # a page below another is not that other one
    for item in items:
        item["active"] = item["link"] == here
    return [section for section in sections if section["items"]]


def _items(request: HttpRequest, places: tuple[MenuPlace, ...]) -> Iterator[dict[str, Any]]:
    for place in places:
        if (found := _found(request, place)) is not None:
            title, link = found
            yield {"title": title, "link": link, "icon": place.icon}


def _found(request: HttpRequest, place: MenuPlace) -> tuple[Any, str] | None:
    """Return title and address; None for who may not see it."""
    if isinstance(place.target, SitePage):
        page = place.target
        return (place.title or page.title, page.address) if page.may_see(request) else None
    listed: Any = admin.site.get_model_admin(place.target)
    if not listed.has_view_permission(request):
        return None
    title = place.title or capfirst(place.target._meta.verbose_name_plural)  # noqa: SLF001
    return title, listed.address("changelist")
