"""What the protocol keeps for a while."""

from consent.models import ConsentRequest
from foundation.journal.models import DenyListEntry
from idp.models import (
    AccessToken,
    AuthorizationCode,
    BackchannelRequest,
    PushedAuthorizationRequest,
    RefreshToken,
    RevokedAccessToken,
    StoredAuthorizationRequest,
)
from tests.growth.expressions import Size, ago, around, client_of_grant, grant, person_of_grant
from tests.growth.loading import insert

TABLES = (
    RefreshToken,
    AuthorizationCode,
    AccessToken,
    ConsentRequest,
    StoredAuthorizationRequest,
    PushedAuthorizationRequest,
    BackchannelRequest,
    RevokedAccessToken,
    DenyListEntry,
)
"""What is filled here."""


def make_tokens(size: Size, clients: list[int]) -> None:
    """Make families, codes, opaque tokens, and what was revoked."""
    whose = {
        "user_id": person_of_grant("n"),
        "application_id": client_of_grant("n", clients),
        "grant_id": grant("n"),
        "scope": "'openid profile'",
        "created": ago(60),
        "updated": ago(30),
    }
    families = size.grants
    insert(
        RefreshToken,
        families,
        **whose,
        token_family="md5('family' || n)::uuid",
        handle="md5('handle' || n)",
        token="''",
        token_checksum="md5('token' || n)",
        expires=around(10, 40),
        ends_at=around(10, 90),
        revoked=f"CASE WHEN mod(n, 9) = 0 THEN {ago(20)} END",
        redeemed_at=ago(60),
        sid="md5('sid' || n)",
    )
    insert(
        AccessToken,
        families,
        **whose,
        family_id="n",
        token="''",
        token_checksum="md5('access' || n)",
        jti="md5('jti' || n)",
        expires=around(1, 1),
    )
    insert(
        AuthorizationCode,
        size.of(300_000),
        **whose,
        family_id="n",
        code="md5('code' || n)",
        expires=around(3, 0.01),
        redirect_uri="'https://app.example.com/callback'",
    )
    insert(
        RevokedAccessToken,
        size.of(50_000),
        jti="md5('revoked' || n)",
        expires_at=around(0.1, 0.1),
        revoked_at=ago(1),
    )
    insert(
        DenyListEntry,
        size.of(50_000),
        kind="'tokens'",
        value="jsonb_build_object('jti', md5('jti' || n))",
        expires_at=around(0.1, 0.004),
    )


def make_requests(size: Size, clients: list[int]) -> None:
    """Make requests that wait, or have waited."""
    whose = {"user_id": person_of_grant("n"), "client_id": client_of_grant("n", clients)}
    insert(
        ConsentRequest,
        size.of(1_000_000),
        **whose,
        id="md5('consent' || n)::uuid",
        scopes="'[\"openid\"]'::jsonb",
        return_to="'/'",
        created_at=ago(30),
        expires_at=around(30, 0.02),
    )
    client = {"client_id": whose["client_id"]}
    insert(
        PushedAuthorizationRequest,
        size.of(300_000),
        **client,
        reference="md5('pushed' || n)",
        parameters="'{}'::jsonb",
        expires_at=around(3, 0.001),
    )
    insert(
        StoredAuthorizationRequest,
        size.of(300_000),
        **client,
        id="md5('stored' || n)::uuid",
        parameters="'{}'::jsonb",
        browser_digest="md5('browser' || n)",
        created_at=ago(1),
        expires_at=around(1, 0.02),
        pushed_request_id="CASE WHEN mod(n, 2) = 0 THEN n END",
    )
    insert(
        BackchannelRequest,
        size.of(100_000),
        **whose,
        id="md5('backchannel' || n)::uuid",
        reference="md5('auth_req' || n)",
        parameters="'{}'::jsonb",
        created_at=ago(3),
        expires_at=around(3, 0.003),
        interval="5",
        next_poll_at=ago(3),
    )
