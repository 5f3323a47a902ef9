"""What of a question is kept: what policies can see, plain, of bounded size, and never a secret."""

import json
import re
from collections.abc import Mapping
from typing import Any

from foundation.base.texts.storable import storable
from policy.selectors import policy_for
from scopeward_guard.cedar import default_schema
from scopeward_guard.cedar.authoring import Shape, Shapes, shapes_of, type_name
from scopeward_guard.vocabulary import Entity, Evaluation

MAX_CHARACTERS = 16_384
"""Of a question as JSON. A larger one is kept without its properties."""
MAX_ANSWER_CHARACTERS = 4_096
ASKED_AGAIN_WITH = ("acr", "approval_id")
"""What the context is given beyond the schema: the engine makes `assurance` of `acr`."""
IDENTIFYING = frozenset({"email", "phone_number", "name", "given_name", "family_name", "address"})
"""Facts about a person that are kept only where the policies in force speak of them."""
REMOVED = "[removed]"
_WORD = re.compile(r"\w+")
_SECRET = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # a JWT, wherever it stands
    r"|(?i:\b(?:bearer|basic|dpop)\s+[\w+/.~=-]{8,})"
    r"|[\w=-]{64,}"  # longer than any name: a token, a key, a digest
)

Json = Mapping[str, Any]
_UNKNOWN = Shape({})


class Reduction:
    """Reduces the questions of one batch; what a schema declares is read once for each audience."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Shapes, frozenset[str]]] = {}

    def of(self, audience: str, question: Evaluation) -> tuple[dict[str, Any], bool]:
        """Return an access evaluation request, and whether nothing had to go for its size."""
        shapes, unspoken = self._sight(audience)
        context = shapes.contexts.get(question.action.name, _UNKNOWN)
        kept = {
            "subject": self._entity(question.subject, shapes, unspoken),
            "action": {"name": without_secrets(question.action.name, 128)},
            "resource": self._entity(question.resource, shapes, frozenset()),
            "context": _plain(question.context, {*context.kinds, *ASKED_AGAIN_WITH}),
        }
        if len(json.dumps(kept)) <= MAX_CHARACTERS:
            return kept, True
        for name in ("subject", "resource"):
            kept[name] = {"type": kept[name]["type"], "id": kept[name]["id"]}
        return {**kept, "context": {}}, False

    def _entity(self, entity: Entity, shapes: Shapes, unspoken: frozenset[str]) -> dict[str, Any]:
        shape = shapes.entities.get(type_name(entity.type), _UNKNOWN)
        return {
            "type": storable(entity.type, 64),
            "id": identifier(entity),
            "properties": _plain(entity.properties, {*shape.kinds} - unspoken - {"id"}),
        }

    def _sight(self, audience: str) -> tuple[Shapes, frozenset[str]]:
        """Return what a schema declares, and which facts about people no policy speaks of."""
        if audience not in self._seen:
            policy = policy_for(audience)
            document = policy.document if policy else None
            schema = document.schema if document else default_schema()
            spoken = set(_WORD.findall(document.policies)) if document else set[str]()
            self._seen[audience] = shapes_of(schema), IDENTIFYING - spoken
        return self._seen[audience]


def without_secrets(text: str, most: int) -> str:
    """Return storable text in which nothing looks like a token or a key."""
    # Cut afterwards: half a token is still one.
    return _SECRET.sub(REMOVED, storable(text, 4 * most))[:most]


def identifier(entity: Entity) -> str:
    """Return the id of a subject or resource. A person's is kept as it is, or nobody finds it."""
    keep = storable if entity.type in {"user", "client"} else without_secrets
    return keep(entity.id, 255)


def bounded(value: Any, *, otherwise: Any) -> Any:
    """Return a JSON value with storable texts, or `otherwise` when it is too large."""
    try:
        clean = _clean(value)
        return clean if len(json.dumps(clean)) <= MAX_ANSWER_CHARACTERS else otherwise
    except (RecursionError, TypeError, ValueError):
        return otherwise


def _plain(values: Json, names: set[str]) -> dict[str, Any]:
    return {name: _clean(values[name]) for name in sorted(names) if _is_fact(values.get(name))}


def _is_fact(value: Any) -> bool:
    if isinstance(value, list | tuple | set | frozenset):
        return all(isinstance(entry, str) for entry in value)
    return isinstance(value, str | bool | int | float)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return without_secrets(value, 500)
    if isinstance(value, Mapping):
        return {without_secrets(str(name), 128): _clean(entry) for name, entry in value.items()}
    if isinstance(value, set | frozenset):
        return [_clean(entry) for entry in sorted(value)]
    if isinstance(value, list | tuple):
        return [_clean(entry) for entry in value]
    return value
