"""Another edition of policies: what stays is not read again, and nobody waits for what is new."""

import gc
import weakref
from dataclasses import replace
from typing import Any

import cedarpy
import pytest

from scopeward_guard._base import unhurried
from scopeward_guard.cedar import CedarPolicy, Label, PolicyDocument, PolicyError
from scopeward_guard.cedar._language import compiling, policies, rules
from tests.guard.cedar.asking import asked, policy

RULE = """
@id("rule-{0}") permit (principal is User in Role::"r{0}", action == Action::"select", resource)
when {{ context.scopes.containsAll(["s{0}"]) }};"""
MASKED = '@id("m") @mask("{}") permit (principal, action == Action::"select", resource);'
DATA = {"hr.employees": ("iban",)}


def text_of(count: int, first: int = 0) -> str:
    return "".join(RULE.format(number) for number in range(first, first + count))


class Watched:
    """Cedar, with a note of what it was given to work on and whether others could go on."""

    PolicySet: Any

    def __init__(self) -> None:
        self.read: list[str] = []
        self.validated: list[tuple[str, bool]] = []
        self.compiled: list[tuple[int, bool]] = []
        self.PolicySet = self

    def __getattr__(self, name: str) -> Any:
        return getattr(cedarpy, name)

    def policies_to_json_str(self, text: str) -> str:
        self.read.append(text)
        return cedarpy.policies_to_json_str(text)

    def validate_policies(self, text: str, schema: Any, **said: bool) -> Any:
        self.validated.append((text, said.get("release_gil", False)))
        return cedarpy.validate_policies(text, schema, **said)

    def from_json_str(self, text: str, *, release_gil: bool = False) -> cedarpy.PolicySet:
        self.compiled.append((text.count('"effect"'), release_gil))
        return cedarpy.PolicySet.from_json_str(text, release_gil=release_gil)


@pytest.fixture
def cedar(monkeypatch: pytest.MonkeyPatch) -> Watched:
    watched = Watched()
    for module in (compiling, policies, rules):
        monkeypatch.setattr(module, "cedarpy", watched)
    return watched


def test_many_policies_are_read_one_by_one_and_compiled_while_others_go_on(
    cedar: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(unhurried.time, "sleep", pauses.append)

    policy(text_of(300))

    assert max(text.count("permit") for text in cedar.read) == 1
    assert [released for _text, released in cedar.validated] == [True]
    assert all(released or count <= compiling.SMALL for count, released in cedar.compiled)
    assert len(pauses) >= 2 * 300 // unhurried.IN_ONE_GO


def test_of_a_changed_text_only_what_is_new_is_read_and_validated(cedar: Watched) -> None:
    before = policy(text_of(100))
    cedar.read.clear()
    cedar.validated.clear()

    new = RULE.format("new")
    document = replace(before.document, policies=text_of(99, first=1) + new)
    after = CedarPolicy(document, before)

    assert [text for text in cedar.read if text.strip()] == [new.strip()]
    assert [text for text, _ in cedar.validated] == [new.strip()]
    assert list(after.rules.by_id) == [f"rule-{number}" for number in [*range(1, 100), "new"]]
    question = asked(subject={"roles": ["r1", "r0", "rnew"]}, scopes=["s0", "s1", "snew"])
    assert after.decide(question) == CedarPolicy(document).decide(question)
    assert before.decide(question).policies == ("rule-0", "rule-1")


def test_what_is_said_of_data_changes_no_policies(cedar: Watched) -> None:
    before = policy(text_of(100))
    cedar.read.clear()
    labels = (Label(pattern="hr.*", sensitivity=3, owners=("linus",)),)

    after = CedarPolicy(replace(before.document, labels=labels), before)

    assert cedar.read == []
    assert after.rules is before.rules
    assert after.revision != before.revision
    assert after.document.labels == labels


def test_an_edition_that_was_replaced_is_gone_at_once() -> None:
    """Waiting for the garbage collector, many would be looked through while everybody waits."""
    labels = (Label(pattern="hr.*", sensitivity=3, owners=("linus",)),)
    before = policy(text_of(10), labels=labels)
    assert not before.decide(asked(subject={"roles": ["r99"]}, scopes=["s0"])).permit
    held = [weakref.ref(part) for part in (before, before.candidates, before._verdicts)]
    after = CedarPolicy(replace(before.document, policies=text_of(10, first=5)), before)
    gc.disable()
    try:
        del before
        assert [part() for part in held] == [None, None, None]
    finally:
        gc.enable()
    assert after.decide(asked(subject={"roles": ["r9"]}, scopes=["s9"])).permit


@pytest.mark.parametrize(
    "changed",
    [
        {
            "policies": MASKED.format("hr.employees.iban last4")
            + 'permit(principal, action == "x");'
        },
        {"policies": MASKED.format("hr.employees.salary last4")},
        {"policies": MASKED.format("hr.employees.iban last4") * 2},
        {"data": {"hr.employees": ("salary",)}},
        {"timezone": "Nowhere/At_all"},
        {"schema": {"": {"entityTypes": {}, "actions": {}}}},
    ],
)
def test_what_would_be_refused_alone_is_refused_after_another(changed: dict[str, Any]) -> None:
    before = policy(MASKED.format("hr.employees.iban last4"), data=DATA)
    document = replace(before.document, **changed)

    for beside in (None, before):
        with pytest.raises(PolicyError):
            CedarPolicy(document, beside)


def test_a_policy_behind_the_end_of_a_comment_counts() -> None:
    """Cedar ends a comment at either end of a line."""
    text = '@id("a") permit (principal, action, resource); // old\r@id("b") forbid ({});'
    decides = policy(text.format("principal, action, resource"))

    assert list(decides.rules.by_id) == ["a", "b"]
    assert not decides.decide(asked()).permit


@pytest.mark.parametrize("between", ["\x1c", "\x1f"])
def test_what_only_we_would_take_for_a_space_is_refused(between: str) -> None:
    text = f'@id("a") permit (principal, action, resource);{between}'
    with pytest.raises(ValueError, match=r"\S"):
        cedarpy.policies_to_json_str(text)

    with pytest.raises(PolicyError):
        CedarPolicy(PolicyDocument(audience="", policies=text))
