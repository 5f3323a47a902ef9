"""What is served: schemas, resource types, capabilities (RFC 7644 §4)."""

from functools import cache
from typing import Annotated, Any, ClassVar

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    EnterpriseUser,
    ETag,
    Filter,
    Group as CoreGroup,
    GroupMember,
    Mutability,
    Pagination,
    Patch,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)

from idp.scim.limits import BULK_OPERATIONS, LONGEST_BODY, MOST_EVALUATED, PAGE, PAGE_AT_MOST

Person = User[EnterpriseUser]
"""With the enterprise extension (RFC 7643 §4.3)."""


class Member(GroupMember):
    """A member. How they are called is said of them, not of each group."""

    display: Annotated[str | None, Mutability.read_only] = None


class GroupResource(CoreGroup):
    """RFC 7643 §4.2."""

    members: list[Member] | None = None  # type: ignore[assignment]
    Members: ClassVar[Any] = Member


POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""As Entra and Okta send it; what no schema names is dropped."""


@cache
def provider() -> ScimProvider:
    """Return the description of the service."""
    return ScimProvider(
        models=[User, EnterpriseUser, GroupResource],
        resource_types=[
            ResourceType.from_resource(Person),
            ResourceType.from_resource(GroupResource),
        ],
        config=_config(),
        policy=POLICY,
    )


def _config() -> ServiceProviderConfig:
    scheme: Any = AuthenticationScheme.Type.oauthbearertoken
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=True, max_operations=BULK_OPERATIONS, max_payload_size=LONGEST_BODY),
        filter=Filter(supported=True, max_results=MOST_EVALUATED),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        pagination=Pagination(
            cursor=True,
            index=True,
            default_pagination_method=Pagination.DefaultPaginationMethod.index,
            default_page_size=PAGE,
            max_page_size=PAGE_AT_MOST,
        ),
        authentication_schemes=[
            AuthenticationScheme(
                type=scheme,
                name="Bearer token",
                description="A token made in the administration (RFC 6750 §2.1).",
                primary=True,
            )
        ],
    )
