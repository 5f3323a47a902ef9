"""What `races.py` races for: how an item is made, and how often it was used after all."""

import json
import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from claims.catalogue.details.defaults import QUERY
from consent.approvals.card.contents import shown_digest
from consent.approvals.models import Approval, ApprovalState, Approvers, Vote, VoteOutcome
from consent.approvals.use.outcome import enriched
from consent.models import ConsentRequest
from foundation.base.keys.ring import rotate_due_keys
from foundation.base.secrets import digest, matches
from foundation.directory.levels import ACR_ONE_FACTOR
from foundation.directory.models import User
from foundation.directory.sign_in import SignIn
from foundation.journal.models import Act, Kind as ActKind, MintedToken
from idp.authorize.issue import Granted, issue_code
from idp.authorize.request import AuthorizationRequest
from idp.authorize.stored.pushed import push
from idp.backchannel import services as backchannel
from idp.backchannel.request import BackchannelParameters
from idp.models import (
    AuthorizationCode,
    BackchannelRequest,
    PushedAuthorizationRequest,
    RefreshToken,
)
from idp.tasks import keep_history
from tests.approvals.asking import CONTEXT, Asking, make_rule
from tests.consent.asking import Asking as Consenting
from tests.factories import REDIRECT_URI, WAREHOUSE, make_client, make_person, make_resource_server
from tests.people import LOGIN
from tests.relying_party import CHALLENGE, PASSWORD, VERIFIER, basic

