# METADATA
# title: Scopes (RFC 6749 §3.3)
package scopeward.scopes

import data.scopeward.token

# The scopes of a token's claims.
of(claims) := {scope | some scope in split(object.get(claims, "scope", ""), " "); scope != ""}

# The scopes of the caller.
granted := of(token.claims)

# True when the caller has all of them. False for no claims, and for what is no list of scopes.
all_of(required) if count(missing(required)) == 0

# Which of them the caller has not; undefined for what is no list of scopes.
missing(required) := {scope | some scope in required} - granted if {
	is_collection(required)
	every scope in required {
		is_string(scope)
	}
}

is_collection(value) if is_array(value)

is_collection(value) if is_set(value)
