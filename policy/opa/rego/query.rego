# METADATA
# title: Approvals of single queries (RFC 9396)
# description: |
#   `input.query` is what is asked, as `scopeward_guard.details.query_detail` makes it; its digest
#   is computed by whoever runs the query. An approval that fits is still to be used up, once, at
#   the provider: no rule can do that.
package scopeward.query

import data.scopeward.provider
import data.scopeward.token

# True when the token is good for the queries it names and for nothing else.
is_bound if {
	some detail in details
	is_query(detail)
}

# The detail of the token that approves exactly `input.query`.
approval := [detail | some detail in details; covers(detail, input.query)][0]

details := object.get(token.claims, "authorization_details", [])

# Of any version, so that none is overlooked.
is_query(detail) if startswith(detail.type, "urn:scopeward:query:")

# The digest decides. The other members are compared too: what a person saw is in them.
covers(approved, asked) if {
	is_string(asked.query_hash)
	every column in asked.datatypes {
		is_string(column)
	}
	is_array(asked.datatypes)
	every name in {"query_hash", "type", "locations", "actions", "identifier", "hash_alg", "statement"} {
		approved[name] == asked[name]
	}
	asked.locations == [provider.audience]
	is_whole(approved.max_rows)
	approved.max_rows == asked.max_rows
	count(columns(asked) - columns(approved)) == 0
}

columns(detail) := {column | some column in detail.datatypes; is_string(column)} if {
	is_array(detail.datatypes)
} else := set()

# `100.0` would be the digest of another query.
is_whole(number) if regex.match(`^-?[0-9]+$`, json.marshal(number))
