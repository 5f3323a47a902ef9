package scopeward.revocations_test

import data.scopeward.fixtures
import data.scopeward.token

is_refused(denied, changes) if {
	problem := token.problem with input as {"token": fixtures.token(changes, [])}
		with time.now_ns as fixtures.clock
		with data.scopeward.provider as object.union(fixtures.provider, {"deny_list": denied})
	problem == "revoked"
}

grant(scopes, before) := {"grants": {"g1": [{"scopes": scopes, "before": before}]}}

test_listed_token_is_refused if is_refused({"tokens": {"f1.t1": true}}, {})

test_token_of_a_listed_family_is_refused if is_refused({"families": {"f1": true}}, {})

test_other_tokens_and_families_are_not if {
	not is_refused({"tokens": {"f1.t2": true, "f1": true, "t1": true}}, {})
	not is_refused({"families": {"f2": true, "f1.t1": true, "t1": true}}, {})
}

test_clients_own_token_has_no_family if not is_refused({"families": {"f1": true, "": true}}, {"jti": "f1"})

test_whole_grant_is_refused if is_refused(grant(null, fixtures.moment), {})

test_token_issued_after_it_is_not if {
	not is_refused(grant(null, fixtures.moment - 1), {})
	not is_refused(grant(["profile"], fixtures.moment - 1), {})
}

test_one_scope_of_a_grant_refuses_the_tokens_that_have_it if {
	is_refused(grant(["email", "profile"], fixtures.moment), {})
	is_refused(grant(["profile"], fixtures.moment), {"scope": "  profile  "})
}

test_tokens_without_the_scope_are_not_refused if {
	every scopes in [["email"], ["profil"], ["profile payments:read"], [""], []] {
		not is_refused(grant(scopes, fixtures.moment), {})
	}
}

test_every_entry_of_a_grant_counts if {
	two := [{"scopes": ["email"], "before": fixtures.moment}, {"scopes": null, "before": fixtures.moment}]
	is_refused({"grants": {"g1": two}}, {})
}

test_other_grants_and_tokens_without_one_are_not_refused if {
	not is_refused({"grants": {"g2": [{"scopes": null, "before": fixtures.moment}]}}, {})
	not is_refused({"grants": {"g1": [{"scopes": null, "before": fixtures.moment}]}}, {"grant_id": ""})
}
