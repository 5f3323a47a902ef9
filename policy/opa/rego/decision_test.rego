package scopeward.decision_test

import data.scopeward
import data.scopeward.fixtures

asked(changes) := decided(object.union(fixtures.evaluation, changes))

decided(question) := result if {
	result := scopeward.decision with input as question
		with time.now_ns as fixtures.clock
		with data.scopeward.provider as fixtures.provider
}

demanding(properties) := asked({"resource": {"properties": object.union({"scopes": []}, properties)}})

test_permit_says_who_it_is_for if {
	asked({}) == {
		"decision": true,
		"context": {
			"obligations": [],
			"policy_rev": "r1",
			"caller": {"type": "user", "id": "ada", "client_id": "desk"},
		},
	}
}

test_client_of_its_own_is_called_one if {
	asked({"token": fixtures.token({"sub": "desk"}, [])}).context.caller.type == "client"
}

test_each_problem_of_a_token_has_its_sentence if {
	every text, sentence in {
		fixtures.token({"exp": fixtures.moment - 60}, []): "The access token has expired.",
		fixtures.token({"cnf": {"jkt": "x"}}, []): "The access token is bound to a key that nobody proved to have.",
		fixtures.token({"iat": fixtures.moment + 60}, []): "The access token is not valid yet.",
		fixtures.token({"scope": 7}, []): "The access token lacks a claim, or has one of another type.",
		"nonsense": "The access token is not one that this server accepts.",
	} {
		answer := asked({"token": text})
		answer.decision == false
		answer.context.reasons == [sentence]
		answer.context.error == "invalid_token"
		answer.context.caller == {}
		not answer.context.remedy
	}
}

test_no_token_is_refused if {
	answer := decided(object.remove(fixtures.evaluation, ["token"]))
	answer.context.reasons == ["No access token came with the request."]
	answer.decision == false
}

test_missing_scopes_are_what_would_help if {
	answer := demanding({"scopes": ["payments:write", "payments:read", "email"]})
	answer.decision == false
	answer.context.error == "insufficient_scope"
	answer.context.remedy == {"scopes": ["email", "payments:write"]}
	answer.context.reasons == ["The access token lacks email, payments:write."]
}

test_stronger_or_later_sign_in_is_what_would_help if {
	demanding({"acr_values": ["mfa", "pwd"], "max_age": 60}).decision
	demanding({"acr_values": ["mfa"]}).context.remedy == {"acr_values": ["mfa"]}
	demanding({"max_age": 59}).context.remedy == {"max_age": 59}
	demanding({"acr_values": ["mfa"], "max_age": 0}).context.error == "insufficient_user_authentication"
}

test_sign_in_of_unknown_age_is_too_old if {
	answer := asked({
		"token": fixtures.token({}, ["auth_time"]),
		"resource": {"properties": {"scopes": [], "max_age": 999999999}},
	})
	answer.context.remedy == {"max_age": 999999999}
}

test_scopes_come_first if demanding({"scopes": ["email"], "max_age": 0}).context.error == "insufficient_scope"

test_demands_that_cannot_be_read_are_not_met if {
	every properties in [
		{"scopes": "payments:read"}, {"scopes": null}, {"scopes": [7]}, {"scopes": {}}, {"acr_values": "pwd"},
		{"acr_values": [7]}, {"max_age": "60"}, {"max_age": -1}, {"approval_required": "yes"}, {"approval_required": 1},
	] {
		answer := demanding(properties)
		answer.decision == false
		answer.context.error == "invalid_request"
	}
	every change in [{"resource": {"properties": []}}, {"resource": {"properties": null}}, {"query": "SELECT 1"}, {"query": null}] {
		asked(change).decision == false
	}
}

test_inputs_of_every_shape_are_denied if {
	every question in [{}, null, [], "x", 7, {"token": {}}, {"resource": null}, {"subject": null, "claims_verified": true}] {
		decided(question).decision == false
	}
}

test_approved_query_is_permitted_and_must_be_used_up if {
	answer := asked({"token": fixtures.one_query, "query": fixtures.asked})
	answer.decision
	answer.context.obligations == [{
		"id": "consume_approval",
		"approval_id": "a1",
		"jti": "f1.t1",
		"detail_digest": fixtures.approved.detail_digest,
	}]
}

test_other_query_takes_an_approval_of_its_own if {
	answer := asked({"token": fixtures.one_query, "query": object.union(fixtures.asked, {"query_hash": "x"})})
	answer.decision == false
	answer.context.error == "insufficient_authorization"
	answer.context.remedy == {"approval": true}
}

test_approval_can_be_demanded if {
	answer := demanding({"approval_required": true})
	answer.decision == false
	answer.context.remedy == {"approval": true}
	demanding({"approval_required": false}).decision
}

test_token_for_one_query_is_good_for_nothing_else if {
	answer := asked({"token": fixtures.one_query})
	answer.decision == false
	answer.context.reasons == ["This access token is for one query only."]
	not answer.context.remedy
}

test_approval_without_an_id_or_a_digest_cannot_be_used_up if {
	every name in ["approval_id", "detail_digest"] {
		nameless := fixtures.token({"authorization_details": [object.remove(fixtures.approved, [name])]}, [])
		asked({"token": nameless, "query": fixtures.asked}).decision == false
	}
}

guarded(claims, said) := decided({
	"claims_verified": true,
	"subject": {"type": "user", "id": "ada", "properties": object.union(fixtures.claims, claims)},
	"action": {"name": "select"},
	"resource": {"type": "query", "id": "warehouse", "properties": {"scopes": ["payments:read"]}},
	"context": said,
})

test_query_that_the_guard_compared_is_permitted if {
	guarded({}, {"approved": false}).decision
	with_approval := guarded({"authorization_details": [fixtures.approved]}, {"approved": true, "approval": fixtures.approved})
	with_approval.decision
	with_approval.context.obligations == []
}

test_query_that_the_guard_found_no_approval_for_is_not if {
	details := {"authorization_details": [fixtures.approved]}
	guarded(details, {"approved": false}).context.remedy == {"approval": true}
	guarded(details, {"approved": true}).decision == false
	guarded(details, {"approved": true, "approval": fixtures.asked}).decision == false
}

test_context_of_somebody_with_a_token_approves_nothing if {
	said := {"approved": true, "approval": fixtures.approved}
	asked({"token": fixtures.one_query, "context": said}).decision == false
}

test_bundle_that_is_too_old_decides_nothing if {
	answer := scopeward.decision with input as fixtures.evaluation
		with time.now_ns as fixtures.clock + (601 * 1000000000)
		with data.scopeward.provider as fixtures.provider
	answer.decision == false
	answer.context.error == "temporarily_unavailable"
}

test_no_bundle_decides_nothing if {
	answer := scopeward.decision with input as fixtures.evaluation
	answer == {"decision": false, "context": {"reasons": ["Nothing could be decided."]}}
}

test_tokens_and_parameters_leave_in_no_log if {
	data.system.log.mask == {"/input/token", "/input/query/parameters", "/input/context/approval/parameters"}
}
