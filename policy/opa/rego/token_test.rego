package scopeward.token_test

import data.scopeward.fixtures
import data.scopeward.token

claims_of(text) := result if {
	result := token.claims with input as {"token": text}
		with time.now_ns as fixtures.clock
		with data.scopeward.provider as fixtures.provider
}

problem_of(text) := result if {
	result := token.problem with input as {"token": text}
		with time.now_ns as fixtures.clock
		with data.scopeward.provider as fixtures.provider
}

headed(changes, left_out) := io.jwt.encode_sign(
	object.remove(object.union(fixtures.header, changes), left_out),
	fixtures.claims,
	fixtures.key,
)

test_good_token_says_who_calls if claims_of(fixtures.good) == fixtures.claims

test_good_token_has_no_problem if not problem_of(fixtures.good)

test_type_may_be_written_in_every_way_the_rfc_allows if {
	every typ in ["at+jwt", "AT+JWT", "application/at+jwt"] {
		claims_of(headed({"typ": typ}, []))
	}
}

test_other_kinds_of_tokens_are_refused if {
	every typ in ["JWT", "logout+jwt", "dpop+jwt", "", " at+jwt"] {
		problem_of(headed({"typ": typ}, [])) == "invalid"
	}
	problem_of(headed({}, ["typ"])) == "invalid"
}

test_headers_that_are_not_honoured_refuse_the_token if {
	every name, value in {
		"jku": "https://evil.example/keys",
		"jwk": fixtures.key_of_somebody_else,
		"x5u": "https://evil.example/certificate",
		"x5c": ["MII"],
		"crit": ["exp"],
		"b64": true,
		"zip": "DEF",
		"cty": "text",
	} {
		problem_of(headed({name: value}, [])) == "invalid"
	}
}

test_unknown_key_is_refused if {
	problem_of(headed({"kid": "other"}, [])) == "invalid"
	problem_of(headed({}, ["kid"])) == "invalid"
}

test_signature_of_somebody_else_is_refused if {
	forged := io.jwt.encode_sign(fixtures.header, fixtures.claims, fixtures.key_of_somebody_else)
	problem_of(forged) == "invalid"
}

test_symmetric_signature_is_refused_also_with_the_public_key_as_the_secret if {
	secret := {"kty": "oct", "k": base64url.encode_no_pad(fixtures.provider.keys.first.jwks)}
	forged := io.jwt.encode_sign(object.union(fixtures.header, {"alg": "HS256"}), fixtures.claims, secret)
	problem_of(forged) == "invalid"
}

test_unsigned_token_is_refused if {
	[_, payload, _] := split(fixtures.good, ".")
	plain := base64url.encode_no_pad(json.marshal(object.union(fixtures.header, {"alg": "none"})))
	problem_of(sprintf("%s.%s.", [plain, payload])) == "invalid"
	problem_of(sprintf("%s.%s.AA", [plain, payload])) == "invalid"
}

test_algorithm_that_is_not_the_keys_is_refused if {
	keys := {"first": object.union(fixtures.provider.keys.first, {"alg": "ES384"})}
	not token.claims with input as {"token": fixtures.good}
		with time.now_ns as fixtures.clock
		with data.scopeward.provider as object.union(fixtures.provider, {"keys": keys})
}

test_second_spelling_of_a_signature_is_refused if {
	last := substring(fixtures.good, count(fixtures.good) - 1, 1)
	other := {"A": "B", "Q": "R", "g": "h", "w": "x"}[last]
	text := concat("", [substring(fixtures.good, 0, count(fixtures.good) - 1), other])
	io.jwt.decode(text)
	problem_of(text) == "invalid"
}

test_what_is_no_token_is_refused if {
	every text in ["", "a", "a.b", "a.b.c", "a.b.c.d", "....", 7, null, {}, [fixtures.good]] {
		problem_of(text) == "invalid"
	}
	problem_of(concat("", [fixtures.good, " "])) == "invalid"
	problem_of(concat(".", [fixtures.good, "AA"])) == "invalid"
}

test_endless_token_is_refused if {
	long := fixtures.token({"padding": concat("", [x | some _ in numbers.range(1, 2000); x := "0123456789"])}, [])
	problem_of(long) == "invalid"
}

test_no_token_is_nobody if {
	problem := token.problem with input as {}
		with data.scopeward.provider as fixtures.provider
	problem == "no_token"
}

test_required_claims_are_required if {
	every name in ["iss", "sub", "client_id", "jti", "exp", "iat", "aud"] {
		not claims_of(fixtures.token({}, [name]))
	}
}

