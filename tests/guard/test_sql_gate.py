"""One statement from request to report, through both doors: what runs, is told, is used up."""

import datetime
import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from scopeward_guard._authzen import Decision, Evaluation, Obligation, Remedy
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._decisions.requirements import Requirement, requirement
from scopeward_guard._gates.sql_gate import SqlSource
from scopeward_guard._gates.sql_query import SqlQuery
from scopeward_guard._gates.sql_result import SqlFailedError, SqlRows, json_value
from scopeward_guard.sql import Catalogue
from tests.guard.conftest import bearing, refusal, settings
from tests.guard.doors import Door
from tests.guard.provider import FakeProvider

CATALOGUE = Catalogue(
    "postgres", {"shop": {"orders": ["id", "region", "card"], "staff": ["id", "salary"]}}
)
SOURCE = SqlSource(
    catalogue=CATALOGUE, datasource="shop", requirement_of=lambda _: requirement("payments:read")
)
STATEMENT = "SELECT id, card FROM shop.orders WHERE region = :region"
INVALID_QUERY = (400, "invalid_query")
INVALID = (400, "invalid_request")


def body(**changes: Any) -> bytes:
    members = {"datasource": "shop", "statement": STATEMENT, "parameters": {"region": "EU"},
               "max_rows": 2, **changes}  # fmt: skip
    return json.dumps(members).encode()


