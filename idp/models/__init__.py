"""The provider's tables. django-oauth-toolkit's six models are swapped for ours here."""

from foundation.base.configuration.deciding import Deciding, declare_decisive
from idp.models.access_token import AccessToken, RevokedAccessToken
from idp.models.authorization_code import AuthorizationCode
from idp.models.authorization_request import StoredAuthorizationRequest
from idp.models.backchannel_request import BackchannelRequest
from idp.models.factor_rule import FactorRule, MetRule, Wanted, Whom
from idp.models.pushed_request import PushedAuthorizationRequest
from idp.models.refresh_token import RefreshToken
from idp.models.scim import ScimConnection, ScimGroup, ScimToken, ScimUser, Touches
from idp.models.sign_in_reset import SignInReset
from idp.models.without_table import DeviceGrant, IDToken

__all__ = [
    "AccessToken",
    "AuthorizationCode",
    "BackchannelRequest",
    "DeviceGrant",
    "FactorRule",
    "IDToken",
    "MetRule",
    "PushedAuthorizationRequest",
    "RefreshToken",
    "RevokedAccessToken",
    "ScimConnection",
    "ScimGroup",
    "ScimToken",
    "ScimUser",
    "SignInReset",
    "StoredAuthorizationRequest",
    "Touches",
    "Wanted",
    "Whom",
]

# What people are found and written to by when they sign in.
declare_decisive("account.emailaddress", Deciding(about="user", personal=("email",)))
