"""Reads: the policies in force, kept in process under the configuration epoch."""

from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings

from foundation.base.configuration.kept import Derived, Kept
from foundation.base.configuration.one import epoch_in_use
from foundation.directory.levels import levels
from policy.compiling import compile_document
from policy.in_force import in_force
from policy.library import GalleryPolicy, starter
from policy.models import PolicySet, PolicyVersion, VersionState
from scopeward_guard.cedar import CedarPolicy, PolicyDocument


def policy_for(audience: str) -> CedarPolicy | None:
    """Return the policy in force for an audience, None where there is none. Warm: no statement."""
    document = _documents.get().get(audience)
    return in_force(audience).policy(document, epoch_in_use()) if document else None


def facts_asked_for(audience: str) -> frozenset[str]:
    """Return the facts about a person that policies of an audience speak of. Warm: no statement."""
    policy = policy_for(audience)
    return policy.facts_about_people if policy else frozenset()


def acr_levels() -> tuple[str, ...]:
    """Return what a sign-in can reach, weakest first. Warm: no statement."""
    return levels()


def before_the_active(policy_set: PolicySet) -> PolicyVersion | None:
    """Return the version that the active one took the place of when it was put in force.

    Not the one that was left last: whoever goes back twice wants to be two versions back.
    """
    active = policy_set.versions.filter(state=VersionState.ACTIVE)
    number = active.values_list("instead_of", flat=True).first()
    if number is None:
        return None
    retired = policy_set.versions.filter(number=number, state=VersionState.RETIRED)
    return retired.select_related("policy_set").first()


def default_starter(audience: str) -> GalleryPolicy:
    """Return what the policies of an audience begin with."""
    return starter("provider" if audience == settings.SCOPEWARD.issuer else "resource_server")


def _load() -> Mapping[str, PolicyDocument]:
    documents = (
        compile_document(version.policy_set, version.text, acr_levels())
        for version in _active.get()
    )
    return MappingProxyType({document.audience: document for document in documents})


def _read() -> tuple[PolicyVersion, ...]:
    return tuple(
        PolicyVersion.objects.filter(state=VersionState.ACTIVE).select_related("policy_set")
    )


_active = Kept(_read)
_documents = Derived(_load)


def known_set(audience: str, title: str) -> PolicySet | None:
    """Return the set of an audience, else one with this title, which may have moved."""
    sets = PolicySet.objects
    return sets.filter(audience=audience).first() or sets.filter(title=title).first()
