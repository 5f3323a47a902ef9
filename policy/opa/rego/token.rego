# METADATA
# title: Access tokens (RFC 9068, RFC 8725)
# description: |
#   `claims` is who calls: the claims of `input.token`, once everything about it is right. There is
#   no other way to get them, and none of it makes a call.
#
#   Where `scopeward_guard` asks, it has verified the token itself and sends its claims as the
#   subject's properties, with `input.claims_verified`. All but the signature is checked again.
package scopeward.token

import data.scopeward.provider
import data.scopeward.revocations
import data.scopeward.told

max_characters := 16384

# RFC 9068 §4. An ID token, a logout token or a bundle's signature is none of them.
types := {"at+jwt", "application/at+jwt"}

# Symmetric ones and `none` are not here, so nobody can choose them.
algorithms := {"ES256", "ES384", "EdDSA", "RS256", "PS256"}

# Where to find a key, or how to read the rest, is never up to the token (RFC 8725 §3.10).
untrusted_headers := {"crit", "b64", "zip", "cty", "jku", "jwk", "x5u", "x5c"}

claims := presented if {
	told.is_current
	is_well_formed(presented)
	is_for_here(presented)
	is_in_time(presented)
	not is_bound(presented)
	not revocations.names(presented)
}

# The first of these that is true says why there are no `claims`.
problem := "no_token" if {
	not has_token
	not has_claims
} else := "invalid" if {
	not presented
	not looks_expired
} else := "expired" if {
	not presented
} else := "malformed" if {
	not is_well_formed(presented)
} else := "elsewhere" if {
	not is_for_here(presented)
} else := "expired" if {
	presented.exp <= told.now - told.leeway
} else := "early" if {
	not is_in_time(presented)
} else := "bound" if {
	is_bound(presented)
} else := "revoked" if {
	revocations.names(presented)
}

presented := signed if {
	has_token
} else := input.subject.properties if {
	has_claims
}

has_token if "token" in object.keys(input)

has_claims if {
	not has_token
	input.claims_verified == true
	is_object(input.subject.properties)
}

# The payload of `input.token`, if one of the provider's keys signed it as an access token.
signed := payload if {
	is_string(input.token)
	count(input.token) <= max_characters
	is_canonical(input.token)
	[header, unverified, _] := io.jwt.decode(input.token)
	key := key_of(header)
	is_string(unverified.iss)
	constraints := {
		"cert": key.jwks,
		"alg": key.alg,
		"iss": provider.issuer,
		"aud": provider.audience,
		"time": moment_for(unverified),
	}
	[is_valid, _, payload] := io.jwt.decode_verify(input.token, constraints)
	is_valid
}

# An algorithm belongs to the key, not to the token (RFC 8725 §3.1).
key_of(header) := key if {
	lower(header.typ) in types
	count(object.keys(header) & untrusted_headers) == 0
	is_string(header.kid)
	key := provider.keys[header.kid]
	header.alg == key.alg
	key.alg in algorithms
}

# `exp` may be as long ago, and `nbf` as far ahead, as clocks differ; there is but one moment to
# say so. `is_in_time` looks at both again.
moment_for(unverified) := max({told.now - told.leeway, unverified.nbf}) * 1000000000 if {
	is_number(unverified.nbf)
	unverified.nbf <= told.now + told.leeway
} else := (told.now - told.leeway) * 1000000000

# The last character of a signature may have bits that mean nothing: then two texts are one token.
is_canonical(token) if {
	parts := split(token, ".")
	count(parts) == 3
	every part in parts {
		regex.match(`^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$`, part)
		part != ""
	}
}

# RFC 9068 §2.2. What may be left out is of the right type when it is there.
is_well_formed(said) if {
	every name in {"iss", "sub", "client_id", "jti"} {
		is_string(said[name])
		said[name] != ""
	}
	every name in {"exp", "iat"} {
		is_time(said[name])
	}
	every name in {"nbf", "auth_time"} {
		is_time_or_null(object.get(said, name, null))
	}
	every name in {"scope", "grant_id", "acr"} {
		is_string(object.get(said, name, ""))
	}
	is_array(object.get(said, "authorization_details", []))
	every detail in object.get(said, "authorization_details", []) {
		is_object(detail)
	}
	is_object(object.get(said, "cnf", {}))
}

is_for_here(said) if {
	said.iss == provider.issuer
	audience_of(said) == provider.audience
}

# A token that several servers accept lets each of them act at the others.
audience_of(said) := said.aud if {
	is_string(said.aud)
} else := said.aud[0] if {
	is_array(said.aud)
	count(said.aud) == 1
}

is_in_time(said) if {
	said.exp > told.now - told.leeway
	said.iat <= told.now + told.leeway
	starts := object.get(said, "nbf", 0)
	starts_in_time(starts)
}

starts_in_time(null)

starts_in_time(starts) if {
	is_number(starts)
	starts <= told.now + told.leeway
}

# Nobody here checks the proof that such a token demands (RFC 7800 §3.1, RFC 9449 §7.2).
is_bound(said) if count(said.cnf) > 0

# Only to say it in the refusal: nothing is believed of what is not signed.
looks_expired if {
	[_, unverified, _] := io.jwt.decode(input.token)
	is_number(unverified.exp)
	unverified.exp <= told.now - told.leeway
}

# RFC 7519 §2, NumericDate.
is_time(value) if {
	is_number(value)
	value >= 0
	value < 9007199254740992
}

is_time_or_null(null)

is_time_or_null(value) if is_time(value)
