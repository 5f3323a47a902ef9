# METADATA
# title: What was taken back before it expired
# description: |
#   The deny-list names single tokens, token families, and grants: whole, or some scopes of them,
#   for tokens issued up to a moment.
package scopeward.revocations

import data.scopeward.provider
import data.scopeward.scopes

names(claims) if provider.deny_list.tokens[claims.jti]

# The `jti` of a token begins with its family, if it has one.
names(claims) if {
	parts := split(claims.jti, ".")
	count(parts) > 1
	provider.deny_list.families[parts[0]]
}

names(claims) if {
	some entry in provider.deny_list.grants[claims.grant_id]
	claims.iat <= entry.before
	concerns(entry, claims)
}

concerns(entry, _) if entry.scopes == null

concerns(entry, claims) if {
	some scope in entry.scopes
	scope in scopes.of(claims)
}
