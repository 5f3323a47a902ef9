"""Reads: the policies in force, kept in process under the configuration epoch."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings

from claims.epoch import Kept
from policy.compiling import compile_document
from policy.models import PolicyVersion, State
from scopeward_guard.cedar import CedarPolicy, PolicyDocument, PolicyError

logger = logging.getLogger("scopeward.policy")


def policy_for(audience: str) -> CedarPolicy | None:
    """Return the policy in force for an audience, None where there is none. Warm: no statement."""
    return _policies.get().get(audience)


def acr_levels() -> tuple[str, ...]:
    """Return what a sign-in can reach, weakest first."""
    return tuple(settings.ACR_LEVELS)


def _load() -> Mapping[str, CedarPolicy]:
    active = PolicyVersion.objects.filter(state=State.ACTIVE).select_related("policy_set")
    found = {}
    for version in active:
        document = compile_document(version.policy_set, version.text, acr_levels())
        try:
            found[document.audience] = CedarPolicy(document)
        except PolicyError:
            # It was valid when it was activated. What cannot be loaded now permits nothing.
            logger.exception("the active policy of %s cannot be used", document.audience)
            found[document.audience] = denying(document.audience)
    return MappingProxyType(found)


def denying(audience: str) -> CedarPolicy:
    """Return the policy that permits nothing."""
    return CedarPolicy(PolicyDocument(audience=audience, policies=""))


_policies = Kept(_load)
