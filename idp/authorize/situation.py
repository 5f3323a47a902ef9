"""One authorization request at one moment: who is there, and what they did since it arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from consent.grants.selectors import any_standing
from foundation.directory.may_use import may_use
from foundation.directory.models import Client
from foundation.directory.sign_in import SignIn
from idp.authorize.request import AuthorizationRequest
from idp.enforcement.owed import Owed

if TYPE_CHECKING:
    from consent.models import Grant


@dataclass(frozen=True)
class Situation:
    """One request at one moment: who is there, and what they did since it arrived."""

    request: AuthorizationRequest
    client: Client
    sign_in: SignIn | None
    now: datetime
    arrived_at: datetime
    address: str | None = None  # where the browser is; None: unknown
    owed: Owed | None = None
    """What the session has to be before any of it is told of."""
    counts_since: datetime | None = None
    """What was proved before is not told of; None: all of the session is."""
    account_chosen: bool = False
    has_declined: bool = False  # the person will not confirm more of who they are
    consented: bool = False  # the person has answered the consent request that this one opened
    decided_grant: UUID | None = None  # the key of what that answer began or changed
    approved_details: tuple[Mapping[str, Any], ...] = ()
    """What everybody who had to agree has approved of the authorization details."""
    waiting_at: str = ""
    """The page where the person waits for others to agree; empty: nobody is awaited."""
    why_nothing_is_left: str = ""
    """What the application is told when none of its details was approved."""
    pushed_pk: int | None = None  # of the pushed request that this one came as

    @cached_property
    def standing(self) -> "Grant | None":
        """A grant that stands between the two, the ordinary one before any other. One statement."""
        person = self.sign_in.user if self.sign_in else None
        return any_standing(person.pk, self.client.pk) if person else None

    @property
    def ordinary_grant(self) -> "Grant | None":
        """The ordinary grant that stands between the two."""
        return None if self.standing is None or self.standing.separate else self.standing

    @property
    def is_for_others(self) -> bool:
        """The application is for some, and who is signed in is none of them. One statement then."""
        return self.sign_in is not None and not may_use(self.client, self.sign_in.user.pk)

    @property
    def signed_in_since(self) -> bool:
        """The person signed in after the request arrived."""
        return self.sign_in is not None and self.sign_in.auth_time >= self.arrived_at
