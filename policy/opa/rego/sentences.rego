# METADATA
# title: Refusals in words
package scopeward.sentences

about_token := {
	"no_token": "No access token came with the request.",
	"invalid": "The access token is not one that this server accepts.",
	"malformed": "The access token lacks a claim, or has one of another type.",
	"elsewhere": "The access token is of another provider or for another server.",
	"expired": "The access token has expired.",
	"early": "The access token is not valid yet.",
	"bound": "The access token is bound to a key that nobody proved to have.",
	"revoked": "The access token was revoked.",
}

too_old := "What the provider said last is too old to decide by."

unreadable := "What the operation demands cannot be read."

scopes(missing) := sprintf("The access token lacks %s.", [concat(", ", missing)])

sign_in := "This takes a stronger or a more recent sign-in."

one_query_only := "This access token is for one query only."

approval := "This query takes an approval of its own."
