"""People: sign-in, standard claims, attributes, groups."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.common.endings import EndsTokensAdmin
from console.identity.attributes import PersonAttributesInline
from console.identity.factors import ShowsFactors
from console.identity.finding_people import FindsPeople
from console.identity.inviting import InvitesPeople
from console.identity.lives.ends import ENDS, EndsPeople
from console.identity.lives.offboarding import GOING, LetsPeopleGo
from console.identity.lives.resetting import ResetsSignIns
from console.identity.password_links import MailsPasswordLinks
from console.identity.person_forms import PersonCreationForm, PersonForm
from console.identity.risk import ShowsSignIns
from console.identity.signing_out import SignsOut
from console.records.onward import LeadsOn
from foundation.directory.models import User
from foundation.journal.models import Act
from foundation.journal.visitor import administrator_context
from idp.accounts.administration import record_email
from idp.accounts.authority import may_act_on
from idp.accounts.by_others import Credential, note_set_by_another
from idp.accounts.invitations.services import invite

STATES = ("password_state", "sessions_state", "reset_state")
POWERS = ("member_of", "is_staff", "is_superuser", "user_permissions")


@admin.register(User)
class PersonAdmin(  # type: ignore[misc]
    FindsPeople,
    ShowsFactors,
    ShowsSignIns,
    LeadsOn,
    MailsPasswordLinks,
    InvitesPeople,
    EndsPeople,
    LetsPeopleGo,
    SignsOut,
    ResetsSignIns,
    UserAdmin,  # type: ignore[type-arg]
    EndsTokensAdmin,
):
    """People. Deleting one deletes applications of theirs, so it counts as configuration."""

    column_of_family = "user"
    parameter_of_row = "person"
    filter_of_grants = "user__id__exact"
    form = PersonForm
    add_form = PersonCreationForm
    inlines = [PersonAttributesInline]
    list_display = ["who", "username", "group_names", "active", "power", "last_login"]
    ordering = ["username"]
    list_per_page = 25
    actions = ["invite", "set_ends", "let_go"]
    pages = (ENDS, GOING)
    filter_horizontal = ["user_permissions"]
    readonly_fields = [
        "password_state",
        "sessions_state",
        "reset_state",
        "id",
        "last_login",
        "date_joined",
        "updated_at",
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "email", "application"]}),
    ]
    fieldsets = [
        (
            _("Sign-in"),
            {
                "fields": [("username", "is_active"), ("email", "email_verified"), STATES],
            },
        ),
        (
            _("Name"),
            {
                "classes": ["tab"],
                "fields": [
                    "name",
                    ("given_name", "family_name"),
                    ("middle_name", "nickname"),
                    ("title", "user_type"),
                ],
            },
        ),
        (
            _("About"),
            {
                "classes": ["tab"],
                "fields": [
                    ("birthdate", "gender"),
                    ("locale", "zoneinfo"),
                    ("profile", "website"),
                    "picture",
                ],
            },
        ),
        (
            _("Phone and address"),
            {
                "classes": ["tab"],
                "fields": [
                    ("phone_number", "phone_number_verified"),
                    "address_street_address",
                    ("address_postal_code", "address_locality"),
                    ("address_region", "address_country"),
                    "address_formatted",
                ],
            },
        ),
        (
            _("Groups and administration"),
            {"classes": ["tab"], "fields": list(POWERS)},
        ),
        (
            _("Record"),
            {
                "classes": ["tab"],
                "fields": ["id", "external_id", "date_joined", "last_login", "updated_at"],
            },
        ),
    ]

    def acts_of(self, obj: User) -> QuerySet[Act]:
        """Return everything about the person, their consents too."""
        return Act.objects.filter(personal__person=obj.pk).order_by("-at", "-id")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Fetch the groups along."""
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Fetch the content type of each permission along: it is part of its name."""
        if db_field.name == "user_permissions":
            kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        """Record attributes of people who exist."""
        return self.inlines if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only a superuser gives anybody power over this provider."""
        powers = [] if request.user.is_superuser else POWERS
        return [*self.readonly_fields, *powers]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody changes people who may do more than they."""
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody deletes people who may do more than they."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and _may_touch(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save, and keep the address that people sign in with in step."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            before = form.initial.get("email") or ""
            if {"email", "email_verified"} & set(form.changed_data):
                record_email(obj, replaces=before)
            if not change:
                invited_to = form.cleaned_data["application"]
                invite(obj, administrator_context(request), timezone.now(), application=invited_to)
            elif "email" in form.changed_data and obj.pk != request.user.pk:
                context = administrator_context(request)
                note_set_by_another(obj, Credential.ADDRESS, context, replaced=before)


def _may_touch(request: HttpRequest, person: User | None) -> bool:
    return not isinstance(person, User) or may_act_on(cast("User", request.user), person)
