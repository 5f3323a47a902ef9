"""The claim mappings: which claim comes from which attribute, and in which form."""

from dataclasses import dataclass
from typing import Any

from claims.attributes import Definition, definitions, recorded
from claims.models import AttributeKind, ClaimMapping
from claims.names.protocol import RESERVED
from claims.names.structures import Structure, complaint, occupant_of, structure_of
from claims.subject import Subject
from claims.targets import Target
from foundation.base.configuration.kept import Kept


@dataclass(frozen=True, slots=True)
class MappedClaim:
    """One claim made from an attribute, released by one scope into some targets."""

    claim: str
    definition: Definition
    scope: str
    targets: frozenset[Target]
    structure: Structure | None = None
    """What the claim is a part of."""

    def value_for(self, subject: Subject) -> Any:
        """Return the claim's JSON value, None when the person has none that can be released.

        A level becomes its position, the lowest being 0, because what a resource server does with
        a level is compare it, and names do not compare.
        """
        value = self._json(subject)
        if self.structure and value is not None and self.structure.carried(value) is None:
            return None
        return value

    def _json(self, subject: Subject) -> Any:
        value = recorded(self.definition, subject.attributes.get(self.definition.name))
        if value is None:
            return None
        if self.definition.kind == AttributeKind.LEVEL:
            return self.definition.levels.index(value)
        return list(value) if self.definition.kind == AttributeKind.LIST else value


def _load() -> tuple[MappedClaim, ...]:
    known = definitions()
    rows = ClaimMapping.objects.select_related("attribute").exclude(claim__in=RESERVED)
    usable = [row for row in rows if row.attribute.name in known and _is_usable(row.claim)]
    return tuple(
        MappedClaim(
            claim=row.claim,
            definition=known[row.attribute.name],
            scope=row.scope,
            targets=_targets(row),
            structure=structure_of(row.claim),
        )
        for row in usable
    )


def _is_usable(claim: str) -> bool:
    """Whether the name may be in a payload, however it got past the form."""
    return occupant_of(claim) is None and complaint(claim, ()) is None


def _targets(row: ClaimMapping) -> frozenset[Target]:
    ticked = {
        Target.ID_TOKEN: row.in_id_token,
        Target.ACCESS_TOKEN: row.in_access_token,
        Target.USERINFO: row.in_userinfo,
    }
    return frozenset(target for target, chosen in ticked.items() if chosen)


_mappings = Kept(_load)


def mapped_claims() -> tuple[MappedClaim, ...]:
    """Return all mappings in the order of their claims. Kept in process."""
    return _mappings.get()