class Database:
    """Returns as many rows as it is asked for, and remembers with what."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.ran: list[tuple[str, Mapping[str, Any], int]] = []
        self.fails = fails

    def __call__(self, statement: str, parameters: Mapping[str, Any], max_rows: int) -> SqlRows:
        self.ran.append((statement, parameters, max_rows))
        if self.fails:
            raise self.fails
        return SqlRows(["id", "card"], [[number, "4111"] for number in range(max_rows)])


class Policy:
    """Decides as it is told, and remembers what it was asked."""

    def __init__(self, *duties: Obligation, **decision: Any) -> None:
        self.decision = Decision(permit=True, obligations=duties, policy_rev="7")
        self.approval = decision.get("approval", False)
        self.asked: list[Evaluation] = []

    def decide(self, evaluation: Evaluation) -> Decision:
        self.asked.append(evaluation)
        if self.approval and not evaluation.context["approved"]:
            return Decision(permit=False, remedy=Remedy(approval=True))
        if evaluation.resource.type == "endpoint":
            return Decision(permit=evaluation.resource.id == "/query")
        return self.decision


Ask = Callable[..., Any]


@pytest.fixture
def asking(door: Door, provider: FakeProvider) -> Iterator[Ask]:
    """Put a body to a gate of either kind, by a policy and in front of a database."""
    guards: list[Any] = []

    def ask(
        policy: Policy | None = None, database: Database | None = None, *, sent: Any = None,
        token: str = "", source: SqlSource = SOURCE,
    ) -> Any:  # fmt: skip
        guards.append(door.guard(settings(), policy=policy))
        gate = door.sql_gate(guards[-1], source, database or Database())
        return gate.run(bearing(token or provider.token()), body() if sent is None else sent)

    yield ask
    for guard in guards:
        door.close(guard)


def approved(asking: Ask, provider: FakeProvider, policy: Policy, **changes: Any) -> str:
    """Return a token that approves `body()`, made of the challenge for it."""
    with pytest.raises(RefusedError) as caught:
        asking(policy, sent=body(**changes))
    (detail,) = caught.value.challenge.authorization_details
    provider.minted.add("a1")
    return provider.token(authorization_details=[{**detail, "approval_id": "a1"}])


def test_statement_runs_as_it_is_written_anew(asking: Ask) -> None:
    database = Database()

    result = asking(Policy(), database)

    (statement, parameters, rows), *others = database.ran
    assert others == []
    assert statement.startswith('SELECT "id", "card" FROM (SELECT "t"."id", ')
    assert statement.endswith("LIMIT 3")
    assert (parameters, rows) == ({"region": "EU"}, 3)
    assert result.as_json() == {
        "columns": ["id", "card"], "rows": [[0, "4111"], [1, "4111"]], "row_count": 2,
        "truncated": True, "approval_id": None,
        "policy": {"masked": [], "filtered": [], "max_rows": 2, "rev": "7"},
    }  # fmt: skip


def test_what_policy_demands_is_in_what_runs(asking: Ask) -> None:
    database = Database()
    region = {"table": "shop.orders", "column": "region"}
    policy = Policy(
        Obligation(id="row_filter", parameters={**region, "in": ["EU", "CH"]}),
        Obligation(id="row_filter", parameters={**region, "in": ["CH"]}),
        Obligation(id="mask", parameters={"column": "shop.orders.card", "kind": "last4"}),
        Obligation(id="mask", parameters={"column": "shop.orders.card", "kind": "null"}),
        Obligation(id="row_limit", parameters={"rows": 1}),
    )

    result = asking(policy, database).as_json()

    statement = database.ran[0][0]
    assert "IN ('CH')" in statement
    assert "'EU'" not in statement
    assert 'CASE WHEN FALSE THEN "t"."card" END AS "card"' in statement
    assert result["policy"]["masked"] == [{"column": "shop.orders.card", "kind": "null"}]
    assert result["policy"]["filtered"] == [
        {"table": "shop.orders", "column": "region", "in": ["CH"]}
    ]
    assert (result["row_count"], result["truncated"]) == (1, True)


def test_filter_without_values_shows_no_row(asking: Ask) -> None:
    database = Database()
    nowhere = {"table": "shop.orders", "column": "region", "in": [None, 7]}

    asking(Policy(Obligation(id="row_filter", parameters=nowhere)), database)

    assert "FALSE" in database.ran[0][0].upper()


@pytest.mark.parametrize(
    "duty",
    [
        Obligation(id="watermark"),
        Obligation(id="row_filter", parameters={"table": "shop.orders"}),
        Obligation(id="row_limit", parameters={"rows": "one"}),
        Obligation(id="row_limit", parameters={"rows": -1}),
        Obligation(id="mask", parameters={"kind": "null"}),
    ],
    ids=str,
)
def test_duty_that_cannot_be_read_denies(asking: Ask, duty: Obligation) -> None:
    database = Database()

    assert refusal(lambda: asking(Policy(duty), database)) == (403, "access_denied")
    assert database.ran == []


def test_query_that_needs_an_approval_is_told_which_and_runs_once_with_it(
    asking: Ask, provider: FakeProvider
) -> None:
    policy, database = Policy(approval=True), Database()
    token = approved(asking, provider, policy)

    result = asking(policy, database, token=token)

    assert result.permission.approval_id == "a1"
    assert [(said["outcome"], said["row_count"]) for said in provider.reports] == [("executed", 2)]
    assert refusal(lambda: asking(policy, database, token=token)) == (401, "invalid_token")
    assert len(database.ran) == 1


@pytest.mark.parametrize(
    "changes",
    [{"max_rows": 1}, {"parameters": {"region": "US"}}, {"statement": STATEMENT + " "}],
    ids=str,
)
def test_approval_is_of_this_very_request(
    asking: Ask, provider: FakeProvider, changes: dict[str, Any]
) -> None:
    policy, database = Policy(approval=True), Database()
    token = approved(asking, provider, policy)

    told = refusal(lambda: asking(policy, database, token=token, sent=body(**changes)))

    assert told == (401, "insufficient_authorization")
    assert database.ran == provider.consumed == []


def test_another_catalogue_is_another_schema(asking: Ask, provider: FakeProvider) -> None:
    policy = Policy(approval=True)
    token = approved(asking, provider, policy)
    changed = Catalogue("postgres", {"shop": {"orders": ["id", "region", "card", "new"]}})
    source = SqlSource(catalogue=changed, datasource="shop")

    told = refusal(lambda: asking(policy, token=token, source=source))

    assert told == (401, "insufficient_authorization")


def test_statement_that_cannot_keep_to_policy_uses_no_approval_up(
    asking: Ask, provider: FakeProvider
) -> None:
    gathered = "SELECT string_agg(card, ',') FROM shop.orders WHERE region = :region"
    policy, database = Policy(approval=True), Database()
    token = approved(asking, provider, policy, statement=gathered)

    told = refusal(lambda: asking(policy, database, token=token, sent=body(statement=gathered)))

    assert told == INVALID_QUERY
    assert database.ran == provider.consumed == []


@pytest.mark.parametrize(
    ("error", "kind"), [(SqlFailedError("Too slow."), RefusedError), (KeyError("x"), KeyError)]
)
def test_failure_is_reported_and_raised(
    asking: Ask, provider: FakeProvider, error: Exception, kind: type[Exception]
) -> None:
    policy = Policy(approval=True)
    token = approved(asking, provider, policy)

    with pytest.raises(kind):
        asking(policy, Database(error), token=token)

    (report,) = provider.reports
    assert (report["outcome"], report["detail"]) == ("failed", type(error).__name__)


def test_database_that_refuses_is_422() -> None:
    error = SqlFailedError("Too slow.")
    challenge = error.challenge

    assert str(error) == error.reason == "Too slow."
    assert (challenge.status, challenge.error) == (422, "failed")
    assert challenge.description == "Too slow."


def test_strangers_are_not_told_whether_they_can_be_read(asking: Ask) -> None:
    database = Database()

    for sent in (b"{", body(statement="DROP TABLE shop.orders"), body()):
        told = refusal(lambda sent=sent: asking(Policy(), database, sent=sent, token="a.b.c"))
        assert told == (401, "invalid_token")
    assert database.ran == []


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"[]", b"\xff", b" " * 140_000, b'{"max_rows": 1, "max_rows": 2}',
        body(datasource="other"), body(statement=""), body(statement="x" * 20_001),
        body(statement="SELECT '\u202e'"), body(parameters=[1]), body(max_rows=0),
        body(max_rows=True), body(max_rows="2"), body(needs_approval=False), body(parameters={}),
        body(parameters={"region": "EU", "other": 1}), body(parameters={"region": {"a": 1}}),
        body(statement="SELECT id FROM shop.orders WHERE region = ?"),
    ],
    ids=lambda sent: ascii(sent)[:60],
)  # fmt: skip
def test_request_that_cannot_be_used_is_400(asking: Ask, sent: bytes) -> None:
    database = Database()

    assert refusal(lambda: asking(Policy(), database, sent=sent)) == INVALID
    assert database.ran == []


@pytest.mark.parametrize("statement", ["SELEC 1", "SELECT 1; SELECT 2", "SELECT * FROM pg_class"])
def test_statement_that_is_not_understood_is_400_with_the_reason(
    asking: Ask, statement: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        asking(Policy(), sent=body(statement=statement, parameters={}))

    assert (caught.value.challenge.status, caught.value.challenge.error) == INVALID_QUERY
    assert caught.value.challenge.description


def test_operation_is_decided_about_before_the_query(asking: Ask) -> None:
    for path, told in (("/query", None), ("/other", (403, "access_denied"))):
        policy = Policy()
        source = SqlSource(catalogue=CATALOGUE, datasource="shop", operation=path)
        if told is None:
            asking(policy, source=source)
        else:
            assert refusal(lambda p=policy, s=source: asking(p, source=s)) == told
        assert policy.asked[0].resource.id == path
        assert len(policy.asked) == (2 if told is None else 1)


def test_without_a_policy_the_requirement_decides(asking: Ask, provider: FakeProvider) -> None:
    assert refusal(lambda: asking(token=provider.token(scope="profile"))) == (
        403, "insufficient_scope",
    )  # fmt: skip
    assert asking().as_json()["row_count"] == 2


def test_gate_where_nobody_would_decide_is_none(asking: Ask) -> None:
    with pytest.raises(ValueError, match="requirement_of"):
        asking(source=SqlSource(catalogue=CATALOGUE, datasource="shop"))


def test_query_for_no_row_is_none() -> None:
    for rows in (0, -1):
        with pytest.raises(ValueError, match="max_rows"):
            SqlQuery(statement="SELECT id FROM shop.staff", max_rows=rows)


def test_query_may_be_one_that_was_read_already(asking: Ask) -> None:
    query = SqlQuery(statement="SELECT id FROM shop.staff", max_rows=5)

    assert asking(Policy(), sent=query).as_json()["row_count"] == 5


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (Decimal("1.10"), "1.10"), (datetime.date(2026, 1, 2), "2026-01-02"), (None, None),
        (float("nan"), "nan"), (float("inf"), "inf"), (1.5, 1.5), (True, True), (b"x", "b'x'"),
    ],
    ids=str,
)  # fmt: skip
def test_values_are_exact_in_json(value: Any, json: Any) -> None:
    assert json_value(value) == json


def test_requirement_may_depend_on_the_tables(asking: Ask, provider: FakeProvider) -> None:
    def required(derivation: Any) -> Requirement:
        return requirement("hr" if "shop.staff" in derivation.tables else "payments:read")

    source = SqlSource(catalogue=CATALOGUE, datasource="shop", requirement_of=required)
    staff = body(statement="SELECT salary FROM shop.staff", parameters={})

    assert asking(source=source).as_json()["row_count"] == 2
    assert refusal(lambda: asking(source=source, sent=staff)) == (403, "insufficient_scope")