test_claims_of_another_type_refuse_the_token if {
	every change in [
		{"sub": ""}, {"sub": 7}, {"client_id": ""}, {"client_id": null}, {"jti": ""}, {"jti": ["f1"]},
		{"exp": "1800000300"}, {"exp": true}, {"exp": null}, {"exp": 9007199254740992},
		{"iat": "1800000000"}, {"iat": -1}, {"iat": null}, {"nbf": "1800000000"}, {"nbf": -1},
		{"auth_time": "now"}, {"auth_time": false}, {"scope": ["payments:read"]}, {"scope": null},
		{"grant_id": 7}, {"grant_id": null}, {"acr": ["pwd"]}, {"authorization_details": {}},
		{"authorization_details": null}, {"authorization_details": ["all"]}, {"cnf": null}, {"cnf": "key"},
	] {
		not claims_of(fixtures.token(change, []))
	}
}

test_times_may_be_left_out_where_they_may if {
	claims_of(fixtures.token({"auth_time": null}, []))
	claims_of(fixtures.token({}, ["auth_time", "scope", "grant_id", "acr"]))
	claims_of(fixtures.token({"exp": fixtures.moment + 10.5}, []))
}

test_other_issuer_and_other_audience_are_refused if {
	every change in [
		{"iss": "https://id.example/"}, {"iss": ["https://id.example"]}, {"aud": "https://other.example"},
		{"aud": []}, {"aud": ["https://warehouse.example", "https://other.example"]}, {"aud": {}},
		{"aud": ["https://warehouse.example", "https://warehouse.example"]}, {"aud": null},
	] {
		not claims_of(fixtures.token(change, []))
	}
}

test_audience_may_be_a_list_of_one if claims_of(fixtures.token({"aud": ["https://warehouse.example"]}, []))

test_clocks_may_differ_by_the_leeway if {
	claims_of(fixtures.token({"exp": fixtures.moment - 4}, []))
	claims_of(fixtures.token({"iat": fixtures.moment + 5}, []))
	claims_of(fixtures.token({"nbf": fixtures.moment + 5}, []))
	claims_of(fixtures.token({"nbf": fixtures.moment - 5}, []))
}

test_clocks_may_not_differ_by_more if {
	problem_of(fixtures.token({"exp": fixtures.moment - 5}, [])) == "expired"
	problem_of(fixtures.token({"iat": fixtures.moment + 6}, [])) == "early"
	not claims_of(fixtures.token({"nbf": fixtures.moment + 6}, []))
}

test_token_bound_to_a_key_is_no_bearer_token if {
	problem_of(fixtures.token({"cnf": {"jkt": "abc"}}, [])) == "bound"
	claims_of(fixtures.token({"cnf": {}}, []))
}

test_bundle_that_is_too_old_knows_nobody if {
	every change in [{"valid_until": fixtures.moment}, {"valid_until": null}, {"deny_list": {}}, {"keys": null}] {
		not token.claims with input as {"token": fixtures.good}
			with time.now_ns as fixtures.clock
			with data.scopeward.provider as object.union(object.remove(fixtures.provider, object.keys(change)), change)
	}
	not token.claims with input as {"token": fixtures.good} with time.now_ns as fixtures.clock
}

vouched(changes, said) := result if {
	result := token.claims with input as object.union(
		{"subject": {"type": "user", "id": "ada", "properties": object.union(fixtures.claims, changes)}},
		said,
	)
		with time.now_ns as fixtures.clock
		with data.scopeward.provider as fixtures.provider
}

test_claims_that_the_guard_verified_are_believed if vouched({}, {"claims_verified": true}) == fixtures.claims

test_claims_that_nobody_verified_are_not_believed if {
	not vouched({}, {})
	every said in [false, "true", 1, null, {}] {
		not vouched({}, {"claims_verified": said})
	}
}

test_token_is_not_replaced_by_claims if {
	every text in ["", null, "a.b.c", false] {
		not vouched({}, {"claims_verified": true, "token": text})
	}
}

test_verified_claims_are_still_looked_at if {
	every change in [{"exp": fixtures.moment - 5}, {"aud": "https://other.example"}, {"cnf": {"jkt": "abc"}}] {
		not vouched(change, {"claims_verified": true})
	}
}

vouched_problem(changes) := result if {
	result := token.problem with input as {
		"claims_verified": true,
		"subject": {"properties": object.union(fixtures.claims, changes)},
	}
		with time.now_ns as fixtures.clock
		with data.scopeward.provider as fixtures.provider
}

test_what_is_wrong_with_verified_claims_is_said if {
	vouched_problem({"aud": "https://other.example"}) == "elsewhere"
	vouched_problem({"iss": "https://other.example"}) == "elsewhere"
	vouched_problem({"exp": fixtures.moment - 5}) == "expired"
	vouched_problem({"nbf": fixtures.moment + 6}) == "early"
	vouched_problem({"jti": ""}) == "malformed"
	vouched_problem({"cnf": {"jkt": "abc"}}) == "bound"
	not vouched_problem({"nbf": null})
}
