"""What was done to policy sets, by whom: one row for each thing, never changed."""

import hashlib
from typing import Any

from policy.models import ActKind, PolicyAct, PolicySet, PolicyVersion


def record(
    kind: ActKind,
    policy_set: PolicySet,
    *,
    version: PolicyVersion | None = None,
    instead_of: int | None = None,
    by: Any | None = None,
) -> None:
    """Add a row, in the transaction of what it tells of. `by` is a person, None for a program."""
    PolicyAct.objects.create(
        kind=kind,
        policy_set=policy_set,
        audience=policy_set.audience,
        number=version.number if version else None,
        instead_of=instead_of,
        text_digest=hashlib.sha256(version.text.encode()).hexdigest() if version else "",
        by=by,
    )
