"""The gallery and the starter sets: valid, explained, and true of their own cases."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from policy.library import GalleryPolicy, gallery, starter
from policy.parameters import Parameter
from scopeward_guard._authzen import Action, Entity, Evaluation
from scopeward_guard.cedar import CedarPolicy, PolicyDocument

STARTERS = [starter("provider"), starter("resource_server")]
ENTRIES = [*gallery(), *STARTERS]
EVERYTHING = '@id("everything") permit (principal, action, resource);'
CASES = [(entry, case) for entry in ENTRIES for case in entry.cases]


def name_of(entry: object) -> str:
    return entry.name if isinstance(entry, GalleryPolicy) else ""


def policy_of(entry: GalleryPolicy) -> CedarPolicy:
    """Return the policies alone; beside ones that only forbid, everything is permitted."""
    text = entry.text()
    more = "" if "permit (" in text else EVERYTHING
    return CedarPolicy(PolicyDocument(audience="https://a.example", policies=text + more))


def evaluation_of(question: dict) -> Evaluation:
    return Evaluation(
        subject=Entity(**question["subject"]),
        action=Action(**question["action"]),
        resource=Entity(**question["resource"]),
        context=question["context"],
    )


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_policies_are_valid_with_the_suggested_values(entry: GalleryPolicy) -> None:
    assert policy_of(entry).rules.by_id


@pytest.mark.parametrize(
    ("entry", "case"), CASES, ids=[f"{entry.name}-{case['title']}" for entry, case in CASES]
)
def test_policies_answer_their_cases(entry: GalleryPolicy, case: dict) -> None:
    decision = policy_of(entry).decide(evaluation_of(case["evaluation"]))

    assert decision.permit is case["permit"], decision
    context = decision.as_json()["context"]
    assert {name: context.get(name) for name in case["expected"]} == case["expected"]


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_most_cases_are_about_what_is_denied(entry: GalleryPolicy) -> None:
    permitted = [case for case in entry.cases if case["permit"]]

    assert entry.cases
    assert len(permitted) <= len(entry.cases) / 2 + 1


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_entry_is_explained_in_every_language(entry: GalleryPolicy, language: str) -> None:
    words = entry.words[language]

    with translation.override(language):
        assert (entry.title, entry.explanation) == (words["title"], words["explanation"])
        for parameter in entry.parameters:
            expected = parameter.title if language == "en" else parameter.de["title"]
            assert parameter.label == expected


def test_a_language_that_nobody_wrote_reads_english() -> None:
    with translation.override("fr"):
        assert all(entry.title == entry.words["en"]["title"] for entry in ENTRIES)


def test_ids_are_told_apart() -> None:
    ids = [name for entry in gallery() for name in policy_of(entry).rules.by_id]
    ids = [name for name in ids if name != "everything"]

    assert len(ids) == len(set(ids)) == len(gallery())


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("name", 'x") || true'),
        ("name", 'a"'),
        ("name", "a\\"),
        ("name", "two words"),
        ("name", ""),
        ("hour", "25"),
        ("hour", "-1"),
        ("hour", "8 || true"),
        ("hour", "٣"),
        ("weekday", "0"),
        ("percent", "101"),
        ("networks", ""),
        ("networks", "10.0.0.0/8)) || true //"),
        ("networks", "10.0.0.1/8"),
        ("column", "finance"),
        ("column", 'a.b"; drop'),
        ("masks", "finance.payments.iban"),
        ("masks", "a.b.c last4; "),
        ("masks", 'a.b.c last4") permit'),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: str, value: str) -> None:
    parameter = Parameter(name="it", kind=kind, title="It", default="")

    with pytest.raises(ValidationError):
        parameter.literal(value)


@pytest.mark.parametrize(
    ("kind", "value", "literal"),
    [
        ("name", " data:owner ", '"data:owner"'),
        ("name", "prüfung", '"prüfung"'),
        ("hour", "08", "8"),
        ("networks", "2001:db8::/32", 'context.address.isInRange(ip("2001:db8::/32"))'),
        ("masks", "a.b.c  last4;d.e.f null", "a.b.c last4; d.e.f null"),
    ],
)
def test_a_value_becomes_cedar(kind: str, value: str, literal: str) -> None:
    assert Parameter(name="it", kind=kind, title="It", default="").literal(value) == literal


def test_chosen_values_stand_in_the_policy() -> None:
    hours = next(entry for entry in gallery() if entry.name == "business_hours")

    text = hours.text({"opening": "7"})

    assert "context.hour >= 7 &&" in text
    assert "context.hour < 18 &&" in text
