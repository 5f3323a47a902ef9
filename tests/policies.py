"""Policies put in force."""

from policy import services
from policy.models import PolicySet

PERMIT_ALL = '@id("all") permit(principal, action, resource);\n'


def put_in_force(audience: str, text: str) -> None:
    """Put policies in force for an audience, instead of those it has."""
    policy_set, _new = PolicySet.objects.get_or_create(
        audience=audience, defaults={"title": audience}
    )
    services.activate(services.draft(policy_set, text))
