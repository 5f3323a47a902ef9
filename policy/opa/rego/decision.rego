# METADATA
# title: The decision, as AuthZEN says it (OpenID AuthZEN Authorization API 1.0 §6.2)
# description: |
#   Asked at `v1/data/scopeward/decision`. The input is an AuthZEN evaluation with `token`, the
#   access token. What an operation demands is in the resource's properties: `scopes`, `acr_values`,
#   `max_age`, `approval_required`. Rules of your own refuse more with `scopeward.decision` as one
#   of their conditions.
package scopeward

import data.scopeward.demands
import data.scopeward.obligations
import data.scopeward.provider
import data.scopeward.token

default decision := {"decision": false, "context": {"reasons": ["Nothing could be decided."]}}

decision := {"decision": true, "context": object.union(told_of_caller, {"obligations": obligations.all})} if {
	token.claims
	demands.are_met
} else := {"decision": false, "context": object.union(told_of_caller, demands.refusal)}

told_of_caller := {"policy_rev": provider.revision, "caller": caller}

default caller := {}

caller := {
	"type": subject_type,
	"id": token.claims.sub,
	"client_id": token.claims.client_id,
}

subject_type := "client" if {
	token.claims.sub == token.claims.client_id
} else := "user"
