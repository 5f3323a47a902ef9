# METADATA
# title: What an operation demands, and what would help
# description: |
#   The first thing that is missing refuses. `error` is the code that a resource server answers
#   with (RFC 6750 §3.1, RFC 9470 §3); a remedy is there when one exists.
package scopeward.demands

import data.scopeward.query
import data.scopeward.scopes
import data.scopeward.sentences
import data.scopeward.token
import data.scopeward.told

are_met if {
	token.claims
	is_readable
	not refusal
}

refusal := {"error": "temporarily_unavailable", "reasons": [sentences.too_old]} if {
	not told.is_current
} else := {"error": "invalid_token", "reasons": [sentences.about_token[token.problem]]} if {
	not token.claims
} else := {"error": "invalid_request", "reasons": [sentences.unreadable]} if {
	not is_readable
} else := {
	"error": "insufficient_scope",
	"reasons": [sentences.scopes(lacking)],
	"remedy": {"scopes": lacking},
} if {
	not needs_approval
	lacking := sort(scopes.missing(required_scopes))
	count(lacking) > 0
} else := {
	"error": "insufficient_user_authentication",
	"reasons": [sentences.sign_in],
	"remedy": better_sign_in,
} if {
	is_signed_in_too_weakly
} else := {"error": "invalid_token", "reasons": [sentences.one_query_only]} if {
	query.is_bound
	not asks_query
} else := {
	"error": "insufficient_authorization",
	"reasons": [sentences.approval],
	"remedy": {"approval": true},
} if {
	needs_approval
	not is_approved
}

# What cannot be read may have demanded something.
is_readable if {
	is_object(properties)
	is_array(required_scopes)
	scopes.missing(required_scopes)
	is_array(acr_values)
	every value in acr_values {
		is_string(value)
	}
	is_age(max_age)
	is_boolean(object.get(properties, "approval_required", false))
	is_object(object.get(input, "query", {}))
}

properties := object.get(object.get(input, "resource", {}), "properties", {})

required_scopes := object.get(properties, "scopes", [])

acr_values := object.get(properties, "acr_values", [])

max_age := object.get(properties, "max_age", null)

is_age(null)

is_age(seconds) if {
	is_number(seconds)
	seconds >= 0
}

is_signed_in_too_weakly if {
	count(acr_values) > 0
	not object.get(token.claims, "acr", "") in acr_values
}

is_signed_in_too_weakly if {
	is_number(max_age)
	not is_recent
}

is_recent if told.now - token.claims.auth_time <= max_age

better_sign_in := {name: value |
	some name, value in {"acr_values": acr_values, "max_age": max_age}
	not value in {null, []}
}

asks_query if is_object(input.query)

asks_query if is_guarded_query

# An approval of exactly this stands for the scopes: none of them permits as little.
needs_approval if query.is_bound

needs_approval if properties.approval_required

# One without an id or a digest could not be used up.
is_approved if {
	is_string(query.approval.approval_id)
	is_string(query.approval.detail_digest)
}

# The guard has compared the query with the approval, digest and all, before it asks.
is_approved if {
	is_guarded_query
	input.context.approved == true
	input.context.approval in query.details
}

is_guarded_query if {
	token.has_claims
	input.resource.type == "query"
}
