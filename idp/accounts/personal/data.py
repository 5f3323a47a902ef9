"""Everything that is kept of a person, as a download for them (GDPR Art. 15 and 20).

What is said of each table is said here, column by column; a table that is new says nothing until
it is named here, and a test asks for it. Never said: secrets, and keys of other people.
"""

import json
from collections.abc import Iterator, Mapping
from uuid import UUID

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View

from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.visitor import decision_context, person
from idp.accounts.factors.guarded import changing

PERSON = (
    "id username email email_verified name given_name middle_name family_name nickname profile"
    " picture website gender birthdate zoneinfo locale phone_number phone_number_verified address"
    " external_id title user_type is_active ends_at is_staff is_superuser date_joined"
    " last_login updated_at"
)
SAID: Mapping[str, tuple[str, str]] = {
    "directory.User": ("pk", PERSON),
    "directory.GroupMembership": ("user", "group__name ends_at"),
    "directory.User_user_permissions": ("user", "permission__codename"),
    "account.EmailAddress": ("user", "email verified primary"),
    "claims.PersonAttributes": ("person", "values"),
    "mfa.Authenticator": ("user", "type created_at last_used_at"),
    "factors.RecoveryCode": ("user", "made_at"),
    "factors.RememberedDevice": ("person", "browser system proved_at last_used_at expires_at"),
    "usersessions.UserSession": ("user", "created_at last_seen_at ip user_agent"),
    "directory.SignInRecord": (
        "user",
        "at occasion network browser system score parts is_trusted has_ended_session disowned_at",
    ),
    "directory.Invitation": ("person", "email made_at expires_at used_at revoked_at"),
    "directory.Client_only_people": ("user", "client__name"),
    "directory.Client": ("user", "name client_id created"),
    "sources.ProvidedPerson": ("person", "source key place gives gone_at"),
    "sources.DirectoryRun": ("asked_by", "directory__title is_dry state asked_at ended_at"),
    "idp.ScimUser": (
        "person",
        "connection__name user_name external_id document version created_at",
    ),
    "idp.MetRule": ("person", "rule wants at"),
    "idp.SignInReset": ("person", "reason email asked_at takes_effect_at stopped_at done_at"),
    "upstream.UpstreamAccount": ("user", "provider__name sub called connected_at last_used_at"),
    "catalogue.DataOwner": ("person", "resource_server pattern"),
    "consent.Grant": (
        "user",
        (
            "id client__name scopes withheld_claims shared_email authorization_details created_at"
            " updated_at revoked_at"
        ),
    ),
    "consent.ScopeDecision": (
        "user",
        (
            "client__name scope outcome decided_at expires_at withheld_claims shared_email locale"
            " acr address user_agent"
        ),
    ),
    "consent.ConsentRequest": (
        "user",
        (
            "client__name scopes authorization_details binding_message created_at expires_at"
            " decided_at"
        ),
    ),
    "idp.RefreshToken": ("user", "application__name scope created rotated_at expires revoked"),
    "idp.BackchannelRequest": ("user", "client__name created_at expires_at used_at"),
    "approvals.Approval": (
        "requester",
        (
            "id client__name type canonical state reason note justification is_break_glass"
            " created_at decided_at consumed_at address user_agent"
        ),
    ),
    "approvals.Vote": ("voter", "approval outcome note acr address voted_at"),
    "approvals.Delegation": ("from_person", "starts_at ends_at"),
    "approvals.Notice": ("person", "event state created_at sent_at"),
    "journal.PersonalPart": (
        "person",
        (
            "act__at act__kind act__actor act__client__name act__scope act__detail address"
            " user_agent reason shown shared_email"
        ),
    ),
}
"""Of each table the column that names the person, and what is said of their rows."""
UNSAID: Mapping[str, str] = {
    "idp.AccessToken": "lasts minutes; its family is said",
    "idp.AuthorizationCode": "lasts a minute; its family is said",
    "approvals.ApprovalRule_people": "a rule of the house",
    "policy.PolicyVersion": "work for the house; its acts are said",
    "directory.PeopleImport": "work for the house; whom it made is said in acts",
    "admin.LogEntry": "empty: the journal has every change",
}
"""Tables that know people and say nothing here, and why."""


def own_data(person_pk: UUID) -> Iterator[str]:
    """Yield everything that is kept of somebody as JSON: an object with a list for each table.

    Rows are read a thousand at a time; memory does not grow with them.
    """
    yield "{"
    for number, (label, (whose, columns)) in enumerate(SAID.items()):
        yield f"{',' if number else ''}\n{json.dumps(label)}: ["
        rows = apps.get_model(label)._base_manager.filter(**{whose: person_pk})  # noqa: SLF001
        said = rows.order_by("pk").values(*columns.split())
        for place, row in enumerate(said.iterator(chunk_size=1_000)):
            yield f"{',' if place else ''}\n  {json.dumps(row, cls=DjangoJSONEncoder)}"
        yield "]"
    yield "}\n"


@changing
@method_decorator(login_required, name="dispatch")
class OwnDataView(View):
    """The page that says what is in it, and the file; both after confirming who it is."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Offer it."""
        return render(request, "account/own_data.html")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Send it, and record that before the first row leaves."""
        context = decision_context(request)
        entry = Entry(
            kind=Kind.EXPORTED,
            actor=Actor.PERSON,
            person=person(request).pk,
            locale=context.locale,
            address=context.address or "",
            user_agent=context.user_agent,
            detail={"format": "json", "what": "own data"},
        )
        record([entry])
        answer = StreamingHttpResponse(
            own_data(person(request).pk), content_type="application/json"
        )
        answer["Content-Disposition"] = 'attachment; filename="own-data.json"'
        return answer
