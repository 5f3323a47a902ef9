"""What a GraphQL request reads and changes. Needs the extra `scopeward-guard[graphql]`."""

from scopeward_guard._base.extras import missing_extra

try:
    import graphql  # noqa: F401
except ImportError as error:
    raise missing_extra(error, "graphql") from error

from scopeward_guard.graphql._derivation import INTROSPECTION, GraphQLNeed, derive
from scopeward_guard.graphql._size import Limits

__all__ = ["INTROSPECTION", "GraphQLNeed", "Limits", "derive"]
