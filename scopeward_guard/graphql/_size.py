"""How large a GraphQL request may be, counted on the bare syntax tree before anything else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode
from graphql.language import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from scopeward_guard._challenges.challenge import request_invalid
from scopeward_guard._challenges.refused import RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The largest request that is looked at; fragments count each time they are used."""

    tokens: int = 2_000
    depth: int = 12
    fields: int = 500
    aliases: int = 30


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """Return the fragments of a document by name."""
    nodes = document.definitions
    return {n.name.value: n for n in nodes if isinstance(n, FragmentDefinitionNode)}


def check_size(document: DocumentNode, limits: Limits) -> None:
    """Count fields and aliases of each operation as they would be executed (no types needed)."""
    fragments = fragments_of(document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            aliases = 0
            expanded = _expanded(node.selection_set, fragments, limits.depth)
            for fields, field in enumerate(expanded, start=1):
                aliases += field.alias is not None
                if fields > limits.fields or aliases > limits.aliases:
                    raise refused("too many fields or aliases")


def _expanded(
    selection: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], depth: int
) -> Iterator[FieldNode]:
    if depth < 0:
        raise refused("too deep")
    for node in selection.selections:
        inner: SelectionSetNode | None = None
        if isinstance(node, FieldNode):
            yield node
            inner = node.selection_set
        elif isinstance(node, InlineFragmentNode):
            inner = node.selection_set
        elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
            inner = fragments[node.name.value].selection_set
        if inner is not None:
            # A fragment is a level too: a circle of them ends here.
            yield from _expanded(inner, fragments, depth - 1)


def refused(why: str) -> RefusedError:
    """Return the refusal of a request (400), with the reason."""
    return RefusedError(request_invalid(f"The GraphQL request is refused: {why[:200]}"))
