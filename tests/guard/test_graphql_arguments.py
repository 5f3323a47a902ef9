"""What a GraphQL request filters or sorts by, it reads."""

import time
from typing import Any

import pytest
from graphql import build_schema

from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard.graphql import derive

SCHEMA = build_schema(
    """
    enum UserOrder { SALARY NAME_DESC }
    input Range { gt: Int lt: Int }
    input Where {
      salary_gt: Int salaryLt: Int SALARY: Range name: String department: DepartmentWhere
      AND: [Where] not: Where
    }
    input DepartmentWhere { budget_in: [Int] }
    type Department { id: ID title: String budget: Int }
    type User { id: ID name: String salary: Int department: Department }
    type Edge { node: User }
    type Totals { count: Int }
    type Users { edges: [Edge] total: Int }
    type Query {
      users(where: Where, orderBy: UserOrder, sort: String, first: Int, filter: String): [User]
      page(where: Where, orderBy: [UserOrder]): Users
      user(id: ID, salary: Int): User
      count(where: Where): Int
      totals(where: Where, orderBy: UserOrder): Totals
    }
    """
)


def needs(query: str, **variables: Any) -> set[str]:
    return set(derive(SCHEMA, {"query": query, "variables": variables}).scopes)


READS_SALARY = [
    "{ users(where: {salary_gt: 1}) { name } }",
    "{ users(where: {salaryLt: 1}) { name } }",
    "{ users(where: {SALARY: {gt: 1}}) { name } }",
    "{ users(where: {AND: [{not: {salary_gt: 1}}]}) { name } }",
    "{ users(orderBy: SALARY) { name } }",
    "{ page(orderBy: [SALARY]) { total } }",
    "{ page(where: {salary_gt: 1}) { total } }",
    '{ users(sort: "-salary") { name } }',
    '{ users(sort: "name asc, Salary DESC") { name } }',
    '{ users(filter: "salary>100") { name } }',
    "{ user(salary: 5) { name } }",
    "{ count(where: {salary_gt: 1}) }",
    "{ totals(where: {salary_gt: 1}) { count } }",
    "{ totals(orderBy: SALARY) { count } }",
    'query($s: String = "salary") { users(sort: $s) { name } }',
]


@pytest.mark.parametrize("query", READS_SALARY)
def test_what_is_filtered_or_sorted_by_is_read(query: str) -> None:
    assert "User.salary" in needs(query)


@pytest.mark.parametrize(
    "variables", [{"w": {"salary_gt": 1}}, {"w": {"AND": [{"not": {"salaryLt": 3}}]}}]
)
def test_variables_count_as_what_they_stand_for(variables: dict[str, Any]) -> None:
    assert "User.salary" in needs("query($w: Where) { users(where: $w) { name } }", **variables)


def test_what_is_behind_a_field_is_found_in_its_own_type() -> None:
    query = "{ users(where: {department: {budget_in: [1]}}) { name } }"

    assert needs(query) >= {"User.department", "Department.budget"}


@pytest.mark.parametrize(
    "query",
    [
        "{ users(first: 3) { name } }",
        "{ users(orderBy: NAME_DESC) { name } }",
        '{ users(where: {name: "Ada"}) { name } }',
        "{ user(id: 7) { id } }",
    ],
)
def test_arguments_that_name_nothing_else_read_nothing_else(query: str) -> None:
    assert needs(query) <= {"Query.users", "Query.user", "User.name", "User.id"}


def test_deep_and_wide_arguments_take_no_time() -> None:
    wide = [{"salary_gt": n, "department": {"budget_in": [n] * 9}} for n in range(500)]
    deep: dict[str, Any] = {"AND": wide}
    for _ in range(9):
        deep = {"AND": [deep], "not": {"AND": wide}}

    started = time.process_time()
    needs("query($w: Where) { users(where: $w) { name } }", w=deep)

    assert time.process_time() - started < 2


def test_one_variable_in_many_places_takes_no_time_either() -> None:
    wide = {"AND": [{"salary_gt": n, "name": "x"} for n in range(3_000)]}
    query = "query($w: Where) {" + " users(where: $w) { name }" * 200 + "}"

    started = time.process_time()
    with pytest.raises(RefusedError):
        derive(SCHEMA, {"query": query, "variables": {"w": wide}})

    assert time.process_time() - started < 1
