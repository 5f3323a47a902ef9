# What the tests share: the keys of RFC 7515 A.3 and RFC 7517 A.2, a provider, and a good token.
package scopeward.fixtures

moment := 1800000000

clock := moment * 1000000000

key := object.union(public, {"d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})

public := {
	"kty": "EC",
	"crv": "P-256",
	"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
	"y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}

key_of_somebody_else := {
	"kty": "EC",
	"crv": "P-256",
	"x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
	"y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
	"d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
}

provider := {
	"revision": "r1",
	"issuer": "https://id.example",
	"audience": "https://warehouse.example",
	"valid_until": moment + 600,
	"keys": {"first": {"alg": "ES256", "jwks": json.marshal({"keys": [object.union(public, {"kid": "first"})]})}},
	"deny_list": {"tokens": {}, "families": {}, "grants": {}},
	"binding": {
		"added": ["approval_id", "approvers", "detail_digest", "emergency", "policy_rev", "txn"],
		"digest": "query_hash",
		"may_be_more": "datatypes",
		"required": [
			"actions", "datatypes", "hash_alg", "identifier", "locations", "max_rows", "query_hash", "schema_rev",
			"statement", "type",
		],
	},
}

header := {"alg": "ES256", "typ": "at+jwt", "kid": "first"}

claims := {
	"iss": "https://id.example",
	"sub": "ada",
	"aud": "https://warehouse.example",
	"exp": moment + 300,
	"iat": moment,
	"jti": "f1.t1",
	"client_id": "desk",
	"scope": "payments:read profile",
	"grant_id": "g1",
	"acr": "pwd",
	"auth_time": moment - 60,
	"roles": ["analyst"],
	"department": "finance",
	"projects": ["atlas"],
	"clearance": 2,
}

asked := {
	"type": "urn:scopeward:query:1",
	"locations": ["https://warehouse.example"],
	"actions": ["select"],
	"identifier": "warehouse",
	"datatypes": ["hr.employees.salary"],
	"schema_rev": "7",
	"statement": "SELECT salary FROM hr.employees WHERE id = :id",
	"parameters": {"id": 7},
	"query_hash": "rgPzKIsH3YxcyLaLgVT9DEWF_iSAZTLnmNdBSSrieb4",
	"hash_alg": "S256",
	"max_rows": 100,
}

approved := object.union(asked, {"approval_id": "a1", "detail_digest": "RLxjSxLG47lnHdKE99SLcWy8BwdQQjhZ1EX8Ag0E0K4"})

# A token with these claims changed and those left out.
token(changes, left_out) := io.jwt.encode_sign(header, object.remove(object.union(claims, changes), left_out), key)

good := token({}, [])

one_query := token({"authorization_details": [approved]}, [])

evaluation := {
	"token": good,
	"action": {"name": "select"},
	"resource": {"type": "query", "id": "warehouse", "properties": {"scopes": ["payments:read"]}},
}
