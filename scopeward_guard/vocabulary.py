"""What the provider shares with its guards: the other door of this package, without extras.

The words of a decision (AuthZEN), what binds an approval, what is denied, and JSON that has one
meaning. Policies are in `scopeward_guard.cedar`, signed objects in `scopeward_guard.jose`.
"""

from scopeward_guard._authzen import (
    FACTS,
    Action,
    Circumstances,
    Decision,
    Entity,
    Evaluation,
    Obligation,
    Policy,
    Properties,
    Remedy,
    Unknown,
    known,
    parse_decision,
    parse_evaluation,
    query_resource,
    question,
)
from scopeward_guard._base.addresses import parse_address
from scopeward_guard._base.bounds import check_bounds
from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.references import is_sampled, new_reference, read_reference, reference_of
from scopeward_guard._base.strict_json import (
    LARGEST_INTEGER,
    decode_base64url,
    encode_base64url,
    parse_object,
    parse_value,
)
from scopeward_guard._base.unseen import hiding, is_unseen
from scopeward_guard._binding.binding import (
    ADDED,
    DIGEST,
    MAY_BE_MORE,
    REQUIRED,
    bound,
    detail_digest,
    is_consistent,
    is_query_detail,
    query_hash,
)
from scopeward_guard._binding.digest import canonical, same_hash, sha256_of
from scopeward_guard._binding.schemas import QUERY_SCHEMA, QUERY_TYPE
from scopeward_guard._tokens.deny_list import DenyList, parse_deny_list

__all__ = [
    "ADDED",
    "DIGEST",
    "FACTS",
    "LARGEST_INTEGER",
    "MAY_BE_MORE",
    "QUERY_SCHEMA",
    "QUERY_TYPE",
    "REQUIRED",
    "Action",
    "Circumstances",
    "Decision",
    "DenyList",
    "Entity",
    "Evaluation",
    "MalformedError",
    "Obligation",
    "Policy",
    "Properties",
    "Remedy",
    "Unknown",
    "bound",
    "canonical",
    "check_bounds",
    "decode_base64url",
    "detail_digest",
    "encode_base64url",
    "hiding",
    "is_consistent",
    "is_query_detail",
    "is_sampled",
    "is_unseen",
    "known",
    "new_reference",
    "parse_address",
    "parse_decision",
    "parse_deny_list",
    "parse_evaluation",
    "parse_object",
    "parse_value",
    "query_hash",
    "query_resource",
    "question",
    "read_reference",
    "reference_of",
    "same_hash",
    "sha256_of",
]