CIBA = "urn:openid:params:grant-type:ciba"
SCOPES = ("openid", "email", "roles", "offline_access")
AT_ONCE = 16
CSRF = "c" * 32
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SIGNED_IN = 120.0
"""Seconds after which somebody signs in anew: who votes has to have done so lately."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
YES, NO = VoteOutcome.APPROVE, VoteOutcome.DENY
Request = tuple[str, str, dict[str, str], str]


@dataclass(frozen=True)
class Item:
    """Sixteen requests that want the same thing, and how often it was used, given the answers."""

    requests: Sequence[Request]
    uses: Callable[[Sequence[Any]], int]


@dataclass(frozen=True)
class Kind:
    """One kind of thing that works once; `share` is its part of all attempts."""

    name: str
    share: int
    make: Callable[[], Item]
    settings: tuple[tuple[str, str], ...] = ()


class Stage:
    """The parties, written into the database, and what they race for."""

    def __init__(self) -> None:
        call_command("migrate", verbosity=0)
        rotate_due_keys()
        self.ada = make_person()
        self.client, secret = make_client(
            resources=(WAREHOUSE,),
            authorization_details_types=(QUERY,),
            scope=" ".join(SCOPES),
            grant_types=("authorization_code", "refresh_token", CIBA),
            backchannel_token_delivery_mode="poll",
        )
        self.basic = {"Authorization": basic(self.client.client_id, secret or "")}
        server, secret = make_resource_server()
        self.server_basic = {"Authorization": basic(server.client_id, secret or "")}
        self.grant = Consenting(self.ada, self.client).allow(SCOPES[1:], SCOPES[1:])
        self.asking = Asking(self.client, self.ada)
        self.voters = [
            make_person(username=name, attributes={"roles": ["one", "two"]})
            for name in ("bea", "cem", "dov")
        ]
        for role, needed in (("one", 1), ("two", 2)):
            make_rule(Approvers.ROLE, f"{role}.*", role=role, needed=needed)
        self._browsers: dict[Any, tuple[str, float]] = {}

    @property
    def where(self) -> str:
        """The database, and whether there is a Redis."""
        return f"{connection.vendor}{' and Redis' if os.environ.get('REDIS_URL') else ''}"

    @property
    def kinds(self) -> list[Kind]:
        """Everything that works once."""
        a, b, c = self.voters
        same, both, three = [(a, YES)], [(a, YES), (a, NO)], [(a, YES), (b, YES), (c, YES)]
        no_grace = (("REFRESH_GRACE", "0"),)
        return [
            Kind("code", 26, self.code),
            Kind("refresh", 18, lambda: self.refresh(is_repeated=True)),
            Kind("consume", 10, self.consume),
            Kind("mint", 5, self.mint),
            Kind("vote-same", 3, lambda: self.vote("one", same, ApprovalState.APPROVED, votes=1)),
            Kind("vote-yes-no", 3, lambda: self.vote("one", both, None, votes=1)),
            Kind(
                "vote-yes-no-two", 3, lambda: self.vote("one", [(a, YES), (b, NO)], None, votes=1)
            ),
            Kind(
                "vote-2-of-3", 3, lambda: self.vote("two", three, ApprovalState.APPROVED, votes=2)
            ),
            Kind("vote-alone", 3, lambda: self.vote("two", same, ApprovalState.PENDING, votes=1)),
            Kind("ciba", 7, self.ciba),
            Kind("pushed", 7, self.pushed),
            Kind("refresh-without-grace", 12, lambda: self.refresh(is_repeated=False), no_grace),
        ]

    # Codes and refresh tokens --------------------------------------------------------------------

    def code(self) -> Item:
        """Race for an authorization code."""
        code = self.new_code()
        before = newest(MintedToken)

        def uses(answers: Sequence[Any]) -> int:
            return agreed(won(answers), MintedToken.objects.filter(pk__gt=before).count())

        return Item([self.exchange_of(code)] * AT_ONCE, uses)

    def mint(self) -> Item:
        """Race for an authorization code with an approval in it."""
        approval = self.asking.approved()
        code = self.new_code(enriched(approval))

        def uses(answers: Sequence[Any]) -> int:
            return agreed(won(answers), acts_of(approval, ActKind.QUERY_MINTED))

        return Item([self.exchange_of(code)] * AT_ONCE, uses)

    def refresh(self, *, is_repeated: bool) -> Item:
        """Race for a refresh token; `is_repeated`: the same successor is given again."""
        family, token = self.new_family()
        before = newest(MintedToken)
        form = urlencode({"grant_type": "refresh_token", "refresh_token": token})

        def uses(answers: Sequence[Any]) -> int:
            given = [json.loads(a.body)["refresh_token"] for a in answers if a.status == 200]
            row = RefreshToken.objects.get(pk=family)
            noted = MintedToken.objects.filter(pk__gt=before).count()
            # Each that was given is noted, and is the one that is in force: there was one rotation.
            told = all(matches(each.partition(".")[2], row.token_checksum) for each in given)
            if not told or not len(given) == noted == row.rotations:
                return AT_ONCE
            return len(set(given)) if is_repeated else len(given)

        return Item([("POST", "/token", {**FORM, **self.basic}, form)] * AT_ONCE, uses)

    # Approvals -----------------------------------------------------------------------------------

    def consume(self) -> Item:
        """Race for a query token, as its resource server."""
        jti = secrets.token_hex(16)
        approval = self.asking.minted(jti)
        body = json.dumps({"jti": jti, "detail_digest": approval.detail_digest})
        headers = {"Content-Type": "application/json", **self.server_basic}

        def uses(answers: Sequence[Any]) -> int:
            refused = acts_of(approval, ActKind.QUERY_REPLAYED)
            used = acts_of(approval, ActKind.QUERY_CONSUMED)
            return agreed(won(answers), used) if refused + used == AT_ONCE else AT_ONCE

        path = f"/approvals/{approval.pk}/consume"
        return Item([("POST", path, headers, body)] * AT_ONCE, uses)

    def vote(
        self,
        table: str,
        ballots: Sequence[tuple[User, VoteOutcome]],
        end: ApprovalState | None,
        votes: int,
    ) -> Item:
        """Vote on a request; `end`: where it has to stand, None: where its one vote says."""
        approval = self.asking.lodge(f"{table}.t.c")
        shown = shown_digest(approval, "en")

        def uses(answers: Sequence[Any]) -> int:
            cast = list(Vote.objects.filter(approval=approval).values_list("outcome", flat=True))
            state = ApprovalState(
                Approval.objects.values_list("state", flat=True).get(pk=approval.pk)
            )
            expected = end or (ApprovalState.DENIED if NO in cast else ApprovalState.APPROVED)
            ends = acts_of(approval, ActKind.QUERY_APPROVED, ActKind.QUERY_DENIED)
            noted = acts_of(approval, ActKind.QUERY_VOTED)
            is_taken = all(answer.location == path for answer in answers)
            is_right = state == expected and len(cast) == noted == votes and is_taken
            return 1 if is_right and ends == (expected is not ApprovalState.PENDING) else AT_ONCE

        ballots = [ballots[number % len(ballots)] for number in range(AT_ONCE)]
        path = f"/approvals/{approval.pk}/"
        return Item([self._ballot(path, shown, *ballot) for ballot in ballots], uses)

    # Requests ------------------------------------------------------------------------------------

    def ciba(self) -> Item:
        """Race for an `auth_req_id` that its person has said yes to."""
        asked = AuthorizationRequest(scope="openid offline_access", login_hint="ada")
        form = [("scope", asked.scope), ("login_hint", asked.login_hint)]
        parameters = BackchannelParameters.parse(form, self.client.client_id)
        lodged = backchannel.lodge(parameters, self.client, context=CONTEXT)
        found = BackchannelRequest.objects.filter(reference=digest(lodged.auth_req_id))
        now = timezone.now()
        asked_of = found.values("consent_request")
        ConsentRequest.objects.filter(pk__in=asked_of).update(decided_at=now, grant=self.grant)
        found.update(auth_time=now, acr=ACR_ONE_FACTOR, amr=["pwd"], sid="sid")
        before = newest(RefreshToken)
        body = urlencode({"grant_type": CIBA, "auth_req_id": lodged.auth_req_id})

        def uses(answers: Sequence[Any]) -> int:
            return agreed(won(answers), RefreshToken.objects.filter(pk__gt=before).count())

        return Item([("POST", "/token", {**FORM, **self.basic}, body)] * AT_ONCE, uses)

    def pushed(self) -> Item:
        """Race for a `request_uri`, in sixteen tabs of one person's browser."""
        request = AuthorizationRequest(
            response_type="code", redirect_uri=REDIRECT_URI, scope=" ".join(SCOPES), state="s",
            nonce="n", code_challenge=CHALLENGE.decode(), code_challenge_method="S256",
        )  # fmt: skip
        request_uri, _ = push(request, self.client, now=timezone.now())
        before = newest(AuthorizationCode)
        query = urlencode({"client_id": self.client.client_id, "request_uri": request_uri})

        def uses(answers: Sequence[Any]) -> int:
            led = [a.location for a in answers if a.location.startswith(f"{REDIRECT_URI}?code=")]
            rows = PushedAuthorizationRequest.objects.filter(reference=digest(request_uri))
            if rows.filter(used_at=None).exists():
                return AT_ONCE
            return agreed(len(led), AuthorizationCode.objects.filter(pk__gt=before).count())

        headers = {"Cookie": self._cookies(self.ada), "User-Agent": FIREFOX}
        return Item([("GET", f"/authorize?{query}", headers, "")] * AT_ONCE, uses)

    # -----------------------------------------------------------------------------------------

    def new_code(self, *details: dict[str, Any]) -> str:
        """Return a code."""
        now = timezone.now()
        return issue_code(
            AuthorizationRequest(
                client_id=self.client.client_id, redirect_uri=REDIRECT_URI,
                code_challenge=CHALLENGE.decode(), code_challenge_method="S256",
            ),
            self.client,
            SignIn(self.ada, auth_time=now, acr=ACR_ONE_FACTOR, amr=("pwd",), sid="sid"),
            Granted(self.grant, SCOPES, details),
            now,
        )  # fmt: skip

    def exchange_of(self, code: str) -> Request:
        """Return what exchanges it."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        body = urlencode({**form, "code_verifier": VERIFIER})
        return "POST", "/token", {**FORM, **self.basic}, body

    def new_family(self) -> tuple[Any, str]:
        """Return a family and its first refresh token, as a code exchange leaves them."""
        now, handle, secret = timezone.now(), secrets.token_hex(16), secrets.token_urlsafe(32)
        family = RefreshToken.objects.create(
            user=self.ada, application=self.client, grant=self.grant, token="", handle=handle,
            token_checksum=digest(secret), redeemed_at=now, scope=" ".join(SCOPES),
            expires=now + timedelta(days=1), ends_at=now + timedelta(days=1), sid="sid",
            auth_time=now, acr=ACR_ONE_FACTOR, amr=["pwd"],
        )  # fmt: skip
        return family.pk, f"{handle}.{secret}"

    def _ballot(self, path: str, shown: str, person: User, outcome: VoteOutcome) -> Request:
        headers = {**FORM, "Cookie": self._cookies(person), "User-Agent": FIREFOX}
        form = {"outcome": outcome, "shown": shown, "note": "", "csrfmiddlewaretoken": CSRF}
        return "POST", path, headers, urlencode(form)

    def _cookies(self, person: User) -> str:
        """Return the cookies of a browser in which the person has signed in a moment ago."""
        cookies, made = self._browsers.get(person.pk, ("", 0.0))
        if not cookies or time.monotonic() - made > SIGNED_IN:
            cookies, made = cookies_of(person), time.monotonic()
            self._browsers[person.pk] = cookies, made
        return cookies


def cookies_of(person: User) -> str:
    """Return the cookies of a browser in which the person signs in, as the form lets them."""
    browser = Browser(headers={"User-Agent": FIREFOX, "Host": urlsplit(issuer()).netloc})
    browser.post(LOGIN, {"login": person.username, "password": PASSWORD})
    kept = {name: morsel.value for name, morsel in browser.cookies.items()}
    kept[settings.CSRF_COOKIE_NAME] = CSRF
    return "; ".join(f"{name}={value}" for name, value in kept.items())


def issuer() -> str:
    """Return the address of the provider."""
    return str(settings.SCOPEWARD.issuer)


def won(answers: Sequence[Any]) -> int:
    """Return how many were told that it was them."""
    return sum(answer.status == 200 for answer in answers)


def agreed(told: int, written: int) -> int:
    """Return how often it was used; as often as there are threads where not everybody says so."""
    return told if told == written else AT_ONCE


def newest(model: Any) -> int:
    """Return the highest key so far."""
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def acts_of(approval: Approval, *kinds: ActKind) -> int:
    """Return how many acts of these kinds the history has of an approval."""
    since = approval.created_at - timedelta(seconds=1)
    return Act.objects.filter(
        at__gte=since, kind__in=kinds, detail__approval=str(approval.pk)
    ).count()


def verify() -> None:
    """Let the history record and link what is left, and be verified; state included."""
    keep_history()
    call_command("verify_history", state=True)
