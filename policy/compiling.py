"""From the rows of a version to the document that decides."""

from claims.attributes import definitions
from claims.catalogue.labels import labels_of
from claims.facts import scopes_by_fact
from policy.models import PolicySet
from scopeward_guard.cedar import PolicyDocument, default_schema


def compile_document(
    policy_set: PolicySet, text: str, acr_levels: tuple[str, ...]
) -> PolicyDocument:
    """Return the document that `text` would be as the policies of `policy_set`.

    It need not be valid: `scopeward_guard.cedar.CedarPolicy` refuses one that is not.
    """
    clearance = definitions().get("clearance")
    levels = {"clearance_levels": clearance.levels} if clearance and clearance.levels else {}
    return PolicyDocument(
        audience=policy_set.audience,
        policies=text,
        schema=policy_set.schema or default_schema(),
        labels=labels_of(policy_set.audience),
        default_sensitivity=policy_set.default_sensitivity,
        acr_levels=acr_levels,
        timezone=policy_set.timezone,
        released_by=scopes_by_fact(),
        data={table: tuple(columns) for table, columns in policy_set.data.items()},
        **levels,
    )
