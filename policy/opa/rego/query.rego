# METADATA
# title: Approvals of single queries (RFC 9396)
# description: |
#   `input.query` is what is asked, as `scopeward_guard.query_detail` makes it; its digest
#   is computed by whoever runs the query, and by the provider before anybody is asked. An approval
#   that fits is still to be used up, once, at the provider: no rule can do that.
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

# What is approved, less what the provider adds to it, is what is asked, whatever its members are.
# Their names come with the bundle, as `scopeward_guard.vocabulary` has them.
covers(approved, asked) if {
	is_query(asked)
	count(set_of(provider.binding.required) - object.keys(asked)) == 0
	count(set_of(provider.binding.added) & object.keys(asked)) == 0
	asked.locations == [provider.audience]
	is_whole(asked.max_rows)
	is_string(asked[provider.binding.digest])
	rest(approved) == rest(asked)
	is_enough(approved, asked)
}

rest(detail) := object.remove(detail, apart | set_of(provider.binding.added))

apart := {provider.binding.digest, provider.binding.may_be_more}

is_enough(approved, asked) if {
	every name in apart {
		approved[name] == asked[name]
	}
}

# More was approved: somebody else's digest, which the provider has compared with what it shows.
is_enough(approved, asked) if {
	more := approved[provider.binding.may_be_more]
	part := asked[provider.binding.may_be_more]
	are_names(more)
	are_names(part)
	more != part
	count(set_of(part) - set_of(more)) == 0
	is_string(approved[provider.binding.digest])
	approved[provider.binding.digest] != asked[provider.binding.digest]
}

# None at all may mean everything.
are_names(value) if {
	is_array(value)
	count(value) > 0
	every name in value {
		is_string(name)
	}
}

set_of(list) := {entry | some entry in list}

# `100.0` would be the digest of another query.
is_whole(number) if regex.match(`^-?[0-9]+$`, json.marshal(number))
