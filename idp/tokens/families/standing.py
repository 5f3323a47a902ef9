"""A token family as one statement has read it: what holds of it now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from claims import subject as subjects
from claims.addresses import sharing
from claims.catalogue.assurance import is_within_reach, parted
from claims.catalogue.entitlement import entries_open_to
from claims.catalogue.scopes import CatalogueEntry
from claims.subject import Subject
from consent.grants.selectors import StandingGrant
from consent.grants.single_claims import released_singly
from foundation.directory.levels import satisfies
from foundation.directory.may_use import is_named
from foundation.directory.models import Client
from foundation.directory.models.ends import has_ended
from idp.tokens.issue import Authentication


@dataclass(frozen=True)
class FamilyStanding:
    """A family as it stands: its row, its grant, its person, all read in one statement."""

    rows: Sequence[Mapping[str, Any]]
    """One for each group of the person, alike in everything else."""
    prefix: str

    @property
    def row(self) -> Mapping[str, Any]:
        """The columns that all rows share."""
        return self.rows[0]

    @cached_property
    def grant(self) -> StandingGrant | None:
        """The grant behind the family."""
        return StandingGrant.from_row(self.row, "grant__")

    @property
    def has_person(self) -> bool:
        """Whether it speaks for a person, and not for a client that acts for itself."""
        return self.row["user"] is not None

    @property
    def username(self) -> str:
        """The person's, empty without one."""
        return self.row["user__username"] or ""

    @cached_property
    def subject(self) -> Subject | None:
        """The person as the grant lets them be seen; None when a client acts for itself."""
        if not self.has_person:
            return None
        address = self.grant.shared_email if self.grant else ""
        is_verified = bool(self.row["shared_email_stands"])
        return sharing(subjects.from_rows(self.rows, "user__"), address, is_verified=is_verified)

    def get(self, column: str) -> Any:
        """Return a column of the family."""
        return self.row[self.prefix + column]

    @property
    def version(self) -> int:
        """The version of the grant that was read; no grant has version 0."""
        return self.grant.version if self.grant else 0

    @property
    def withheld(self) -> frozenset[str]:
        """The claims that the person left out."""
        return self.grant.withheld if self.grant else frozenset()

    @property
    def authentication(self) -> Authentication:
        """The sign-in behind the family."""
        return Authentication(
            auth_time=self.row["auth_time"],
            acr=self.row["acr"],
            amr=tuple(self.row["amr"]),
            sid=self.row["sid"],
        )

    def single_claims(self, client: Client, now: datetime) -> frozenset[str]:
        """Return the names of claims that were asked for beside the scopes and are granted now.

        What the sign-in is too weak for is not among them. No statement.
        """
        asked = self.row["requested_claims"]
        if not asked or self.grant is None or self.grant.is_revoked:
            return frozenset()
        scopes = self.get("scope").split()
        found = released_singly(asked, client, scopes, self.grant.scopes, now)
        acr = self.row["acr"]
        return frozenset(entry.name for entry in found if is_within_reach(entry, acr))

    def issue_facts(self, details: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the members of an `Issue` that the family decides, with the token's details."""
        return {
            "subject": self.subject,
            "grant_id": self.grant.id if self.grant else None,
            "family": self.get("token_family"),
            "family_pk": self.get("pk"),
            "authentication": self.authentication,
            "requested_claims": self.row["requested_claims"],
            "withheld": self.withheld,
            "authorization_details": tuple(details),
        }

    def live_entries(
        self, asked: Iterable[str], client: Client, now: datetime
    ) -> tuple[CatalogueEntry, ...]:
        """Return what the grant holds now of the scopes asked for, in their order.

        What the sign-in behind the family is too weak for is not among them, nor what its client is
        not registered for any more.
        """
        held = self.grant.live_entries(now) if self.grant else {}
        granted = (held[name] for name in asked if name in held)
        within_reach, _ = parted(granted, self.row["acr"])
        return entries_open_to(client, within_reach)

    def is_alive_for(self, client: Client) -> bool:
        """Say whether the person is active and may use the client, and grant and family stand.

        The sign-in behind it is as strong as the client is kept to by now. A statement
        only for an application that is for some.
        """
        return (
            self.row["user__is_active"]
            and not has_ended(self.row["user__ends_at"])
            and self.grant is not None
            and not self.grant.is_revoked
            and self.get("revoked") is None
            and satisfies(self.row["acr"], client.minimum_acr)
            and (not client.is_for_some or is_named(client.pk, self.row["user"]))
        )
