"""Which names a claim mapping may have, and which scope may release it."""

import re
from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from claims.names.protocol import RESERVED
from claims.names.standard import CLAIMS, SCOPE_CLAIMS
from claims.names.structures import complaint, occupant_of, structure_of

SHARED_SCOPES = frozenset({"openid", "offline_access", *SCOPE_CLAIMS})
"""Scopes that mean something else already."""
SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
"""RFC 6749 §3.3."""


def objections(
    claim: str, scope: str, others: Collection[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Yield (field, sentence) for whatever stands against a mapping.

    `others` are the (claim, scope) of all other mappings.
    """
    if claim in RESERVED:
        yield "claim", _("The protocol itself writes this claim.")
    if claim in CLAIMS:
        yield "claim", _("This is a standard claim, made from the person's own details.")
    if claim != "".join(claim.split()):
        yield "claim", _("The name of a claim has no spaces.")
    if whole := occupant_of(claim):
        words = _("This claim is put together from parts. Map one: %(prefix)sNAME.")
        yield "claim", words % {"prefix": whole.PREFIX}
    if sentence := complaint(claim, [name for name, _scope in others]):
        yield "claim", sentence
    yield from _objections_to_scope(claim, scope, others)


def _objections_to_scope(
    claim: str, scope: str, others: Collection[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Keep parts of a structure behind scopes of their own.

    They give access somewhere else, so nobody shall release them by agreeing to something else.
    """
    if scope and not SCOPE_TOKEN.fullmatch(scope):
        yield "scope", _("Name one scope: letters, digits and signs, without spaces or quotes.")
    mine = structure_of(claim)
    beside = [structure_of(name) for name, other_scope in others if other_scope == scope]
    if mine and (scope in SHARED_SCOPES or any(other is not mine for other in beside)):
        words = _("%(claim)s needs a scope that releases nothing else.")
        yield "scope", words % {"claim": mine.CLAIM}
    if mine is None and any(beside):
        yield "scope", _("This scope releases the parts of another claim, and nothing beside them.")
