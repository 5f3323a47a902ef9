# What tests/opa/agreement.cedar says in Cedar, with the helpers that the bundle brings.
package agreement

import data.scopeward
import data.scopeward.claims

# What nothing that the caller can do would change refuses first: there is no remedy for it.
default decision := {"decision": false, "context": {"reasons": ["Nothing allows this."]}}

decision := object.union(answer, {"context": {"obligations": duties}}) if {
	is_possible
	answer.decision
} else := answer if is_possible

answer := said if {
	said := scopeward.decision with input as object.union(input, {"resource": {"properties": demands}})
}

demands := {"max_age": 600} if {
	operation == "POST /payments"
} else := {"max_age": 600, "acr_values": ["urn:scopeward:acr:1"]} if {
	operation == "POST /payouts"
} else := {"approval_required": true} if {
	sensitivity >= 2
} else := {}

is_possible if {
	operation == "GET /reports"
	claims.has_role("analyst")
}

is_possible if {
	operation == "GET /reports"
	claims.is_client
}

is_possible if {
	operation in {"POST /payments", "POST /payouts"}
	claims.has_role("payer")
	not claims.is_client
}

is_possible if {
	operation == "select warehouse"
	not claims.is_client
	is_cleared
	not is_of_another_department
}

is_cleared if sensitivity == 0

is_cleared if claims.cleared_for(sensitivity)

is_of_another_department if {
	"finance.ledger" in properties.tables
	not claims.in_department("finance")
}

operation := sprintf("%s %s", [input.action.name, input.resource.id])

properties := input.resource.properties

levels := {"public": 0, "sales": 1, "hr": 2, "finance": 2, "payroll": 3}

sensitivity := max({levels[split(table, ".")[0]] | some table in properties.tables})

duties := array.concat(answer.context.obligations, [duty | some duty in limits])

limits contains {"id": "row_limit", "rows": 1000} if properties.tables

limits contains {
	"id": "row_filter",
	"table": "sales.payments",
	"column": "project",
	"in": sort(claims.projects),
} if {
	"sales.payments" in properties.tables
}

limits contains {"id": "mask", "column": "sales.payments.card_number", "kind": "last4"} if {
	"sales.payments.card_number" in properties.columns
}
