package scopeward.claims_test

import data.scopeward.claims
import data.scopeward.fixtures
import data.scopeward.scopes

test_facts_are_those_of_the_token if {
	claims.has_role("analyst") with data.scopeward.token.claims as fixtures.claims
	claims.in_project("atlas") with data.scopeward.token.claims as fixtures.claims
	claims.in_department("finance") with data.scopeward.token.claims as fixtures.claims
	claims.cleared_for(2) with data.scopeward.token.claims as fixtures.claims
	not claims.is_client with data.scopeward.token.claims as fixtures.claims
}

test_one_role_may_be_a_text if claims.has_role("analyst") with data.scopeward.token.claims as {"roles": "analyst"}

test_other_facts_are_none if {
	not claims.has_role("admin") with data.scopeward.token.claims as fixtures.claims
	not claims.in_project("borealis") with data.scopeward.token.claims as fixtures.claims
	not claims.in_department("hr") with data.scopeward.token.claims as fixtures.claims
	not claims.cleared_for(3) with data.scopeward.token.claims as fixtures.claims
	not claims.cleared_for("1") with data.scopeward.token.claims as fixtures.claims
}

test_facts_of_another_type_are_none if {
	odd := {"roles": {"analyst": true}, "projects": [7, null], "department": ["finance"], "clearance": "3"}
	not claims.has_role("analyst") with data.scopeward.token.claims as odd
	not claims.in_project(7) with data.scopeward.token.claims as odd
	not claims.in_department("finance") with data.scopeward.token.claims as odd
	not claims.cleared_for(1) with data.scopeward.token.claims as odd
}

test_nothing_is_known_of_nobody if {
	not claims.has_role("analyst")
	not claims.in_project("atlas")
	not claims.cleared_for(0)
	not claims.is_client
	not claims.department
}

test_client_of_its_own_is_a_client if {
	claims.is_client with data.scopeward.token.claims as {"sub": "desk", "client_id": "desk"}
}

has_all(required) if scopes.all_of(required) with data.scopeward.token.claims as fixtures.claims

test_all_scopes_are_needed if {
	has_all(["payments:read"])
	has_all({"profile", "payments:read"})
	has_all([])
}

test_missing_scopes_are_missed if {
	every required in [["payments"], ["payments:read", "email"], ["payments:read profile"], [""], [7], "profile", null, {}] {
		not has_all(required)
	}
	not scopes.all_of([])
}
