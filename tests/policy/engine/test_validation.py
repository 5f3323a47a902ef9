"""What an author is told of policies that may not decide: what, where, and of which policy."""

import pytest

from policy.engine.validation import Problem, problems_of
from scopeward_guard.cedar import CedarPolicy, PolicyDocument, PolicyError, default_schema

SCHEMA = default_schema()
PERMIT = '@id("{}") permit(principal, action, resource) {};'


def told(text: str) -> list[str]:
    return [str(problem) for problem in problems_of(text, SCHEMA)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "// nothing is permitted",
        '@id("all") permit(principal, action, resource);',
        '@id("a;b") permit(principal, action, resource); // not the end; of anything',
        (
            '@id("x") @reason("{principal.clearance} {context.hour} {resource.max_rows}") '
            "forbid(principal, action, resource) when { context.hour < 8 };"
        ),
    ],
)
def test_valid_text_has_no_problem(text: str) -> None:
    assert problems_of(text, SCHEMA) == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("permit(principal, action, resource);", "1:1 The policy has no name: give it an @id."),
        (
            "@id permit(principal, action, resource);",
            "1:2 The policy has no name: give it an @id.",
        ),
        (
            PERMIT.format("a", "") + "\n\n" + PERMIT.format("a", ""),
            "3:2 [a] There is a policy a already.",
        ),
        (
            '@id("a") @id("b") permit(principal, action, resource);',
            "1:2 Duplicate annotation: @id.",
        ),
        (
            '@id("a")\npermit(principal, action, resource)\n  when { "open };',
            "3:10 A quotation mark is missing: this text has no end.",
        ),
        (
            '@id("a")\npermit(principal, action, resource)',
            "2:35 The policy has no end: it ends with a semicolon.",
        ),
        (
            PERMIT.format("a", "when { 1 +\n}"),
            "2:1 Unexpected token `}`.",
        ),
        (PERMIT.format("a", "when { 'x' == 1 }"), "1:53 Invalid token."),
        (
            PERMIT.format("a", "when { context.hour = 3 }"),
            "1:66 '=' is not a valid operator in Cedar.",
        ),
        (PERMIT.format("a", "when { ipp() }"), "1:53 `ipp` is not a valid function."),
        ('@id("a") allow(principal, action, resource);', "1:10 Invalid policy effect: allow."),
        (
            PERMIT.format("a", r'when { "a\q" == "b" }'),
            r"1:53 The input `\q` is not a valid escape.",
        ),
    ],
)
def test_unreadable_policy_is_told_with_its_place(text: str, problem: str) -> None:
    assert problem in told(text)


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        (
            'principal.rolez.contains("x")',
            "2:18 [a] User has no attribute rolez. Did you mean roles?",
        ),
        ("context.riskk > 3", "2:16 [a] The context has no attribute riskk. Did you mean risk?"),
        (
            "context.hour > 3 && context.risk > 3",
            "2:36 [a] risk may be missing: ask for it first, with `has risk`.",
        ),
        (
            "context.hour > 3 &&\n  context.hour < \"8\"",
            "3:3 [a] The types do not fit: expected Long but saw String.",
        ),
        (
            "context has risk && context.risk > 3 && resource.owner == principal.id",
            "2:57 [a] Query has no attribute owner. Did you mean owners?",
        ),
        (
            'ip("1.2.3.999").isLoopback()',
            '2:11 [a] Failed to parse as IP address: `"1.2.3.999"`.',
        ),
    ],
)  # fmt: skip
def test_offending_part_of_a_condition_is_found(condition: str, problem: str) -> None:
    text = f'@id("a") permit(principal is User, action, resource is Query)\nwhen {{ {condition} }};'

    assert told(text) == [problem]


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ('principal, action == Action::"selec", resource', "There is no action selec."),
        ("principal is Usr, action, resource", "There is no type Usr. Did you mean User?"),
        ('principal is User, action == Action::"GET", resource is Query', "No action is for this"),
    ],
)
def test_offending_part_of_the_head_is_found(head: str, problem: str) -> None:
    (found,) = problems_of(f'@id("a")\npermit({head});', SCHEMA)

    assert found.message.startswith(problem)
    assert (found.line, found.column > 8) == (2, True)


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ('@maks("hr.employees.iban last4")', "There is no annotation @maks."),
        ('@row_limit("0")', "@row_limit: '0' is not a number of rows."),
        ('@mask("iban")', "@mask: 'iban' is not `table.column kind`."),
        ('@approvers("owner")', "@approvers belongs to a forbid."),
        ('@reason("{principal.shoe_size}")', "@reason: there is no fact {principal.shoe_size}."),
        ('@reason("{secret}")', "@reason: there is no fact {secret}."),
        ('@reason("{context.owners}")', "@reason: there is no fact {context.owners}."),
    ],
)
def test_malformed_annotation_is_told_at_its_name(annotation: str, message: str) -> None:
    text = f'@id("a")\n{annotation}\npermit(principal, action, resource);'

    assert problems_of(text, SCHEMA) == (Problem(2, 2, message, "a"),)


def test_template_is_refused_because_it_would_not_decide() -> None:
    text = '@id("a") forbid(principal == ?principal, action, resource);'

    assert "decides nothing" in told(text)[0]
    with pytest.raises(PolicyError):
        CedarPolicy(PolicyDocument(audience="a", policies=text))


def test_every_policy_is_checked_also_beside_one_that_cannot_be_read() -> None:
    text = 'permit(;\n@id("b") permit(principal, action, resource) when { context.x };\npermit(x);'

    assert [problem.line for problem in problems_of(text, SCHEMA)] == [1, 2, 3]


@pytest.mark.parametrize("schema", [{}, {"": {}}, {"": {"entityTypes": 1, "actions": {}}}])
def test_unusable_schema_is_a_problem_not_an_error(schema: dict[str, object]) -> None:
    (problem,) = problems_of("", schema)

    assert problem.message.startswith("The schema cannot be used")


@pytest.mark.parametrize(
    "text",
    [
        "permit(principal, action, resource);",
        PERMIT.format("a", "") * 2,
        '@id("a") @maks("x") permit(principal, action, resource);',
        PERMIT.format("a", "when { context.risk > 1 }"),
    ],
)
def test_what_has_problems_is_refused_by_the_engine_too(text: str) -> None:
    assert problems_of(text, SCHEMA)
    with pytest.raises(PolicyError):
        CedarPolicy(PolicyDocument(audience="a", policies=text))


def test_duty_about_nothing_that_exists_is_a_problem_with_its_place() -> None:
    text = '@id("a")\n@mask("hr.employees.ibn last4")\npermit(principal, action, resource);'

    (problem,) = problems_of(text, SCHEMA, {"hr.employees": ("iban",)})

    assert (problem.line, problem.policy_id) == (2, "a")
    assert "there is no column hr.employees.ibn" in problem.message
