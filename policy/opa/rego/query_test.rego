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

test_fewer_columns_than_approved_are_approved if {
	approval([changed({"datatypes": ["hr.employees.name", "hr.employees.salary"]})], fixtures.asked)
}

test_what_differs_is_not_approved if {
	every change in [
		{"query_hash": "RJvjZ0d4P3pSpXQIvXzUEr8VYRjBGxBq0hp3JgDZTsN"}, {"query_hash": null}, {"query_hash": 7},
		{"type": "urn:scopeward:query:2"}, {"locations": ["https://other.example"]}, {"locations": []},
		{"locations": ["https://warehouse.example", "https://other.example"]}, {"actions": ["delete"]},
		{"actions": ["select", "delete"]}, {"identifier": "other"}, {"hash_alg": "S512"},
		{"statement": "SELECT 1"}, {"datatypes": ["hr.employees.name"]}, {"datatypes": "hr.employees.salary"},
		{"datatypes": null}, {"max_rows": 101}, {"max_rows": 99}, {"max_rows": "100"}, {"max_rows": true},
	] {
		not approval([changed(change)], fixtures.asked)
		not approval([fixtures.approved], asking(change))
	}
}

test_every_member_that_is_compared_must_be_there if {
	every name in ["query_hash", "type", "locations", "actions", "identifier", "hash_alg", "statement", "max_rows"] {
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
