# METADATA
# title: What a permit demands
# description: |
#   Single use cannot be decided here, only demanded: whoever runs the query uses the approval up
#   at the provider first (`POST /approvals/{approval_id}/consume`). `scopeward_guard` does so
#   itself. Who does not understand an obligation denies.
package scopeward.obligations

import data.scopeward.query
import data.scopeward.token

all := [obligation | some obligation in [consume]]

consume := {
	"id": "consume_approval",
	"approval_id": query.approval.approval_id,
	"jti": token.claims.jti,
	"detail_digest": query.approval.detail_digest,
}
