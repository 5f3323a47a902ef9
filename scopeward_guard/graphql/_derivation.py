"""What a GraphQL request reads and changes: `Type.field` scopes, found before anything runs.

Size is bounded on the bare syntax tree first, because validating a hostile document is itself the
attack; then the document is validated, then walked with the schema's types.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    get_operation_ast,
    is_composite_type,
    parse,
    type_from_ast,
    validate,
    value_from_ast_untyped,
)
from graphql.execution.values import get_directive_values, get_variable_values
from graphql.language import FieldNode, FragmentSpreadNode, SelectionSetNode
from graphql.type import GraphQLCompositeType, GraphQLIncludeDirective, GraphQLSkipDirective

from scopeward_guard.graphql._arguments import ArgumentReads
from scopeward_guard.graphql._size import Limits, check_size, fragments_of, refused

INTROSPECTION = "introspection"
MAX_CHARACTERS = 65_536


@dataclass(frozen=True, slots=True)
class GraphQLNeed:
    """What one operation touches; `scopes` are `Type.field`, sorted, and `introspection`."""

    operation: str
    scopes: tuple[str, ...]


DEFAULT_LIMITS = Limits()


def derive(schema: GraphQLSchema, body: object, *, limits: Limits = DEFAULT_LIMITS) -> GraphQLNeed:
    """Return what the request in a decoded JSON body needs.

    Raises `RefusedError` (400) for a batch, a subscription, several operations without a name,
    anything too large, unknown or invalid. A field of an interface or union counts for every type
    that may be behind it.
    """
    text, name, variables = _request(body)
    try:
        document = parse(text, max_tokens=limits.tokens, no_location=True)
        check_size(document, limits)
        # Suggestions would tell the schema to callers who may not introspect it.
        errors = validate(schema, document, max_errors=1, hide_suggestions=True)
        if errors:
            raise refused(errors[0].message)
        operation = _operation(document, name)
        walk = _Walk(
            schema,
            fragments_of(document),
            _values(schema, operation, variables),
            _said(operation, variables),
            ArgumentReads(schema),
        )
        root = schema.get_root_type(operation.operation)
        found = set(walk.scopes(operation.selection_set, root)) if root else set()
    except GraphQLError as error:
        raise refused(error.message) from error
    except RecursionError as error:
        raise refused("too deep") from error
    return GraphQLNeed(operation.operation.value, tuple(sorted(found)))


def _request(body: object) -> tuple[str, str | None, dict[str, Any]]:
    if not isinstance(body, Mapping):
        raise refused("one operation in one request, no batches")
    text, name = body.get("query"), body.get("operationName")
    variables = {} if body.get("variables") is None else body["variables"]
    if not isinstance(text, str) or not 0 < len(text) <= MAX_CHARACTERS:
        raise refused("query is a string of bounded length")
    if not isinstance(name, str | None) or not isinstance(variables, dict):
        raise refused("operationName is a string, variables are an object")
    return text, name, variables


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operation = get_operation_ast(document, name)
    if operation is None:
        raise refused("name the operation that is meant")
    if operation.operation is OperationType.SUBSCRIPTION:
        raise refused("subscriptions outlive the decision")
    return operation


def _values(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: dict[str, Any]
) -> Any:
    result = get_variable_values(schema, operation.variable_definitions or (), variables)
    if isinstance(result, list):
        raise refused(result[0].message)
    return result


def _said(operation: OperationDefinitionNode, variables: dict[str, Any]) -> dict[str, Any]:
    """Return the variables as JSON, with their defaults."""
    defaults = {
        definition.variable.name.value: value_from_ast_untyped(definition.default_value)
        for definition in operation.variable_definitions or ()
        if definition.default_value is not None
    }
    return {**defaults, **variables}


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through a validated, bounded operation with the schema's types at hand."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    values: Any
    said: dict[str, Any]
    arguments: ArgumentReads

    def scopes(self, selection: SelectionSetNode, parent: GraphQLCompositeType) -> Iterator[str]:
        for node in selection.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                yield from self._field(node, parent)
                continue
            fragment = (
                self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            )
            condition = getattr(fragment, "type_condition", None)
            kind = type_from_ast(self.schema, condition) if condition else parent
            yield from self.scopes(fragment.selection_set, kind)  # type: ignore[union-attr]

    def _field(self, node: FieldNode, parent: GraphQLCompositeType) -> Iterator[str]:
        name = node.name.value
        if name == "__typename":
            return
        if name in ("__schema", "__type"):
            yield INTROSPECTION
            return
        for kind in self._behind(parent):
            yield f"{kind.name}.{name}"
        inner = get_named_type(parent.fields[name].type)  # type: ignore[union-attr]
        if node.arguments:
            arguments = {
                argument.name.value: value_from_ast_untyped(argument.value, self.said)
                for argument in node.arguments
            }
            yield from self.arguments.of(arguments, inner)
        if node.selection_set is not None and is_composite_type(inner):
            yield from self.scopes(node.selection_set, inner)

    def _behind(self, parent: GraphQLCompositeType) -> list[GraphQLObjectType]:
        if isinstance(parent, GraphQLObjectType):
            return [parent]
        return list(self.schema.get_possible_types(parent))

    def _is_included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.values)
        include = get_directive_values(GraphQLIncludeDirective, node, self.values)
        return not (skip and skip["if"] is True) and not (include and include["if"] is False)
