# METADATA
# title: Facts about the caller
# description: Nothing is known of a caller without claims, and a fact of another type is no fact.
package scopeward.claims

import data.scopeward.token

roles := texts("roles")

projects := texts("projects")

department := token.claims.department if is_string(token.claims.department)

# A number; the provider's claim mapping says which label is which.
clearance := token.claims.clearance if is_number(token.claims.clearance)

has_role(role) if role in roles

in_project(project) if project in projects

in_department(name) if department == name

cleared_for(level) if {
	is_number(level)
	clearance >= level
}

# A client acts for itself (RFC 9068 §2.2: then `sub` is the client).
is_client if token.claims.sub == token.claims.client_id

texts(name) := {text | some text in values(object.get(token.claims, name, [])); is_string(text)}

values(value) := value if is_array(value)

values(value) := [value] if is_string(value)
