package scopeward.query_test

import data.scopeward.fixtures
import data.scopeward.query

approval(details, asked) := result if {
	result := query.approval with input as {
		"token": fixtures.token({"authorization_details": details}, []),
		"query": asked,
	}
		with time.now_ns as fixtures.clock
		with data.scopeward.provider as fixtures.provider
}

changed(changes) := object.union(object.remove(fixtures.approved, object.keys(changes)), changes)

asking(changes) := object.union(object.remove(fixtures.asked, object.keys(changes)), changes)

test_exactly_what_was_approved_is_approved if {
	approval([fixtures.approved], fixtures.asked).approval_id == "a1"
}

test_one_of_several_is_enough if {
	approval([{"type": "other"}, changed({"query_hash": "x"}), fixtures.approved], fixtures.asked).approval_id == "a1"
}

columns := ["hr.employees.name", "hr.employees.salary"]

test_fewer_columns_than_approved_are_approved if {
	approval([changed({"datatypes": columns, "query_hash": "RJcoR014keux4z-yVJv7-Z51GexmHFn-tQKW8XDmIl8"})], fixtures.asked)
}

test_other_columns_have_another_digest if {
	not approval([changed({"datatypes": columns})], fixtures.asked)
	every change in [{"query_hash": 7}, {"query_hash": null}] {
		not approval([changed(object.union({"datatypes": columns}, change))], fixtures.asked)
	}
}

test_no_columns_are_part_of_nothing if {
	not approval([changed({"datatypes": columns, "query_hash": "x"})], asking({"datatypes": []}))
	approval([changed({"datatypes": []})], asking({"datatypes": []}))
}

test_what_the_provider_adds_does_not_count if {
	added := {"approvers": ["grace"], "policy_rev": "1", "txn": "t", "emergency": true}
	approval([object.union(fixtures.approved, added)], fixtures.asked)
	every name in object.keys(added) {
		not approval([object.union(fixtures.approved, added)], object.union(fixtures.asked, {name: added[name]}))
	}
}

others := ["something else", 7, true, null, [], {}, ["something else"], {"id": 42}]

test_every_member_is_compared_and_every_other if {
	every name in object.keys(fixtures.asked) | {"purpose", "unheard_of"} {
		every value in others {
			not approval([changed({name: value})], fixtures.asked)
			not approval([fixtures.approved], asking({name: value}))
		}
	}
}

test_other_query_is_not_approved if {
	every change in [
		{"query_hash": "RJvjZ0d4P3pSpXQIvXzUEr8VYRjBGxBq0hp3JgDZTsN"}, {"type": "urn:scopeward:query:2"},
		{"locations": ["https://other.example"]}, {"locations": ["https://warehouse.example", "https://other.example"]},
		{"actions": ["delete"]}, {"actions": ["select", "delete"]}, {"statement": "SELECT 1"},
		{"datatypes": ["hr.employees.name"]}, {"datatypes": "hr.employees.salary"}, {"max_rows": 101}, {"max_rows": "100"},
		{"parameters": {"id": 8}}, {"parameters": {"id": "7"}}, {"parameters": {}}, {"schema_rev": "8"},
	] {
		not approval([changed(change)], fixtures.asked)
		not approval([fixtures.approved], asking(change))
	}
}

test_what_is_no_query_is_not_approved if {
	every kind in ["payment", 7, null] {
		not approval([changed({"type": kind})], asking({"type": kind}))
	}
}

test_every_member_that_is_compared_must_be_there if {
	every name in ["query_hash", "type", "locations", "actions", "identifier", "hash_alg", "statement", "max_rows", "schema_rev", "datatypes"] {
		not approval([object.remove(fixtures.approved, [name])], fixtures.asked)
		not approval([fixtures.approved], object.remove(fixtures.asked, [name]))
		not approval([object.remove(fixtures.approved, [name])], object.remove(fixtures.asked, [name]))
	}
}

test_number_of_rows_is_whole if not approval([changed({"max_rows": 100.5})], asking({"max_rows": 100.5}))

test_approval_at_another_server_is_not_ours if {
	there := {"locations": ["https://other.example"]}
	not approval([changed(there)], asking(there))
}

test_nothing_is_approved_without_a_token if {
	not query.approval with input as {"query": fixtures.asked} with data.scopeward.provider as fixtures.provider
}

is_bound(details) if {
	query.is_bound with input as {"token": fixtures.token({"authorization_details": details}, [])}
		with time.now_ns as fixtures.clock
		with data.scopeward.provider as fixtures.provider
}

test_tokens_for_queries_of_any_version_are_bound if {
	is_bound([fixtures.approved])
	is_bound([{"type": "other"}, {"type": "urn:scopeward:query:99"}])
}

test_other_details_bind_nothing if {
	not is_bound([])
	not is_bound([{"type": "urn:scopeward:record:1"}, {"type": ["urn:scopeward:query:1"]}, {}])
}
