"""Policy decided in the resource server's own process, with Cedar (https://www.cedarpolicy.com).

The provider decides with the same code, so a guard, AuthZEN and the administrator's simulation
cannot disagree. Needs the extra `scopeward-guard[cedar]`.
"""

from scopeward_guard._base.extras import missing_extra

try:
    import cedarpy  # noqa: F401
except ImportError as error:
    raise missing_extra(error, "cedar") from error

from scopeward_guard.cedar._deciding.engine import CedarPolicy
from scopeward_guard.cedar._language.document import (
    Label,
    PolicyDocument,
    default_schema,
    parse_document,
)
from scopeward_guard.cedar._language.rules import PolicyError

__all__ = [
    "CedarPolicy",
    "Label",
    "PolicyDocument",
    "PolicyError",
    "default_schema",
    "parse_document",
]
